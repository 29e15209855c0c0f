"""The basis of a look: what the census went through, and by what one sees that it would find the same again.

Part of the probe, whose rules hold here too.  To go through all namespaces after each step costs more than
most steps do, and most steps change nothing there.  So it is noted which names and which objects a look met,
by their ids, and what it went by in those that have a name of their own.  An id is no object: a freed one's
may be another's.  Classes and functions are therefore known by weak references; of anything else the class
is noted as well, for only what has become a class, a function or a wrapper of one would make a difference;
and the names themselves are kept, which are plain strings.
"""

import sys
import types
import weakref

PY2 = sys.version_info[0] == 2
TEXTS = frozenset(map(id, (str, type(u""), type(None))))
loaded = sys.modules
# Given by the probe: raw.
PLAIN, class_types, class_namespace = raw.PLAIN, raw.class_types, raw.class_namespace  # noqa: F821
qualified_name, unwrapped, value_module = raw.qualified_name, raw.unwrapped, raw.value_module  # noqa: F821
FunctionType = types.FunctionType
WRAPPERS = frozenset(map(id, (staticmethod, classmethod, property)))
NAME = "__name__" if PY2 else "__qualname__"


class Basis(object):
    """What a look went by, from the namespaces it began with to the classes and functions it found."""

    def __init__(self, seen, roots, paths):
        self.roots, self.own = [path for path, _ in roots], len(seen.own.names)
        self.names, self.shapes, self.wrapped, self.told = [], [], [], []
        classes, met = [], set()
        for _, value in paths:
            if id(value) not in met and type(value) is not FunctionType:
                met.add(id(value))
                classes.append(value)
        self.classes = list(map(weakref.ref, classes))
        met.clear()
        for space in [space for _, space in roots] + list(map(class_namespace, classes)):
            self.note(seen, space, met)

    def note(self, seen, space, met):
        """Notes a namespace, and what each class and function in it is to the census."""
        names, values = list(space), [value for value in list(space.values()) if id(type(value)) not in PLAIN]
        for value in map(unwrapped, values):
            if id(value) not in met and (type(value) is FunctionType or issubclass(type(value), class_types)):
                met.add(id(value))
                self.told.append((weakref.ref(value), tell(seen, value)))
        is_plain = all([type(name) is str for name in names])  # what is not may not be kept
        self.names.append(is_plain and names)
        self.shapes.append(is_plain and shape(space))
        self.wrapped.append(wrapped_in(space) if any([id(type(value)) in WRAPPERS for value in values]) else None)

    def holds(self, seen, roots):
        """Whether a look from these namespaces would find what this one found."""
        if len(seen.own.names) != self.own or [path for path, _ in roots] != self.roots:
            return False
        spaces = [space for _, space in roots]
        for reference in self.classes:
            cls = reference()
            if cls is None:
                return False
            spaces.append(class_namespace(cls))
        for space, noted, wrapped in zip(spaces, self.shapes, self.wrapped):
            if noted != shape(space):
                return False
            if wrapped and wrapped != wrapped_in(space):
                return False
        for reference, told in self.told:
            value = reference()
            if value is None or tell(seen, value) != told:
                return False
        return True


def shape(space):
    """The ids of a namespace's names and values, and of the values' classes."""
    values = list(space.values())
    return list(map(id, space)), list(map(id, values)), list(map(id, map(type, values)))


def wrapped_in(space):
    """The ids of what the wrappers in a namespace have, which may be given another, and of that one's class."""
    inner = [unwrapped(value) for value in list(space.values()) if id(type(value)) in WRAPPERS]
    return list(map(id, inner)), list(map(id, map(type, inner)))


def tell(seen, value):
    """What the census goes by in a class or function."""
    if type(value) is FunctionType:
        told = value.__module__, getattr(value, NAME), value.__globals__.get("__name__"), value.__code__.co_firstlineno
        kept = told[:3]
    else:
        kept = value_module(value), qualified_name(value)
        told = kept + (seen.own.has_class(value), kept[0] in loaded)
    for text in kept:
        if id(type(text)) not in TEXTS:
            return object()  # it may have an `__eq__`, and is not to be kept: no look is spared
    return told
