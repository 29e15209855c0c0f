"""How one object refers to another, as a piece of a path: an attribute, an item, a closure's variable.

Part of the probe, whose rules hold here too: what is asked for its attributes is
of a type that is written in C, by that type's own descriptors.
"""

import sys
import types

PY2 = sys.version_info[0] == 2
KEY_LIMIT = 40
SMALL = 1 << 16  # a greater number may be an address

loaded = sys.modules
# Given by the probe: raw.
# ruff: noqa: F821
raw_bases = type.__dict__["__bases__"].__get__
cell_type = type((lambda function: lambda: function)(0).__closure__[0])
plain_dicts = (dict, type((lambda: sys._getframe().f_locals)()))  # a proxy since 3.13
# The attributes that have a generator's frame and what it waits for.
GENERATORS = dict((id(getattr(types, name)), attributes) for name, attributes in (
    ("GeneratorType", ("gi_frame", "gi_yieldfrom")),
    ("CoroutineType", ("cr_frame", "cr_await")),
    ("AsyncGeneratorType", ("ag_frame", "ag_await")),
) if hasattr(types, name))
CONTAINERS = (dict, list, tuple, set, frozenset)
WRAPPERS = frozenset(map(id, (staticmethod, classmethod)))
# Attributes that C code computes, without calling anything that is written in Python.
COMPUTED = frozenset(["args", "__traceback__", "__cause__", "__context__", "tb_next"])


def edges(holder, role, held, old):
    """(the id of what is held, what it adds to the path, its role, the word for it, steps more) for each way.

    A dict or a tuple may have a role to what refers to it: it is the namespace of a
    module, the default arguments of a function.  Then it has no place in the path.
    `old` has the tokens of what is superseded, by id.
    """
    kind = type(holder)
    word, names = role or (None, None)
    if issubclass(kind, dict) and word is not None:
        for key, value in list(dict.items(holder)):
            if id(value) in held:
                yield (id(value),) + from_space(word, names, key, value, old)
    elif kind is tuple and word is not None:
        for place, value in enumerate(holder):
            if id(value) in held and word != "mro":
                yield (id(value),) + from_parts(word, names, place, holder, old)
    elif issubclass(kind, CONTAINERS) or kind is deque_type():
        missing = dict(held)
        for suffix, value in items(holder, old):
            if id(value) in held:
                missing.pop(id(value), None)
                yield id(value), suffix, None, "container", 1
        for address, value in missing.items():
            for found in from_instance(holder, value):
                yield (address,) + found
    else:
        for address, value in held.items():
            for found in from_other(holder, value):
                yield (address,) + found


def from_other(holder, held):
    kind = type(holder)
    if kind is cell_type:
        return [(u"", None, "closure", 0)]
    if kind is types.FunctionType:
        return from_function(holder, held)
    if issubclass(kind, raw.class_types):
        return from_class(holder, held)
    if kind is types.MethodType:
        return from_method(holder, held)
    if kind is types.FrameType:
        return from_frame(holder, held)
    if kind is types.TracebackType and is_harness(holder.tb_frame):
        return [(u"", None, None, 0)] if held is holder.tb_next else []
    if id(kind) in GENERATORS:
        return from_generator(holder, held)
    if issubclass(kind, types.ModuleType):
        is_space = held is raw.module_dict(holder)
        return [(u"", ("module", None), None, 0) if is_space else (u".<inside>", None, "registry", 1)]
    if id(kind) in WRAPPERS:
        return [(u"", None, "attribute", 0)]
    if not PY2 and kind is types.MappingProxyType:
        return [(u"", None, None, 0)]
    return from_instance(holder, held)


def is_harness(frame):
    """Whether a frame runs the harness's code: in a plain Python a traceback has none of these."""
    return frame.f_code.co_filename in own_files  # noqa: F821 - given by the probe


def from_space(word, names, key, value, old):
    """By a name in a namespace; at the prompt it may be that of a module and mean something else."""
    name = raw.to_text(key) if type(key) is str else u"[%s]" % key_text(key, old)
    if word == "prompt" and names.get(name, id(value)) != id(value):
        name = u"__main__." + name
    below = ("annotations", None) if name == u"__annotations__" else None
    if word == "prompt" or word == "builtins" and name == u"_":
        return name, below, "name", 1
    if word == "builtins":
        return (u"__builtin__." if PY2 else u"builtins.") + name, below, "module attribute", 1
    if word == "module" or word == "attributes":
        return u"." + name, below, "module attribute" if word == "module" else "attribute", 1
    if word == "keyword arguments":
        return u"(%s=...)" % name, None, "default argument", 1
    return u"[%s]" % key_text(key, old), None, "annotation" if word == "annotations" else "attribute", 1


def from_parts(word, names, place, parts, old):
    """By its place in one of the tuples that functions and classes have."""
    if word == "bases":
        return u"", None, "subclass", 0
    if word == "closure":
        return u"." + names[place], None, None, 1
    if word == "defaults":
        return u"(%s=...)" % names[place - len(parts)], None, "default argument", 1
    return u"[%s]" % key_text(parts[place - 1], old), None, "annotation", 1


def from_function(function, held):
    code = function.__code__
    if held is function.__closure__:
        return [(u".<closure>", ("closure", [raw.to_text(name) for name in code.co_freevars]), None, 0)]
    if held is function.__defaults__:
        names = [raw.to_text(name) for name in code.co_varnames[:code.co_argcount]]
        return [(u"", ("defaults", names), None, 0)]
    if held is function.__globals__:
        return [(u".__globals__", ("globals", None), None, 1)]
    if not PY2 and held is function.__kwdefaults__:
        return [(u"", ("keyword arguments", None), None, 0)]
    if type(held) is tuple or not PY2 and held is function.__annotations__:
        return [(u".__annotations__", ("annotations", None), None, 1)]
    return [(u"", ("attributes", None), None, 0)] if type(held) is dict else []


def from_class(cls, held):
    if type(held) is tuple:
        return [(u"", ("bases" if held is class_bases(cls) else "mro", None), None, 0)]
    # Before 3.13 the namespace of a class of `ctypes` is of a subclass of dict.
    return [(u"", ("attributes", None), None, 0)] if issubclass(type(held), dict) else []


def from_method(method, held):
    """A method of a class is held with its class, whose it is; 2.7's unbound ones are functions elsewhere."""
    owner, function = method.__self__, method.__func__
    of_class = issubclass(type(owner), raw.class_types)
    if held is owner:
        return [(u"" if of_class else u".__self__", None, "bound method", 0 if of_class else 1)]
    return [(u"", None, "bound method", 0)] if held is function and not of_class else []


def from_frame(frame, held):
    names = [name for name, value in frame_locals(frame) if value is held]
    found = [(u".<locals>." + name, None, "local variable", 1) for name in names]
    is_part = held is frame.f_code or type(held) is types.FrameType or runs(frame, held)
    return found if found or is_part else [(u".<stack>", None, "local variable", 1)]


def from_generator(generator, held):
    frame, awaited = GENERATORS[id(type(generator))]
    frame = getattr(generator, frame)
    if frame is None or runs(frame, held):
        return []
    if held is frame:
        return [(u"", None, None, 0)]
    if held is frame.f_code:
        return [(u"", None, "running", 0)]
    if held is getattr(generator, awaited, None):
        return [(u".%s" % awaited, None, "local variable", 1)]
    return from_frame(frame, held)


def runs(frame, held):
    """Whether a frame has an object only because that is the function it runs (3.11)."""
    return type(held) is types.FunctionType and held.__code__ is frame.f_code


def from_instance(holder, held):
    """By an attribute that an instance has itself, or an object that is made in C."""
    space = instance_dict(holder)
    if held is space:
        return [(u"", ("attributes", None), None, 0)]
    names = [name for name, value in list((space or {}).items()) if value is held and type(name) is str]
    for namespace in class_namespaces(holder):
        for name, slot in list(namespace.items()):
            if type(name) is not str:
                continue
            is_slot = type(slot) is types.MemberDescriptorType
            if is_slot or type(slot) is types.GetSetDescriptorType and name in COMPUTED:
                try:
                    if slot.__get__(holder, type(holder)) is held:
                        names.append(name)
                except AttributeError:
                    pass  # an empty slot
    # 2.7 has the only argument of an exception in a second place.
    if names or held is raw.class_of(holder) or PY2 and issubclass(type(holder), BaseException):
        return [(u"." + raw.to_text(name), None, "attribute", 1) for name in sorted(set(names))[:1]]
    return [(u".<inside>", None, "object", 1)]


def items(holder, old):
    """(suffix, item) of a container, without its own methods: they may be a subclass's."""
    kind = type(holder)
    if issubclass(kind, dict):
        for key, value in list(dict.items(holder)):
            yield u"[%s]" % key_text(key, old), value
            yield u".<key>", key
    elif issubclass(kind, (set, frozenset)):
        for value in list((set if issubclass(kind, set) else frozenset).__iter__(holder)):
            yield u".<element>", value
    else:
        values = tuple.__iter__(holder) if issubclass(kind, tuple) else None
        if values is None:
            values = list.__iter__(holder) if issubclass(kind, list) else iter(holder)
        for place, value in enumerate(list(values)):
            yield u"[%d]" % place, value


def deque_type():
    """`collections.deque`, where anybody has imported it."""
    module = loaded.get("_collections", loaded.get("collections"))
    return raw.module_dict(module).get("deque") if type(module) is types.ModuleType else None


def class_namespaces(value):
    """Those of an instance's class and its bases; 2.7 has types of its own that have none before they are asked."""
    if not (PY2 and type(value) is types.InstanceType):
        for cls in raw.raw_mro(type(value)) or ():
            yield raw.raw_dict(cls) or {}


def instance_dict(value):
    """The attributes of an instance, without asking for them."""
    if PY2 and type(value) is types.InstanceType:
        return value.__dict__
    for namespace in class_namespaces(value):
        slot = namespace.get("__dict__")
        if type(slot) is types.GetSetDescriptorType:
            return slot.__get__(value, type(value))
    return None


def key_text(key, old):
    """A key as it is written, where that wakes nothing and is the same in every run.

    A superseded class or function has its token before its name, and NULs around the two: by
    the name alone it would be taken for what that means now.  `held.rs` makes a label of it.
    """
    kind = type(key)
    if id(key) in old:
        return u"\0%d %s\0" % (old[id(key)], raw.full_name(key))
    if key is None or kind is bool or kind is float or kind is int and -SMALL < key < SMALL:
        return raw.to_text(repr(key))
    if kind is str or kind is bytes or kind is raw.text_type:
        return raw.to_text(repr(key[:KEY_LIMIT])) + (u"..." if len(key) > KEY_LIMIT else u"")
    if kind is tuple and len(key) <= 4:
        return u"(%s)" % u", ".join([key_text(part, old) for part in key])
    if kind is types.FunctionType or issubclass(kind, raw.class_types):
        return raw.full_name(key)
    return u"..."


def frame_locals(frame):
    """The local variables of a frame, those of a module aside: these are the module's."""
    space = frame.f_locals
    if type(space) not in plain_dicts or space is frame.f_globals:
        return []
    return [(raw.to_text(name), value) for name, value in list(space.items()) if type(name) is str]


def class_bases(cls):
    return cls.__bases__ if PY2 and type(cls) is types.ClassType else raw_bases(cls)
