"""The reloads of a watched run: what each one did to what the names of the scenario's modules meant.

A part of the evidence, whose rules hold here too: nothing is kept alive, types are compared by identity.
A name is known by its module and by itself, and by an attribute of what it means where that is a class or an
object of the scenario's: `shop.ORDERS`, `shop.Shop.orders`.
"""

import sys
import types

PY2 = sys.version_info[0] == 2
gettrace, settrace = sys.gettrace, sys.settrace
loaded = sys.modules
raw_get = dict.get
# Given by the probe: raw, values and archives.
class_of, module_dict, value_module = raw.class_of, raw.module_dict, raw.value_module  # noqa: F821
class_namespace, to_text = raw.class_namespace, raw.to_text  # noqa: F821
is_class, namespace_of, refer = values.is_class, values.namespace_of, values.refer  # noqa: F821
PLAIN_KINDS, SIZED, UNKNOWN = values.PLAIN_KINDS, values.SIZED, values.UNKNOWN  # noqa: F821
nature_of, plain_text = values.nature_of, values.plain_text  # noqa: F821

NAMES = 1000  # of a module
# Where classes are from whose objects are nothing but state, of which no value can be told.
STATEFUL = frozenset([
    "threading", "_thread", "thread", "queue", "_queue", "Queue", "contextvars", "_contextvars", "functools",
    "random", "_random", "itertools", "weakref", "multiprocessing.synchronize", "multiprocessing.queues",
    "asyncio.locks", "asyncio.queues",
])


class Reloads(object):
    """What the reloads of a run have done so far."""

    def __init__(self, watch, census):
        self.watch = watch
        self.census = census
        self.forms = {}  # by namespace and name: the form that a reload gave it last
        self.looked_at = set()  # by namespace and name: what was there before a reload and after it
        self.formers = []  # what names meant before a reload, weakly
        self.undone = []
        self.reloaded = set()  # by namespace: whether it was executed again, to its end or not
        self.executed = {}  # by file: how many contents it had had, and whether what was executed was its own
        self.under_way = []  # the namespace that each reload is executing now, and its thread
        self.unfinished = []  # what is told of names that were read meanwhile: to be compared with what becomes of them

    def install(self, real, put_in_place_of_reload):
        """Has every reload looked at that goes by the function."""
        put_in_place_of_reload(lambda module: self.look_around(real, module))

    def look_around(self, real, module):
        namespace = module_dict(module) if issubclass(type(module), types.ModuleType) else None
        before = self.survey(namespace)
        tracer = gettrace()
        is_free = tracer is None
        if is_free:
            settrace(self.on_module)
        if namespace is not None and not self.watch.full:
            self.watch.note_archive(archives.read_elsewhere(namespace))  # noqa: F821
        reload = namespace, self.watch.ident()
        self.under_way.append(reload)
        try:
            return real(module)
        finally:
            self.under_way[:] = [other for other in self.under_way if other is not reload]
            if is_free and gettrace() == self.on_module:
                settrace(None)
            self.compare(before, namespace)
            self.finish(namespace)

    def on_module(self, frame, event, arg):
        """Notes which code is executed for a module; of anything else it wants to know nothing."""
        if frame.f_code.co_name == "<module>":
            self.note_executed(frame.f_code)

    def note_executed(self, code):
        name = self.watch.relative(code.co_filename)
        contents = self.watch.files.get(name)
        if contents:
            self.executed[name] = len(contents), not self.watch.is_outdated(name, code)

    def note_imports(self):
        """Modules that are there for the first time were made of what their files hold."""
        for name in self.census.own.names:
            self.note_imported(loaded.get(name))

    def note_imported(self, module):
        name = module_dict(module).get("__file__") if issubclass(type(module), types.ModuleType) else None
        name = self.watch.relative(name[:-1] if name.endswith((".pyc", ".pyo")) else name) if type(name) is str else None
        if self.watch.files.get(name):
            self.executed.setdefault(name, (len(self.watch.files[name]), True))

    # -- what names mean

    def survey(self, namespace):
        """By namespace and name: what it means, and how much it holds."""
        found = {}
        modules = [loaded.get(name) for name in self.census.own.names]
        namespaces = [module_dict(module) for module in modules if issubclass(type(module), types.ModuleType)]
        if namespace is not None and not any(namespace is other for other in namespaces):
            namespaces.append(namespace)
        for one in namespaces:
            for name, value in list(one.items())[:NAMES]:
                if type(name) is str and not name.startswith("__"):
                    self.take(found, one, name, value)
                    for inner, more in inside(self.census, value):
                        self.take(found, one, name + "." + inner, more)
        return found

    def take(self, found, namespace, name, value):
        kind = type(value)
        if kind is types.ModuleType or issubclass(kind, types.FunctionType):
            size = None
        elif id(kind) in SIZED:
            size = len(value)
        else:
            size = value if id(kind) in PLAIN_KINDS else None
        found[id(namespace), name] = refer(value), size, home_of(value)

    def compare(self, before, namespace):
        after = self.survey(namespace)
        if namespace is not None:
            self.reloaded.add(id(namespace))
        for key, (reference, size, home) in after.items():
            then = before.get(key)
            if then is None:
                continue
            self.looked_at.add(key)
            was, had, was_from = then
            is_same = size is not None and type(size) is type(had) and size == had and reference[2] is not None
            if was[0] != reference[0] and not (is_same and id(reference[2]()) in PLAIN_KINDS):
                self.forms[key] = "remade"
                if key[0] == id(namespace):
                    self.note_former(was, key[1], namespace)
                    if was_from not in (None, home) and home == namespace.get("__name__"):
                        self.undone.append((home, key[1], was_from))
            elif type(size) is type(had) and size != had:
                self.forms[key] = "grown" if size > had else "emptied"

    def note_former(self, reference, name, namespace):
        if reference[1] is not None and reference[1]() is not None:
            module = namespace.get("__name__")
            if type(module) is str:
                self.formers.append((reference[1], to_text(module + "." + name), id(namespace), name))

    # -- what is told of a use

    def past(self, names, value, namespace):
        """What reloads had to do with what a name means; None where that is not known."""
        former = self.former(value)
        names = [str(name) for name in names] if all(map(is_identifier, names)) else []
        is_read_early = bool(names) and self.is_read_early(*self.home(names, namespace))
        if not names and former is None or not self.reloaded and not is_read_early:
            return None
        told = blank(stateful=is_stateful(value), former=former)
        if is_read_early:
            home = self.home(names, namespace)[0]
            self.unfinished.append((told, id(home), to_text(home["__name__"]), names[-1], measure(value)))
        if names and self.reloaded:
            namespace, names = self.home(names, namespace)
            told.update(form=self.form(namespace, names), source=self.source(namespace))
            told["undone"] = self.undone_by(namespace)
        return told

    def past_of_missing(self, names, namespace):
        """Where a name is missing that other modules define."""
        if not names or not self.reloaded or not all(map(is_identifier, names)):
            return None
        namespace, names = self.home([str(name) for name in names], namespace)
        if len(names) > 1 or not self.is_own(namespace):
            return None
        return blank(
            source=self.source(namespace), module=to_text(namespace["__name__"]), defined_in=self.defined_in(names[0])
        )

    def defined_in(self, name):
        """The modules that define a class or a function of some name."""
        found = []
        for own in sorted(self.census.own.names):
            module = loaded.get(own)
            if issubclass(type(module), types.ModuleType):
                value = raw_get(module_dict(module), name)
                if type(value) is types.FunctionType and home_of(value) == own or is_class(value) and value_module(value) == own:
                    found.append(to_text(own))
        return found

    def is_read_early(self, namespace, names):
        """Whether a name of a module is read while another thread's reload executes the module.

        What executes it reads its names in the course of that.
        """
        threads = [thread for other, thread in self.under_way if other is namespace]
        return len(names) == 1 and bool(threads) and self.watch.ident() not in threads and self.is_own(namespace)

    def finish(self, namespace):
        """Tells of names that were read while a module was executed what they mean now that it has been."""
        if any(other is namespace for other, _ in self.under_way):
            return
        for entry in list(self.unfinished):
            told, home, module, name, then = entry
            if home == id(namespace):
                self.unfinished.remove(entry)
                now = measure(raw_get(namespace, name))
                if now != then:
                    told["unfinished"] = {"module": module, "plain": now[1], "size": now[2]}

    def form(self, namespace, names):
        """Whether a reload has made it anew, filled or emptied it, or left it as it is."""
        if len(names) > 2 or not self.is_own(namespace):
            return None
        key = id(namespace), ".".join(names)
        form = self.forms.get(key)
        if form is None and len(names) == 2 and self.forms.get((id(namespace), names[0])) == "remade":
            form = "remade"
        return form or ("untouched" if key in self.looked_at else None)

    def origin(self, imports, name, value, namespace):
        """What a name is a copy of that means something else in its own module by now."""
        copied = [(origin, value) for origin in imports.origins_of(name)]
        through = None
        for part in imports.worked_out.get(name, ()):
            copied += [(origin, raw_get(namespace, part)) for origin in imports.origins.get(part, ()) and [
                imports.origins[part]]]
            through = through or (part if part in imports.origins else None)
        for (level, module, attribute), copy in copied:
            source = loaded.get(absolute(level, module, namespace))
            if not issubclass(type(source), types.ModuleType) or not self.is_own(module_dict(source)):
                continue
            now = raw_get(module_dict(source), attribute, copy)
            if now is copy or nature_of(now) != "instance":
                continue
            kinds = id(type(now)), id(type(copy))
            is_plain = all([kind in PLAIN_KINDS for kind in kinds])
            if is_plain and (kinds[0] != kinds[1] or now != copy) or not is_plain and kinds[0] == kinds[1]:
                text = to_text(module_dict(source)["__name__"] + "." + attribute)
                return {"origin": text, "now": plain_text(now), "through": through and to_text(through)}
        return None

    def undone_by(self, namespace):
        """What a module has put into another one, which a reload of that one has put back."""
        for home, name, origin in self.undone:
            module = loaded.get(home)
            if origin == namespace.get("__name__") and issubclass(type(module), types.ModuleType):
                if home_of(module_dict(module).get(name)) == home:
                    return to_text(home + "." + name)
        return None

    def home(self, names, namespace):
        """The namespace of the module in which a dotted name ends, and what is left of it there."""
        names = list(names)
        while len(names) > 1:
            value = raw_get(namespace, names[0])
            if not issubclass(type(value), types.ModuleType):
                break
            namespace = module_dict(value)
            del names[0]
        return namespace, names

    def is_own(self, namespace):
        name = namespace.get("__name__")
        return type(name) is str and name in self.census.own.names

    def source(self, namespace):
        """Of which source a module was executed: today's, that before an edit, or one from elsewhere."""
        name = namespace.get("__file__")
        if type(name) is not str or not self.is_own(namespace):
            return "today"
        name = self.watch.relative(name[:-1] if name.endswith((".pyc", ".pyo")) else name)
        count, is_its_own = self.executed.get(name, (None, True))
        contents = self.watch.files.get(name)
        if count is None or not contents:
            return "today"
        if not is_its_own:
            return "elsewhere"
        return "today" if contents[count - 1] == contents[-1] else "before"

    def former(self, value):
        """The name that meant an object before a reload, and means another now."""
        for reference, text, namespace, name in self.formers:
            if value is not None and reference() is value:  # what is gone gives None as well
                return text
        return None


def absolute(level, module, namespace):
    """The name of the module that a `from` statement means."""
    if not level:
        return str(module)
    package = namespace.get("__name__")
    if type(package) is not str:
        return None
    parts = package.split(".")
    parts = parts[:len(parts) - level + ("__path__" in namespace)]
    return ".".join(parts + [str(module)] if module else parts)


def blank(**known):
    """What `evidence.rs` calls a past, of which only this is known."""
    told = dict.fromkeys(["origin", "now", "through", "form", "undone", "former", "unfinished", "module"])
    told.update(stateful=False, source="today", defined_in=[])
    return dict(told, **known)


def measure(value):
    """What one can tell a value from another by, as it is told."""
    return id(type(value)), plain_text(value), len(value) if id(type(value)) in SIZED else None


def is_identifier(name):
    return name.replace(u"_", u"a").isalnum()


def is_stateful(value):
    """Whether an object is one that nothing can be told of but that it is another."""
    module = value_module(class_of(value))
    context = loaded.get("contextvars")
    return module in STATEFUL or context is not None and type(value) is module_dict(context).get("ContextVar")


def inside(census, value):
    """The attributes of a class or an object of the scenario's that are containers."""
    kind = type(value)
    if id(kind) in PLAIN_KINDS or id(kind) in SIZED or issubclass(kind, (types.ModuleType, types.FunctionType)):
        return []
    cls = value if is_class(value) else class_of(value)
    if not census.own.has_class(cls):
        return []
    namespace = class_namespace(value) if is_class(value) else namespace_of(value)
    if namespace is UNKNOWN:
        return []
    return [(name, item) for name, item in list(namespace.items())[:NAMES]
            if type(name) is str and id(type(item)) in SIZED]


def home_of(value):
    """The module in which a function was written."""
    if type(value) is types.FunctionType:
        name = value.__globals__.get("__name__")
        return name if type(name) is str else None
    return None
