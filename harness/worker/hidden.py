"""Hidden classes: those that came to be and that no name reaches.

Part of the census.  Whether there may be any is asked after each step, and has to
cost next to nothing: `object` is in every MRO, so it tells.  Only then are they
looked for, in the collector's lists or below their bases.
"""

import gc
import sys
import weakref

PY2 = sys.version_info[0] == 2
# The worker freezes its heap before it forks (3.7); by generation it can be asked for since 3.8.
HEAP_IS_FROZEN = hasattr(gc, "freeze") and sys.version_info >= (3, 8)
HAS_FREEZE = hasattr(gc, "freeze") and hasattr(gc, "get_referrers")
COUNTS = sys.version_info < (3, 7) and hasattr(sys, "getrefcount")
getrefcount = getattr(sys, "getrefcount", None)
loaded = sys.modules
# Given by the probe: raw.
raw_dict, raw_mro, raw_bases, raw_base = raw.raw_dict, raw.raw_mro, raw.raw_bases, raw.raw_base  # noqa: F821
raw_subclasses = raw.raw_subclasses  # noqa: F821
full_name, functions_of, mro_of = raw.full_name, raw.functions_of, raw.mro_of  # noqa: F821
qualified_name, value_module = raw.qualified_name, raw.value_module  # noqa: F821


class HiddenClasses(object):
    """What tells that a class came to be, and where it is.

    `own` has the scenario's classes that are known, and `strangers` those that came
    to be and are not the scenario's, by id and as weak references.
    """

    def __init__(self, census, ancestors):
        self.census = census
        self.ancestors = ancestors
        self.counts = ancestors.counts
        self.has_lost_classes = False
        self.has_metaclasses = False
        self.own = {}
        self.strangers = {}
        self.object_count = getrefcount(object) if COUNTS else 0

    def note(self, cls, reference):
        """Notes a class of the scenario's that has got its token."""
        if issubclass(type(cls), type) and id(cls) not in self.ancestors.ids:
            self.own[id(cls)] = reference
            self.has_metaclasses |= issubclass(cls, type)

    def forget(self, address):
        """Forgets a class of the scenario's that is gone."""
        self.has_lost_classes = True
        self.own.pop(address, None)

    def forget_strangers(self):
        for address, reference in list(self.strangers.items()):
            if reference() is None:
                self.has_lost_classes = True
                del self.strangers[address]

    def find(self, reached):
        """New classes that no name reaches, but something holds.

        A class is in a cycle with itself.  Whether one that nothing holds is still
        there would be a matter of when the garbage collector ran last.
        """
        # A generator: on 2.7 a list comprehension would leave the last class in a variable.
        unnamed = list(weakref.ref(cls) for cls in self.new_classes(reached) if id(cls) not in reached)
        if unnamed:
            gc.collect()
        living = [cls for cls in [reference() for reference in unnamed] if cls is not None]
        self.has_lost_classes |= len(living) < len(unnamed)
        return living

    def may_be_more(self, reached):
        """Whether there may be classes neither known nor reached: each has an MRO of its own, with `object` in it.

        Only a metaclass can make one without.  Where the heap is frozen, the collector is
        asked what came to be since the fork and refers to `object`.  Before that, `object`
        has as many references as at the fork, and those of the known classes; so a class
        would be missed by a scenario that takes one of a bare interpreter's own away in the
        step that makes it.
        """
        references = dict(self.strangers)
        references.update(self.own)
        classes = dict((address, reference()) for address, reference in references.items())
        classes.update((address, value) for address, value in reached.items() if issubclass(type(value), type))
        self.has_metaclasses |= any([issubclass(cls, type) for address, cls in classes.items() if address in reached])
        if self.has_metaclasses or not (HAS_FREEZE or COUNTS):
            return True
        classes = [cls for address, cls in classes.items() if cls is not None and address not in self.ancestors.ids]
        if HAS_FREEZE:
            known = set(map(id, classes))
            known.update(map(id, map(raw_mro, classes)), map(id, map(raw_bases, classes)))
            return not known.issuperset(map(id, gc.get_referrers(object)))
        count = self.object_count
        for cls in classes:
            count += (raw_mro(cls) or ()).count(object) + raw_bases(cls).count(object) + (raw_base(cls) is object)
        return getrefcount(object) != count

    def new_classes(self, reached):
        """Classes that came to be since the last look, wherever they hide; of equals, the older first."""
        if not self.may_be_more(reached):
            return []
        found = self.tracked_classes() if HEAP_IS_FROZEN else self.classes_below()
        fresh = []
        for cls in found:
            if self.census.own.has_class(cls) and (id(cls) in reached or not self.is_made_in_c(cls)):
                fresh.append(cls)
            else:
                self.strangers[id(cls)] = weakref.ref(cls)
                self.has_metaclasses |= issubclass(cls, type) and mro_maker(cls) is not type.__dict__["mro"]
        return sorted(in_order_of_making(fresh), key=lambda cls: (len(mro_of(cls)), qualified_name(cls)))

    def tracked_classes(self):
        """The collector tracks every class, and since the fork little else: no page of the worker's is touched."""
        found = []
        for generation in (2, 1, 0):
            classes = [value for value in gc.get_objects(generation) if issubclass(type(value), type)]
            found += [cls for cls in classes if self.census.token(cls) is None and not self.is_stranger(cls)]
        return found

    def classes_below(self):
        """Every class is some class's subclass.

        One without new subclasses has as many as before, unless it has lost one.
        """
        counts = self.ancestors.count()
        todo = []
        if self.has_lost_classes or counts != self.counts:
            pairs = zip(self.ancestors.classes, counts, self.counts)
            todo = [cls for cls, now, before in pairs if now != before or now and self.has_lost_classes]
            self.counts, self.has_lost_classes = counts, False
        todo += [cls for cls in self.living() if issubclass(type(cls), type)]
        todo += [cls for cls in [reference() for reference in self.strangers.values()] if cls is not None]
        found, seen = [], set()
        while todo:
            for cls in raw_subclasses(todo.pop()):
                if id(cls) not in seen and self.census.token(cls) is None and not self.is_stranger(cls):
                    seen.add(id(cls))
                    todo.append(cls)
                    found.append(cls)
        return found

    def is_stranger(self, cls):
        """Whether a class is known not to be the scenario's."""
        if id(cls) in self.ancestors.ids:
            return True
        reference = self.strangers.get(id(cls))
        return reference is not None and reference() is cls

    def is_made_in_c(self, cls):
        """Whether no more than a wrong module says of a class that the scenario made it.

        C code may name a module that is not there (`pyo3_runtime.PanicException`), and
        what it makes of a metaclass says that it is from there (`decimal`'s `SignalDict`).
        """
        module = value_module(cls)
        is_misled = module == "abc" or module not in loaded and module not in self.census.own.names
        return module is not None and is_misled and not functions_of(cls) and not any(
            [self.census.own.has_class(base) for base in mro_of(cls)[1:]]
        )

    def living(self):
        """The known objects that can be referred to weakly."""
        values = [reference() for _, reference, _ in self.census.known.values() if reference is not None]
        return [value for value in values if value is not None]


class Ancestors(object):
    """The classes that a bare interpreter has, how many subclasses each has, and the modules."""

    def __init__(self):
        seen, todo = {}, [object]
        while todo:
            cls = todo.pop()
            if id(cls) not in seen:
                seen[id(cls)] = cls
                todo.extend(raw_subclasses(cls))
        self.classes = list(seen.values())
        self.ids = frozenset(seen)
        self.counts = self.count()
        self.modules = dict(loaded)

    def count(self):
        return list(map(len, map(raw_subclasses, self.classes)))


def mro_maker(metaclass):
    """What makes the MROs of a metaclass's classes."""
    for base in raw_mro(metaclass):
        if "mro" in raw_dict(base):
            return raw_dict(base)["mro"]
    return None


def in_order_of_making(classes):
    """Classes in the order in which their bases know them: that of a heap is another once it was collected.

    On 2.7 a base gives a new class the place of one that is gone, so that there the order is that of the heap.
    """
    names = [full_name(cls) for cls in classes]
    if PY2 or len(set(names)) == len(names):
        return classes
    at, told = {}, set()
    for base in [raw_base(cls) for cls in classes]:
        if base is not None and id(base) not in told:
            told.add(id(base))
            for cls in raw_subclasses(base):
                at[id(cls)] = len(at)
    return sorted(classes, key=lambda cls: at.get(id(cls), -1))
