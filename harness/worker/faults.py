"""Faults of the reload itself: it fails at one of the places that it comes to.

Part of the probe: see `sweep.py`.  The first reload of the run is the one that fails, of
the modules in question where some are named.  The survey reloads with a *mechanism* that
only tells its places; a run that strikes forks before that reload, for each chosen place
twice: once the exception goes on to whoever called `reload`, and once it is swallowed and
one more, clean reload follows.  The run itself reloads untouched.

A mechanism is a class made of this fault, or of a block of `inject.py`, and the plan's
fields.  `arm(place)` has the fault strike at a place, by number, or only tells places where
that is None; `disarm()` ends it.  At each place the mechanism asks `meet`, and strikes where
that is true.  One whose places are no lines has `carry_out(place, reload, module)` instead,
and for blocks `carry_out_at` with the name of a place and how many-th of that name it is.
One that cannot work in this Python has its reason as `refusal`; one that does not fail
the reload has no use for another: its `variants` are one.
"""

import sys
import types

PY2 = sys.version_info[0] == 2
loaded = sys.modules
GOES_ON, HEALS = 0, 1  # variants of a branch (`reload_faults.rs`)
SHAPE_LIMIT = 200


class ReloadFault(object):
    """The fault: a reload that fails at one of its places."""

    tracer = None  # the mechanisms that have one use it within the reload only

    def __init__(self, sweep, fields, mechanism):
        self.sweep, self.run = sweep, sweep.run
        self.patterns = fields.get(b"i", b"").decode("utf-8").split()
        self.is_installed = self.is_spent = self.is_threaded = False
        self.target = self.file = None
        self.met = 0
        self.told = {}  # by the mechanism, with the survey or with what it came to
        self.mechanism = mechanism(self, fields)

    def begin(self):
        """Puts itself in the place of `reload`, once."""
        if self.is_installed:
            return
        self.is_installed = True
        refusal = getattr(self.mechanism, "refusal", None)
        if self.run.injecting is not None:
            refusal = "this scenario injects a fault by itself"
        if refusal is not None:
            self.is_spent = True
            self.refuse(refusal)
            return

        def reload(module):
            return self.reload(module)

        put_in_place_of_reload(reload)  # noqa: F821 - given by the probe

    def end(self):
        pass

    def reload(self, module):
        """What is called in the place of `reload`."""
        sweep = self.sweep
        if self.is_spent or sweep.in_branch or sweep.is_elsewhere() or not self.is_in_question(module):
            return real_reload(module)  # noqa: F821 - given by the probe
        self.is_spent = True
        if self.run.program is not None:
            self.run.program.edit()
        self.is_threaded = other_threads() or has_dependents()  # noqa: F821
        self.file = source_of(module)
        if hasattr(self.mechanism, "prepare"):
            self.mechanism.prepare(module)
        if sweep.chosen is None:
            return self.survey(module)
        for place in sorted(sweep.chosen):
            for variant in getattr(self.mechanism, "variants", (GOES_ON, HEALS)):
                if sweep.branch(place, variant):
                    return self.strike(module, place, variant)
        return real_reload(module)  # noqa: F821

    def is_in_question(self, module):
        if not issubclass(type(module), types.ModuleType):
            return False
        names = self.sweep.modules
        return not names or module_dict(module).get("__name__") in names  # noqa: F821

    def survey(self, module):
        """Reloads, and tells the places on the way, and what the module's names mean before and after."""
        before = Names(module)
        try:
            return self.armed(None, module)
        finally:
            self.sweep.reloaded = dict(
                self.told, module=to_text(module_dict(module).get("__name__")),  # noqa: F821
                before=before.shapes, after=before.compare(module),
            )

    def strike(self, module, place, variant):
        """Reloads, with the fault, in the branch."""
        sweep, names = self.sweep, Names(module)
        self.target, self.met = place, 0
        raised = None
        try:
            result = self.armed(place, module)
        except BaseException:
            raised = self.run.exception()
            if variant == GOES_ON:
                sweep.struck(raised, names=names.compare(module), **self.told)
                raise
        sweep.struck(raised, names=names.compare(module), **self.told)
        if variant == GOES_ON:
            return result
        return real_reload(module)  # noqa: F821

    def armed(self, place, module):
        """A reload under the mechanism."""
        if hasattr(self.mechanism, "carry_out"):
            return self.mechanism.carry_out(place, real_reload, module)  # noqa: F821
        self.mechanism.arm(place)
        try:
            return real_reload(module)  # noqa: F821
        finally:
            self.mechanism.disarm()

    # -- for mechanisms

    def meet(self, file, line, function):
        """The reload comes to its next place; whether the fault is to strike there."""
        place, self.met = self.met, self.met + 1
        if self.target is not None:
            return place == self.target
        sweep = self.sweep
        sweep.reach(lambda: (sweep.location(file, line, function, 0), 0, 0, 0), lambda: self.is_threaded)
        return False

    def refuse(self, reason):
        self.sweep.refuse(reason)

    def put_back(self):
        self.sweep.tree.restore()

    def rehearse(self):
        self.sweep.rehearse()

    def owns(self, file, name):
        """Whether a module's code is in question: the scenario's own, or of the modules that are named."""
        if self.patterns:
            return file[:1] != "<" and any(fits(name, pattern) for pattern in self.patterns)  # noqa: F821
        return file.startswith(self.run.workspace + "/")


class Names(object):
    """What the names of a module mean, known without keeping anything alive."""

    def __init__(self, module):
        self.ids, self.shapes = {}, {}
        for name, value in names_of(module):
            self.ids[name] = id(value)
            self.shapes[name] = shape(value)

    def compare(self, module):
        """By name: whether it means another object than before, and the shape of what it means."""
        return dict((name, [self.ids.get(name) != id(value), shape(value)]) for name, value in names_of(module))


def source_of(module):
    """The file of a module, as its source is called."""
    file = module_dict(module).get("__file__")  # noqa: F821
    if type(file) is not str:
        return "?"
    return file[:-1] if file.endswith((".pyc", ".pyo")) else file


def names_of(module):
    """The (name, value) of a module's own names."""
    items = list(module_dict(module).items())  # noqa: F821
    return [(to_text(name), value) for name, value in items if type(name) is str and not is_special(name)]  # noqa: F821


def is_special(name):
    return name[:2] == "__" and name[-2:] == "__"


def shape(value):
    """What a value looks like, of the built-in kinds only, equal for what two processes make alike."""
    kind = type(value)
    if kind in PLAIN:
        return to_text(repr(value))[:SHAPE_LIMIT]  # noqa: F821
    if kind in (dict, list, set, tuple):
        inner = sorted(key for key in value if type(key) is str) if kind is dict else ()
        return to_text("%s %d %s" % (kind.__name__, len(value), " ".join(inner)))[:SHAPE_LIMIT]  # noqa: F821
    if issubclass(kind, type):
        return to_text("class %s" % " ".join(sorted(map(str, raw_dict(value)))))  # noqa: F821
    return to_text(getattr(kind, "__name__", "?"))  # noqa: F821


raw_dict = type.__dict__["__dict__"].__get__
PLAIN = (int, float, complex, bool, str, bytes, type(u""), type(None)) + ((long,) if PY2 else ())  # noqa: F821
