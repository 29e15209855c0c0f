"""The operands: what an expression means that is more than a name, as far as that is certain before it runs.

A part of the evidence.  A call of a class is known to give an instance of it, where nothing of the
scenario's has a say in that; an item of a plain container is where its key says.
"""

import sys
import types

PY2 = sys.version_info[0] == 2
raw_get, raw_items = dict.get, dict.items
loaded = sys.modules
# Given by the probe: raw, lines and values.
class_namespace, full_name, mro_of = raw.class_namespace, raw.full_name, raw.mro_of  # noqa: F821
module_dict, to_text = raw.module_dict, raw.to_text  # noqa: F821
kind_of = lines.kind_of  # noqa: F821
InstanceOf, MISSING, PLAIN_KINDS = values.InstanceOf, values.MISSING, values.PLAIN_KINDS  # noqa: F821
SEQUENCES, SETS, SLOT, UNKNOWN = values.SEQUENCES, values.SETS, values.SLOT, values.UNKNOWN  # noqa: F821
in_mro, in_mro_of_kind, is_class = values.in_mro, values.in_mro_of_kind, values.is_class  # noqa: F821
is_other_generation, is_other_method = values.is_other_generation, values.is_other_method  # noqa: F821
is_old_style, its_class, namespace_of = values.is_old_style, values.its_class, values.namespace_of  # noqa: F821

ELEMENTS = 1000
SIGNS = frozenset(u"[]()")  # an expression with one is more than names
INSIDE = 20  # of what is inside a container that is pickled


class Operand(object):
    """An expression, where its first name was found, and what it means."""

    def __init__(self, text, found, value):
        self.text = text
        is_of_module = found in ("global", "nowhere") and not SIGNS.intersection(text)
        self.names = text.split(u".") if is_of_module else []
        self.found = found
        self.value = value


def made_by(cls):
    """What a call of a class gives; UNKNOWN where it may be something else than an instance of it."""
    if not is_class(cls) or is_old_style(cls):
        return InstanceOf(cls) if is_class(cls) else UNKNOWN
    caller, maker = in_mro(type(cls), "__call__"), in_mro(cls, "__new__")
    if issubclass(cls, type) or type(caller) is not SLOT or type(maker) is not types.BuiltinFunctionType:
        return UNKNOWN
    return InstanceOf(cls)


def constant(node):
    """The value of a number or a text in a syntax tree; UNKNOWN for anything else."""
    kind = kind_of(node)
    if kind == "UnaryOp" and kind_of(node.op) == "USub":
        value = constant(node.operand)
        return -value if type(value) is int else UNKNOWN
    value = {"Constant": "value", "Num": "n", "Str": "s"}.get(kind)
    value = getattr(node, value) if value else UNKNOWN
    return value if type(value) in (int, str) else UNKNOWN


def item(container, key):
    """What a plain container has at a plain key; UNKNOWN where that cannot be said."""
    kind = type(container)
    if id(type(key)) not in PLAIN_KINDS:
        return UNKNOWN
    if kind is dict:
        return raw_get(container, key, UNKNOWN)
    if id(kind) in SEQUENCES and type(key) is int and -len(container) <= key < len(container):
        return container[key]
    return UNKNOWN


def elements_of(container):
    """The elements of a plain container, of a dict its keys."""
    value, kind, text, found = container.value, type(container.value), container.text, container.found
    if id(kind) not in SEQUENCES and id(kind) not in SETS and kind is not dict or len(value) > ELEMENTS:
        return []
    if id(kind) in SEQUENCES:
        return [Operand(u"%s[%d]" % (text, at), found, element) for at, element in enumerate(value)]
    what = u"a key of %s" if kind is dict else u"an element of %s"
    return [Operand(what % text, found, element) for element in list(value)]


def insides_of(container):
    """What is in a plain container, and in those that are in it, with where it is."""
    found, todo = [], [container]
    for at, operand in enumerate(todo):
        if len(found) >= INSIDE or at >= ELEMENTS:
            break
        if at and id(type(operand.value)) not in PLAIN_KINDS:
            found.append(operand)
        if type(operand.value) is dict:
            todo.extend(
                Operand(u"%s[%s]" % (operand.text, to_text(repr(key))), operand.found, value)
                for key, value in list(raw_items(operand.value))[:INSIDE] if type(key) in (int, str)
            )
        else:
            todo.extend(elements_of(operand)[:INSIDE])
    return found


def other_in(one, elements):
    """Of some operands the first that is of another generation than one, where none of them is the same."""
    if any(is_same(element.value, one.value) for element in elements):
        return None
    for element in elements:
        if is_other_generation(one.value, element.value) or is_other_method(one.value, element.value):
            return element
    return None


def is_same(one, other):
    """Whether two values are one object, or the same method of one."""
    if type(one) is types.MethodType and type(other) is types.MethodType:
        return one.__self__ is other.__self__ and one.__func__ is other.__func__
    return one is other


def pair_of_generations(ones, others):
    """The first two operands that are of different generations, where nothing is in both."""
    for one in ones:
        other = None if id(type(one.value)) in PLAIN_KINDS else other_in(one, others)
        if other is not None:
            return one, other
    return None


def is_known_by_identity(value):
    """Whether `==` and a dict go by which object it is: nobody has said otherwise."""
    if is_class(value):
        return True
    owner, found = in_mro_of_kind(value, "__eq__")
    if is_old_style(value) or found is MISSING:  # 2.7's object has none
        return in_mro(its_class(value), "__eq__") is MISSING and in_mro(its_class(value), "__cmp__") is MISSING
    return owner is object


def is_one_of(value, cls):
    """Whether a value or class belongs to one that keeps a registry (`ABCMeta.register`); None of other classes."""
    namespace = class_namespace(cls)
    registry = namespace.get("_abc_registry")  # until 3.6
    if registry is not None:
        known = raw_get(namespace_of(registry), "data", ())
    elif namespace.get("_abc_impl") is not None and "_abc" in loaded:
        known = module_dict(loaded["_abc"])["_get_dump"](cls)[0]
    else:
        return None
    classes = [cls] + [reference() for reference in list(known)]
    mro = mro_of(value if is_class(value) else its_class(value))
    return any(base is one for base in mro for one in classes)


# ---- ctypes


def arguments_declared(function):
    """The classes that a function of C is told to take, each behind its pointer; 2.7 to 3.13 have one base."""
    module = loaded.get("_ctypes")
    base = module_dict(module).get("CFuncPtr") if issubclass(type(module), types.ModuleType) else None
    if base is None or not any(cls is base for cls in mro_of(type(function))):
        return []
    declared = class_namespace(base)["argtypes"].__get__(function)
    pointer = module_dict(module).get("_Pointer")
    found = []
    for at, cls in enumerate(declared or ()):
        text = u"argtypes[%d]" % at
        if is_class(cls) and any(base is pointer for base in mro_of(cls)):
            text, cls = text + u"._type_", in_mro(cls, "_type_")
        found.append((text, cls))
    return found

