"""The data model, read raw: what classes, functions and modules are and say of themselves.

Part of the probe, whose rules hold here too.  Attributes are asked of `type` and the
other types themselves, never of the object, whose class or metaclass may have something
else to say.
"""

import sys
import types

PY2 = sys.version_info[0] == 2
text_type = type(u"")
class_types = (type, types.ClassType) if PY2 else (type,)

HEAP_TYPE = 1 << 9  # what C code has laid out beforehand is none (Py_TPFLAGS_HEAPTYPE)
CONTAINERS = frozenset(id(kind) for kind in (tuple, list, dict, set, frozenset))
CONSTANTS = frozenset(
    id(kind) for kind in (type(None), bool, int, type(sys.maxsize + 1), float, complex, bytes, text_type)
)
# Neither class nor function, nor around one.
PLAIN = CONSTANTS | CONTAINERS | frozenset(
    map(id, (types.ModuleType, types.BuiltinFunctionType, types.GetSetDescriptorType, types.MemberDescriptorType))
)

raw_dict = type.__dict__["__dict__"].__get__
raw_mro = type.__dict__["__mro__"].__get__
raw_bases = type.__dict__["__bases__"].__get__
raw_base = type.__dict__["__base__"].__get__
raw_module = type.__dict__["__module__"].__get__
raw_name = type.__dict__["__name__"].__get__
flags_of = type.__dict__["__flags__"].__get__
raw_subclasses = type.__subclasses__
module_dict = types.ModuleType.__dict__["__dict__"].__get__


def class_of(value):
    """An instance's class: `type()`, which a proxy's `__class__` cannot fool; 2.7's old instances say it themselves."""
    kind = type(value)
    return value.__class__ if PY2 and kind is types.InstanceType else kind


def class_namespace(cls):
    return cls.__dict__ if PY2 and type(cls) is types.ClassType else raw_dict(cls)


def mro_of(cls):
    """The MRO; that of an old-style class is depth first, left to right."""
    if not (PY2 and type(cls) is types.ClassType):
        return list(raw_mro(cls) or (cls, object))  # 2.7 has built-in types without one, until they are used
    order = [cls]
    for base in cls.__bases__:
        order.extend(other for other in mro_of(base) if other not in order)
    return order


def value_module(value):
    """What a class or function says is its module, if it says so in a str."""
    try:
        if type(value) is types.FunctionType or PY2 and type(value) is types.ClassType:
            module = value.__module__
        else:
            module = raw_module(value)
    except AttributeError:
        return None
    return module if type(module) is str else None


def full_name(value):
    """Module and qualified name, as far as there are any."""
    module, name = value_module(value), to_text(qualified_name(value))
    return name if module is None else u"%s.%s" % (to_text(module), name)


def public_name(cls):
    """As a traceback names a class: builtins without their module."""
    if value_module(cls) in ("builtins", "__builtin__", "exceptions"):
        return to_text(qualified_name(cls))
    return full_name(cls)


def qualified_name(value):
    """`__qualname__` (PEP 3155), or the name where there is none."""
    if type(value) is types.FunctionType:
        return getattr(value, "__qualname__", value.__name__)
    if PY2:
        return value.__name__ if type(value) is types.ClassType else raw_name(value)
    return type.__dict__["__qualname__"].__get__(value)


def is_written_in_python(cls):
    """Whether a class statement made it: C code puts no functions into a class, and seldom makes room for attributes."""
    if issubclass(type(cls), type) and not flags_of(cls) & HEAP_TYPE:
        return False
    namespace = class_namespace(cls)
    return "__dict__" in namespace or "__weakref__" in namespace or bool(functions_of(cls))


def functions_of(cls):
    """The functions that stand in a class itself."""
    values = [unwrapped(value) for value in list(class_namespace(cls).values())]
    return [value for value in values if type(value) is types.FunctionType]


def function_inside(function):
    """What a decorator made a function of, where that says, as `functools.wraps` has it, that it is from the same module."""
    module, inside = value_module(function), [function.__dict__.get("__wrapped__")]
    for cell in function.__closure__ or ():
        try:
            inside.append(cell.cell_contents)
        except ValueError:
            pass  # it is empty
    inside = [one for one in inside if type(one) is types.FunctionType and value_module(one) == module]
    return inside[0] if inside and module is not None else None


def unwrapped(value):
    """The function inside what a class body wraps it in."""
    kind = type(value)
    if kind is staticmethod or kind is classmethod:
        return value.__func__
    if kind is property:
        return value.fget
    return value


def first_line(cls):
    """The first line of a class's own functions: the order of definition, told the same way on every version."""
    lines = [0]
    module = value_module(cls)
    for value in list(class_namespace(cls).values()):
        value = unwrapped(value)
        if type(value) is types.FunctionType and value_module(value) == module:
            lines.append(value.__code__.co_firstlineno)
    return min(lines[1:] or lines)


def to_text(value):
    """Text for people, of whatever `repr` or `str` gave."""
    if type(value) is text_type:
        return value
    if issubclass(type(value), bytes):
        try:
            return bytes.decode(value, "utf-8")
        except UnicodeDecodeError:
            return bytes.decode(value, "latin-1").encode("unicode_escape").decode("ascii")
    return text_type.__getitem__(value, slice(None))  # of a subclass, which may have methods of its own
