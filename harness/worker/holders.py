"""The holders: what still holds superseded objects when a run is over, and by which path that is found.

Part of the probe, whose rules hold here too.  The search goes backward, from the
superseded objects through all that refers to them, up to something that has a
name: what the scenario's modules and the prompt define, a module, a local variable
of a running thread.  Then forward again, to write down the shortest path.  What
leads through a superseded object is not told: that one has a holder of its own.
Nor is garbage, which no path leads to; it is not collected either, for that would
run the scenario's finalizers.

To ask the collector who refers to an object (`gc.get_referrers`) is to go through
the whole heap.  So those are looked at first that are likely to: what can be
reached from the scenario's own namespaces.  Where an object has no more references
than these have to it, nobody else has one, and the heap need not be asked.

The collector knows of what it tracks.  An object that it does not (an instance of
`class I(int): __slots__ = ()`) and what C code keeps to itself (exit functions
from 3.10 on) is not found.
"""

import gc
import sys
import types

PY2 = sys.version_info[0] == 2
REFERENCES = 20  # that a path may have, those inside an object included
INSTANCES = 20000  # of superseded classes that are looked at,
OBJECTS = 50000  # and objects in all: more than anybody reads
LINES = 40
FEW = 200  # so many are found faster one by one than by their hash
NEAR = 1000  # objects that are looked at before the heap is asked, and items that one may have

ALWAYS_HIDDEN = []

current_frames, own_frame = sys._current_frames, sys._getframe
loaded = sys.modules
# Given by the probe: raw, references and roots.
# ruff: noqa: F821
# What belongs to a class and is of no use without it.
FITTINGS = frozenset(map(id, (types.GetSetDescriptorType, types.MemberDescriptorType)))
# Those that are looked into on the way from the scenario's namespaces, whatever they belong to.
SIZED = frozenset(map(id, (dict, list, tuple, set, frozenset)))
PARTS = FITTINGS | SIZED | frozenset(map(id, (
    types.MethodType, staticmethod, classmethod, property, references.cell_type,
)))
# From 3.14 on, and without the GIL, not every reference is counted; 3.12 has objects that are immortal.
COUNTS = sys.version_info < (3, 14) and hasattr(sys, "getrefcount") and "t" not in getattr(sys, "abiflags", "")
# What counting itself adds to what a list, a tuple or a dict has.
getrefcount = getattr(sys, "getrefcount", None)
COUNTING = list(map(getrefcount, [[]]))[0] - 1 if COUNTS else 0


def find(run):
    """What is held, shortest path first, and how many lines more there would be.

    Without a superseded object there is nothing to look for.
    """
    superseded = superseded_tokens(run.census)
    if not superseded or not hasattr(gc, "get_referrers"):
        return [], 0
    was_enabled = gc.isenabled()
    gc.disable()  # a collection in the midst of this would run finalizers
    try:
        search = Search(run, superseded)
        search.go_backward()
        search.go_forward()
        return search.told()
    finally:
        if was_enabled:
            gc.enable()


def superseded_tokens(seen):
    """The tokens of what has a name that means a later one of that name, as `state.rs` has it."""
    superseded = set()
    for token, (kind, name) in seen.called.items():
        if kind == "module":
            now = seen.modules.get(name)
        else:
            now = seen.attributes.get(name)
            if now is None:
                now = seen.prompt.get(name[len("__main__."):] if name.startswith("__main__.") else name)
        if now is not None and now > token and now in seen.called:
            now_kind, now_name = seen.called[now]
            if now_name == name and (now_kind == "module") == (kind == "module"):
                superseded.add(token)
    return superseded


class Found(object):
    """The best path that is known to an object."""

    def __init__(self, cost, rank, text, role=None, foreign=False, through=(), group=None):
        self.order = (cost, rank, len(text), text)
        self.cost = cost  # names, attributes and items on the way
        self.rank = rank  # of where it begins: at the prompt, in an own module, elsewhere, in a thread
        self.text = text
        self.role = role  # what the object is to the one before it on the path: see `edges`
        self.foreign = foreign  # whether it leads through code that is not the scenario's
        self.through = through  # (token, id) of the outermost instance of each superseded class
        self.group = group  # the id of what holds it, where that holds many

    def step(self, suffix, role, cost, **more):
        values = dict(foreign=self.foreign, through=self.through, group=None)
        values.update(more)
        return Found(self.cost + cost, self.rank, self.text + suffix, role, **values)


class Search(object):
    """The way from superseded objects (`seeds`, and the code of functions) to what has a name, and back."""

    def __init__(self, run, superseded):
        self.census = run.census
        self.seeds, self.codes, self.objects = {}, {}, {}
        self.held_by = {}  # the ids of what each object refers to, among those that are looked at
        self.lines = {}
        self.hidden = probes_own(run)
        self.near, self.references = {}, {}  # what is looked at before the heap is asked, and the ids it refers to
        self.referring = {}  # the ids of what refers to an object, among those, each as often as it does
        self.inside, self.superseded = set(), superseded
        for address, (token, reference, _) in list(self.census.known.items()):
            value = reference() if token in superseded and reference is not None else None
            if value is not None:
                self.seeds[address] = token
                self.objects[address] = value
                self.inside.update(insides(value))
        codes = [(token, reference()) for token, reference in self.census.codes.items()]
        current = set(id(code) for token, code in codes if token not in superseded)
        for token, code in codes:
            if code is not None and id(code) not in current and token in superseded:
                self.codes[id(code)] = token
                self.objects[id(code)] = code
        self.find_names()
        self.beside = {}
        for text, value, how in roots.roots(run):
            self.beside.setdefault(id(value), []).append((text, how))

    def find_names(self):
        """What paths begin with: modules, and the classes and functions that the census has a name for."""
        here = self.census
        modules = dict((name, id(loaded.get(name))) for name in here.own.names)
        self.spaces = {id(here.main): (0, u"", ("prompt", modules)), id(loaded): (2, u"sys.modules", None)}
        self.names = {}
        self.builtins = loaded.get("__builtin__" if PY2 else "builtins")
        self.last_value = raw.module_dict(self.builtins) if type(self.builtins) is types.ModuleType else {}
        self.others = []  # modules that are not the scenario's
        for name, module in list(loaded.items()):
            if name in here.own.names or module is self.builtins:
                self.name_module(name, module)
            else:
                self.others.append((name, module))
        paths = {}
        for path, token in here.attributes.items():
            called = here.called.get(token, (None, None))[1]
            paths[token] = min(paths.get(token, (2, path)), (path != called, path))
        for address, (token, _, _) in list(here.known.items()):
            if token in paths and address not in self.seeds:
                path = raw.to_text(paths[token][1])
                is_prompt = path.startswith(u"__main__.")
                self.names[address] = (0, path[len("__main__."):]) if is_prompt else (1, path)

    def name_module(self, name, module):
        if type(name) is str and name != "__main__" and issubclass(type(module), types.ModuleType):
            text, rank = raw.to_text(name), 1 if name in self.census.own.names else 2
            space = (2, u"", ("builtins", None)) if module is self.builtins else (rank, text, ("module", None))
            self.names[id(module)] = (rank, text)
            self.spaces.setdefault(id(raw.module_dict(module)), space)

    def name(self, value):
        """The name by which an object is found right away."""
        found = self.names.get(id(value))
        kind = type(value)
        if found is None and (kind is types.FunctionType or issubclass(kind, raw.class_types)):
            module = raw.value_module(value)
            names = raw.qualified_name(value).split(".")
            inner = loaded.get(module)
            space = raw.module_dict(inner) if issubclass(type(inner), types.ModuleType) else {}
            while names:
                inner = space.get(names.pop(0))
                space = raw.class_namespace(inner) if issubclass(type(inner), raw.class_types) else {}
            if inner is value and module != "__main__":
                text = u"%s.%s" % (raw.to_text(module), raw.to_text(raw.qualified_name(value)))
                found = self.names[id(value)] = (1 if module in self.census.own.names else 2, text)
        return found

    # -- backward

    def go_backward(self):
        """Finds what refers to the superseded, what refers to that, and so on until it has a name."""
        self.hidden.update((id(self.objects), id(self), id(self.__dict__), id(self.near), id(own_frame())))
        self.look_around()
        self.next, asked = list(self.objects.values()), []
        for _ in range(REFERENCES):
            asked.append(tuple(self.next))  # a call copies any other sequence, and would find the copy
            self.next = []
            self.hidden.update((id(asked[-1]), id(self.next)))
            self.ask(asked[-1])
            if not self.next or len(self.objects) > OBJECTS:
                break

    def ask(self, values):
        """Takes down what refers to some objects."""
        wanted = frozenset(map(id, values))
        for holder in self.holders(values, wanted):
            address = id(holder)
            if address in self.hidden or address in self.seeds or id(type(holder)) in FITTINGS:
                continue
            if address in self.inside and address not in self.spaces or self.is_old_module(holder):
                continue
            if address not in self.objects:
                if len(self.objects) > INSTANCES and id(raw.class_of(holder)) in self.seeds:
                    continue
                if len(self.objects) > OBJECTS:
                    break
                self.objects[address] = holder
                if address not in self.spaces and self.name(holder) is None:
                    self.next.append(holder)
            held = [one for one in self.referents(holder) if one in wanted]
            self.held_by.setdefault(address, set()).update(held)

    def holders(self, values, wanted):
        """What refers to some objects: of the whole heap, where they have references from elsewhere too."""
        rest, found = self.not_accounted_for(values), []
        if rest:
            self.hidden.update((id(rest), id(own_frame())))
            for name, module in self.others:
                self.name_module(name, module)
            self.others = []
            self.references.pop(id(self.last_value), None)  # it may have more than that one
            if hasattr(gc, "unfreeze"):
                gc.unfreeze()  # what is frozen is not asked what it refers to
            found = referrers(rest, frozenset(map(id, rest)))
        near = set([address for one in wanted for address in self.referring.get(one, ())])
        return found + [self.near[address] for address in near]

    def not_accounted_for(self, values):
        """Those of some objects that have more references than are known, this search's own aside."""
        if not COUNTS:
            return values
        rest = []
        for value, count in zip(values, list(map(getrefcount, values))):
            ours = COUNTING + 2 + (id(value) in self.near)  # `objects` and `values` have one each
            if count - ours != len(self.referring.get(id(value), ())):
                rest.append(value)
        return tuple(rest)

    def look_around(self):
        """Looks at all that the scenario's namespaces lead to, without leaving what is the scenario's."""
        here = self.census
        own = [loaded.get(name) for name in here.own.names]
        todo = [here.main] + [raw.module_dict(one) for one in own if issubclass(type(one), types.ModuleType)]
        todo += self.objects.values()
        passed = set(id(module) for _, module in self.others)
        passed.update((id(loaded), id(self.last_value)))
        near, references, referring, hidden = self.near, self.references, self.referring, self.hidden
        for value in todo:
            own = id(value)
            if own in near or len(near) >= NEAR or not gc.is_tracked(value):
                continue
            near[own] = value
            parts = gc.get_referents(value)
            references[own] = list(map(id, parts))
            for part in parts:
                if id(type(part)) in raw.CONSTANTS:
                    continue  # as more than half: nothing superseded is one, nor does one refer to anything
                address = id(part)
                referring.setdefault(address, []).append(own)
                if address not in passed and address not in hidden and self.leads_on(part):
                    passed.add(address)
                    todo.append(part)
        if "_" in self.last_value:
            value = self.last_value["_"]
            self.near[id(self.last_value)] = self.last_value
            self.references[id(self.last_value)] = [id(value)]
            self.referring.setdefault(id(value), []).append(id(self.last_value))

    def leads_on(self, value):
        """Whether an object is the scenario's, or a part of what is."""
        kind = type(value)
        if id(kind) in PARTS:
            return id(kind) not in SIZED or len(value) <= NEAR
        if kind is types.FunctionType:
            return self.census.own.has_function(value)
        if issubclass(kind, raw.class_types):
            return id(value) in self.census.known
        if kind is types.ModuleType:
            return id(value) not in self.names
        return id(raw.class_of(value)) in self.census.known

    def referents(self, holder):
        """The ids of what an object refers to."""
        known = self.references.get(id(holder))
        return list(map(id, gc.get_referents(holder))) if known is None else known

    def is_old_module(self, value):
        """Whether an object is a superseded module.

        On 2.7 nothing can refer to a module weakly, so the census knows of those only
        that have a name; the one that is not there goes by what it says is its own.
        """
        if not PY2 or type(value) is not types.ModuleType or id(value) in self.names:
            return False
        name = raw.module_dict(value).get("__name__")
        called = ("module", name if type(name) is str else None)
        tokens = [token for token in self.superseded if self.census.called.get(token) == called]
        if len(tokens) == 1:
            self.seeds[id(value)] = tokens[0]
            self.objects[id(value)] = value
            self.next.append(value)
        return len(tokens) == 1

    # -- forward

    def go_forward(self):
        """Finds the shortest path to each object, and writes a line where it leads to something superseded."""
        best, buckets = {}, {}

        def offer(address, found):
            if address not in best or found.order < best[address].order:
                best[address] = found
                buckets.setdefault(found.cost, []).append((found.order, address))

        for address in list(self.objects):
            if address in self.spaces and address not in self.seeds:
                rank, text, role = self.spaces[address]
                offer(address, Found(1 if role is None else 0, rank, text, role, foreign=rank == 2))
            elif address in self.names and address not in self.seeds:
                rank, text = self.names[address]
                offer(address, Found(1, rank, text, foreign=rank == 2))
            for text, how in self.beside.get(address, ()):
                self.reach(offer, address, Found(1, 3, text), how)
        cost, done = 0, set()
        while buckets:
            while cost in buckets:  # what costs nothing more comes into it again
                for _, address in sorted(buckets.pop(cost)):
                    if address not in done:
                        done.add(address)
                        self.look_into(offer, address, best[address])
            cost += 1

    def look_into(self, offer, address, found):
        holder = self.objects[address]
        cls = raw.class_of(holder)
        token = self.seeds.get(id(cls))
        if token is not None:
            self.tell(token, "instance", found, found.group or address, holder)
            if token not in dict(found.through):
                found.through += ((token, address),)
        if address not in self.held_by:
            return
        held = dict((one, self.objects[one]) for one in self.held_by[address])
        foreign = found.foreign or self.is_foreign(holder, cls)
        for one, suffix, role, how, cost in references.edges(holder, found.role, held, self.seeds):
            group = address if how == "container" else None
            if how == "container" and foreign:
                how = "registry"
            self.reach(offer, one, found.step(suffix, role, cost, foreign=foreign, group=group), how)

    def reach(self, offer, address, found, how):
        """Takes down that a path leads to an object."""
        if address in self.codes:
            if how == "running":
                self.tell(self.codes[address], how, found, found.text)
        elif address not in self.seeds:
            offer(address, found)
        elif how is not None and self.seeds[address] not in dict(found.through):
            self.tell(self.seeds[address], how, found, found.group or found.text)

    def is_foreign(self, value, cls):
        """Whether an object is code, or of a class, that is written in Python and not the scenario's."""
        if type(value) is types.FunctionType:
            return self.spaces.get(id(value.__globals__), (0,))[0] == 2
        if issubclass(type(value), references.CONTAINERS):
            return False
        parts = (raw.class_namespace(cls) or {}).values()
        return any([type(part) is types.FunctionType for part in list(parts)]) and not self.census.own.has_class(cls)

    def tell(self, token, how, found, group, instance=None):
        holder = None
        if instance is not None:
            # Those that are behind another instance of the class, or beside it, are counted with it.
            group = dict(found.through).get(token, group)
            holder = self.census.token(instance)
        best, others = self.lines.get((token, how, group), (None, set()))
        others.add(found.text if instance is None else id(instance))
        line = (found.order, how, token, holder)
        if best is None or line[0] < best[0] or line[0] == best[0] and (holder or 0) > (best[3] or 0):
            best = line
        self.lines[token, how, group] = best, others

    def told(self):
        told = []
        for (order, how, token, holder), others in self.lines.values():
            line = {"token": token, "how": how.replace(" ", "_"), "path": order[-1]}
            line.update(holder=holder, more=len(others) - 1)
            told.append((order, how, token, line))
        told.sort(key=lambda line: line[:3])
        return [line[-1] for line in told[:LINES]], max(0, len(told) - LINES)


def referrers(values, wanted):
    if len(values) <= FEW:
        return gc.get_referrers(*values)
    return [value for value in gc.get_objects() if not wanted.isdisjoint(map(id, gc.get_referents(value)))]


def insides(value):
    """The ids of what a superseded object consists of: it has no other holder."""
    kinds = (dict, tuple)
    if type(value) is types.FunctionType:
        parts = [part for part in gc.get_referents(value) if part is not value.__globals__]
    elif issubclass(type(value), raw.class_types):
        parts, bases = gc.get_referents(value), references.class_bases(value)
        parts = [part for part in parts if part is not bases]
    else:
        parts = gc.get_referents(value)
    return [id(part) for part in parts if type(part) in kinds]


# ---- what the search must not see, and what it would not


def probes_own(run):
    """The ids of the probe's own objects that refer to the scenario's, and of the frames that run."""
    hidden = set(always_hidden(type(run)))
    for part in (run, run.display, run.census, run.census.own, run.census.ancestors, run.signals, run.wire):
        hidden.update((id(part), id(part.__dict__)))
        hidden.update([id(value) for value in part.__dict__.values() if type(value) in (list, tuple, dict, set)])
    hidden.discard(id(run.census.main))
    for frame in list(current_frames().values()):
        while frame is not None:
            hidden.add(id(frame))
            frame = frame.f_back
    return hidden


def always_hidden(run_type):
    """The probe's modules and what it has copied of others: for this worker's first run to find, before it forks."""
    if not ALWAYS_HIDDEN:
        for function in (find, roots.roots, references.edges, raw.class_of, run_type.__dict__["play"]):
            space = function.__globals__
            ALWAYS_HIDDEN.append(id(space))
            for copy in list(space.values()):
                if type(copy) is types.ModuleType and loaded.get(copy.__name__) is not copy:
                    ALWAYS_HIDDEN.extend((id(copy), id(copy.__dict__)))
    return ALWAYS_HIDDEN
