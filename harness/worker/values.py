"""The values: what an attribute means, and what is to be told of a value, without running any code.

A part of the evidence.  Types are compared by identity only: a metaclass may have an `__eq__`.
"""

import gc
import sys
import types
import weakref

PY2 = sys.version_info[0] == 2
text_type = type(u"")
raw_get = dict.get
raw_mro = raw.raw_mro  # noqa: F821
class_of, class_types, mro_of = raw.class_of, raw.class_types, raw.mro_of  # noqa: F821 - given by the probe
class_namespace, module_dict, value_module = raw.class_namespace, raw.module_dict, raw.value_module  # noqa: F821
full_name, public_name, to_text = raw.full_name, raw.public_name, raw.to_text  # noqa: F821
qualified_name = raw.qualified_name  # noqa: F821

PLAIN = 60  # characters

UNKNOWN = object()  # what cannot be known without running code
MISSING = object()  # what is not there

SEQUENCES = frozenset(id(kind) for kind in (list, tuple))
SETS = frozenset(id(kind) for kind in (set, frozenset))
SIZED = SEQUENCES | SETS | frozenset(id(kind) for kind in (dict, bytearray) + (() if PY2 else (bytes,)))
NUMBERS = frozenset(id(kind) for kind in (int, type(sys.maxsize + 1)))
TEXTS = frozenset(id(kind) for kind in (str, text_type))
PLAIN_KINDS = NUMBERS | TEXTS | frozenset(id(kind) for kind in (type(None), bool, float))
SLOT = type(object.__getattribute__)
MEMBER, GETSET = types.MemberDescriptorType, types.GetSetDescriptorType
# Attributes that C code gives out as they are.
CELL = type((lambda x: lambda: x)(0).__closure__[0])
PLAIN_GETTERS = frozenset([
    (id(type), "__bases__"), (id(type), "__mro__"), (id(types.FunctionType), "__defaults__"), (id(CELL), "cell_contents"),
])
# Their attributes are not where other objects have theirs.
PROXIES = frozenset(id(kind) for kind in (super, weakref.ProxyType, weakref.CallableProxyType))


def mangled(name, private):
    """A name as a class body has it (`__x` is `_Foo__x`)."""
    if private is None or not name.startswith("__") or name.endswith("__") or not private.strip("_"):
        return str(name)
    return "_%s%s" % (private.lstrip("_"), name)


def attribute(value, name):
    """What `value.name` is; MISSING, or UNKNOWN where code would run."""
    if type(value) is InstanceOf:
        return attribute_of_new(value, name)
    if name == "__value__" and full_name(type(value)) == u"typing.TypeAliasType":
        return aliased(value)
    if name == "__class__":
        return class_of(value) if in_mro_of_kind(value, name)[0] is object or is_old_style(value) else UNKNOWN
    if is_class(value):
        return attribute_of_class(value, name)
    kind = class_of(value)
    owner, getter = in_mro_of_kind(value, "__getattribute__")
    if getter is not MISSING and type(getter) is not SLOT or id(owner) in PROXIES:
        return UNKNOWN
    home, inherited = in_mro_of_kind(value, name)
    if type(inherited) is MEMBER:
        try:
            return inherited.__get__(value)
        except AttributeError:
            return UNKNOWN
    namespace = namespace_of(value)
    if inherited is not MISSING and has_any(inherited, "__set__", "__delete__"):
        if (id(home), name) in PLAIN_GETTERS:
            return plainly_got(inherited, value)
        is_in_itself = is_of_enum(value, name) and namespace is not UNKNOWN
        return raw_get(namespace, "_%s_" % name, UNKNOWN) if is_in_itself else UNKNOWN
    if namespace is UNKNOWN:
        return UNKNOWN
    own = raw_get(namespace, name, MISSING)
    if own is not MISSING:
        return own
    if inherited is not MISSING:
        return bound(inherited, value, kind)
    if issubclass(type(value), types.ModuleType):
        return UNKNOWN if "__getattr__" in namespace or in_mro(kind, "__getattr__") is not MISSING else MISSING
    generic = owner is object or is_old_style(value)
    return MISSING if generic and in_mro(kind, "__getattr__") is MISSING else UNKNOWN


def is_of_enum(value, name):
    """Whether it is the name or value of an enum's member: they are in itself, behind descriptors of the library."""
    return name in ("name", "value") and full_name(in_mro_of_kind(value, name)[0]) == u"enum.Enum"


def plainly_got(getter, value):
    try:
        return getter.__get__(value)
    except ValueError:
        return UNKNOWN  # an empty cell


def attribute_of_new(value, name):
    """What an instance that is about to be made has from its class."""
    getter, found = in_mro(value.cls, "__getattribute__"), in_mro(value.cls, name)
    if not is_class(value.cls) or getter is not MISSING and type(getter) is not SLOT or found is MISSING:
        return UNKNOWN
    return bound(found, value, value.cls) if type(found) in (types.FunctionType, staticmethod, classmethod) else UNKNOWN


def aliased(alias):
    """The class that the alias of a `type` statement was worked out to be, if somebody has asked for it."""
    classes = [value for value in gc.get_referents(alias) if is_class(value)]
    return classes[0] if len(classes) == 1 else UNKNOWN


def attribute_of_class(cls, name):
    meta = type(cls)
    owner, inherited = (None, MISSING) if is_old_style(cls) else in_mro_of_kind(cls, name)
    if inherited is not MISSING and has_any(inherited, "__set__", "__delete__"):
        return inherited.__get__(cls) if (id(owner), name) in PLAIN_GETTERS else UNKNOWN
    if not is_old_style(cls) and type(in_mro(meta, "__getattribute__")) is not SLOT:
        return UNKNOWN
    own = in_mro(cls, name)
    if own is not MISSING:
        return own if type(own) is types.FunctionType else bound(own, None, cls)
    member = member_of_enum(cls, name)
    if member is not MISSING:
        return member
    if inherited is not MISSING:
        return bound(inherited, cls, meta)
    return MISSING if is_old_style(cls) or in_mro(meta, "__getattr__") is MISSING else UNKNOWN


def bound(value, instance, cls):
    """What a value in a class's namespace is when it is asked for through an instance or the class."""
    kind = type(value)
    if kind is types.FunctionType:
        return types.MethodType(value, instance)
    if kind is staticmethod:
        return value.__func__
    if kind is classmethod:
        return types.MethodType(value.__func__, cls) if type(value.__func__) is types.FunctionType else UNKNOWN
    return value if kind is types.MethodType or not has_any(value, "__get__") else UNKNOWN


def member_of_enum(cls, name):
    """Before 3.12 the members of an enum are found by its metaclass."""
    members = class_namespace(cls).get("_member_map_")
    is_enum = any(value_module(meta) == "enum" for meta in mro_of(type(cls)))
    return raw_get(members, name, MISSING) if is_enum and issubclass(type(members), dict) else MISSING


def namespace_of(value):
    """The raw `__dict__` of an object that is no class; an empty one where it has none."""
    if issubclass(type(value), types.ModuleType):
        return module_dict(value)
    if is_old_style(value):
        return value.__dict__
    owner, getter = in_mro_of_kind(value, "__dict__")
    if getter is MISSING or not type.__dict__["__dictoffset__"].__get__(type(value)):
        return {}  # a named tuple of 2.7 has none, and a property of that name
    if type(getter) is not GETSET:
        return UNKNOWN
    namespace = getter.__get__(value)
    return namespace if issubclass(type(namespace), dict) else UNKNOWN


def is_own_of(value, name):
    """Whether an instance has a name in itself, and not from its class."""
    if value is UNKNOWN or value is MISSING or nature_of(value) != "instance" or type(value) is InstanceOf:
        return False
    namespace = namespace_of(value)
    return namespace is not UNKNOWN and (name in namespace or is_of_enum(value, name))


def in_mro_of_kind(value, name):
    """The class of an object's MRO that has a name in its namespace, and what it means there."""
    for cls in mro_of(class_of(value)):
        found = (class_namespace(cls) or {}).get(name, MISSING)
        if found is not MISSING:
            return cls, found
    return None, MISSING


def in_mro(cls, name):
    for base in mro_of(cls):
        found = class_namespace(base).get(name, MISSING)
        if found is not MISSING:
            return found
    return MISSING


def has_any(value, *names):
    """Whether an object's type has one of some methods; 2.7 has types that are not ready, all of descriptors."""
    if raw_mro(type(value)) is None:
        return True
    return any(in_mro_of_kind(value, name)[1] is not MISSING for name in names)


def is_old_style(value):
    return PY2 and (type(value) is types.InstanceType or type(value) is types.ClassType)


def is_class(value):
    return issubclass(type(value), class_types)


def other_generation(cls, classes):
    """The class of the same name among some that do not have the class itself."""
    if any(other is cls for other in classes):
        return None
    for other in classes:
        if is_class(other) and is_other_generation(cls, other):
            return other
    return None


def is_other_generation(one, other):
    """Whether two classes, or the classes of two instances, are different ones of the same name."""
    if is_class(one) != is_class(other):
        return False
    if not is_class(one):
        one, other = its_class(one), its_class(other)
    return one is not other and full_name(one) == full_name(other)


def is_other_method(one, other):
    """Whether two bound methods of one object are different functions of the same name."""
    if nature_of(one) != "method" or nature_of(other) != "method" or one.__self__ is not other.__self__:
        return False
    return one.__func__ is not other.__func__ and full_name(one.__func__) == full_name(other.__func__)


# ---- from values to meanings


class InstanceOf(object):
    """Stands for an object of which only the class is known."""

    def __init__(self, cls):
        self.cls = cls


def its_class(value):
    return value.cls if type(value) is InstanceOf else class_of(value)


def nature_of(value):
    kind = type(value)
    if issubclass(kind, types.ModuleType):
        return "module"
    if issubclass(kind, class_types):
        return "class"
    if kind is types.MethodType and type(value.__func__) is types.FunctionType:
        return "function" if value.__self__ is None else "method"  # 2.7 has methods that are not bound
    return "function" if kind is types.FunctionType else "instance"


def meaning_of(value):
    """What `evidence.rs` calls a meaning, with references for tokens."""
    nature = nature_of(value)
    plain = size = cls = None
    if nature == "method":
        cls = its_class(value.__self__)
    elif nature == "instance":
        cls = its_class(value)
        plain = plain_text(value)
        size = len(value) if id(type(value)) in SIZED else None
    if type(value) is types.MethodType:
        value = value.__func__
    mro = mro_of(value if nature == "class" else cls) if cls is not None or nature == "class" else []
    return {
        "nature": nature,
        "token": (0, None, None) if type(value) is InstanceOf else refer(value),
        "class": None if cls is None else (refer(cls), public_name(cls)),
        "mro": [(refer(base), public_name(base)) for base in mro],
        "plain": plain,
        "size": size,
    }


def key_of(meaning):
    """What tells a meaning from another."""
    if meaning is None:
        return None
    cls = meaning["class"]
    return meaning["nature"], meaning["token"][0], cls and cls[0][0], meaning["plain"], meaning["size"]


def refer(value):
    """An object's id and a weak reference, or else its type, so as not to hold it."""
    try:
        return id(value), weakref.ref(value), None
    except TypeError:
        return id(value), None, weakref.ref(type(value))


def plain_text(value):
    """The repr of a plain value."""
    kind = id(type(value))
    if kind not in PLAIN_KINDS or kind in NUMBERS and abs(value) >> 128:
        return None
    return to_text(repr(value[:PLAIN] if kind in TEXTS else value))[:PLAIN]
