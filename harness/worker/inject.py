"""Injected faults: what a sweep finds at a place, written down in a transcript.

Part of the probe: see `faults.py`, whose mechanisms strike here as well.  `inject` is a
context manager that is there as `reload` is, in a scenario that uses it:

    with inject("statements", at="foo.py:7", raises=ImportError):
        reload(foo)

has the first reload in the block fail at a statement of line 7.  A fault has the name by
which `sweep --fault` knows it, and a place the one that the sweep gives it.  A block in
which nothing comes to the place raises, for it shows nothing.  A restart takes no fault,
as it does not reload: there a block is what it is without `inject`.
"""

import sys

PY2 = sys.version_info[0] == 2
settrace, gettrace, own_frame = sys.settrace, sys.gettrace, sys._getframe
EDGES = {"<before>": "before", "<end>": "end", "<after>": "after"}  # of a reload, that are on no line
TOLD = 12  # places that a complaint names
FAULTS = ("reload", "statements", "allocations", "files", "interrupts", "threads")


class Injecting(object):
    """What a run has for `inject`: the block that it is in, and `reload` as the blocks have it."""

    def __init__(self, run):
        self.run = run
        self.block = None

    def install(self):
        def inject(fault, at=None, nth=1, raises=None, module=None, call=None):
            return Block(self, fault, at, nth, raises, module, call)

        def reload(module):
            block = self.block
            if block is None or not block.strikes_in(module):
                return real_reload(module)  # noqa: F821 - given by the probe
            return block.reload(module)

        builtins.inject = inject  # noqa: F821
        if not self.run.is_restart:
            put_in_place_of_reload(reload)  # noqa: F821


class Block(object):
    """One fault at a named place, within a `with` block.

    `at` is `"foo.py:7"`, `"foo.py:end"`, `"<stdin>:2"` for a line of the statement itself, or
    of a file fault what the sweep calls it, `"open foo.py: EIO"`; `nth` counts how often the
    block comes there, or the allocations.  `raises` is what a statement, or the handler of a
    signal, raises.  `module` is what a reload point reloads, or whose reload is to fail.
    `call` is what another thread calls.
    """

    def __init__(self, injecting, fault, at, nth, raises, module, call):
        self.injecting, self.run = injecting, injecting.run
        self.fault, self.at, self.nth = fault, at, nth
        self.raises, self.call = raises, call
        self.modules = names_of_modules(module)
        self.check()
        self.place = tuple(at.rsplit(":", 1)) if at is not None else None
        self.has_struck = self.is_spent = False
        self.file, self.told = None, {}
        self.came_to, self.times = [], 0
        self.mechanism = self.points = self.tree = self.error = None

    def check(self):
        """Complains of what cannot be meant."""
        if self.fault not in FAULTS:
            raise ValueError("inject: there is no fault %r; there are %s" % (self.fault, ", ".join(FAULTS)))
        if (self.at is None) != (self.fault == "allocations"):
            raise TypeError("inject: %s" % (
                "allocations are told apart by `nth`, not by `at`" if self.at is not None
                else "`at` says where, as in at=\"foo.py:7\""
            ))
        if self.fault == "reload" and not self.modules:
            raise TypeError("inject: `module` says what is to be reloaded")
        if (self.call is None) == (self.fault == "threads"):
            raise TypeError("inject: `call` is what another thread calls, of \"threads\" and of nothing else")

    # -- the block

    def __enter__(self):
        if self.injecting.block is not None:
            raise RuntimeError("inject: a block is in another one")
        self.injecting.block = self
        if self.run.is_restart:
            return self
        if self.fault == "reload":
            self.points = InjectedReload(self)
            self.points.start(own_frame(1))
            return self
        self.mechanism = MECHANISMS[self.fault](self, {})  # noqa: F821 - given by the probe
        refusal = getattr(self.mechanism, "refusal", None)
        if refusal is not None:
            self.injecting.block = None
            raise NotImplementedError("inject: " + refusal)
        if self.raises is not None:
            self.mechanism.kind = self.raises
        if self.call is not None:
            self.mechanism.call = self.called = Called(self.call)
        return self

    def __exit__(self, kind, error, trace):
        self.injecting.block = None
        if self.points is not None:
            self.points.finish()
        if self.run.is_restart:
            self.restarted(kind)
        elif kind is None and self.error is not None:
            reraise(*self.error)  # noqa: F821
        elif kind is None and not self.has_struck:
            raise RuntimeError("inject: " + self.complaint())
        elif kind is None and self.call is not None:
            self.called.show(self.told.get("called", {}).get("output", u""))
        return False

    def restarted(self, kind):
        if self.fault == "reload":
            self.run.reloads += 1  # from here on a run is no longer what a restart is
        if self.call is not None and kind is None:
            called = Called(self.call)
            called.in_thread()
            called.show(u"")

    def complaint(self):
        if self.fault != "reload" and not self.is_spent:
            return "nothing is reloaded in this block"
        if self.fault == "allocations":
            return "the reload makes fewer allocations than %d" % self.nth
        if self.times:
            return "the block comes to %s %s, not %d times" % (self.at, times(self.times), self.nth)
        places = self.came_to[:TOLD] + ["..."] * (len(self.came_to) > TOLD)
        return "nothing comes to %s in this block; %s" % (
            self.at, "it comes to " + ", ".join(places) if places else "it comes to no place at all"
        )

    # -- a reload in it

    def strikes_in(self, module):
        """Whether it is this reload in which it strikes."""
        if self.is_spent or self.mechanism is None:
            return False
        return not self.modules or module_dict(module).get("__name__") in self.modules  # noqa: F821

    def reload(self, module):
        self.is_spent = True
        self.file = source_of(module)  # noqa: F821
        mechanism = self.mechanism
        if self.fault == "files":
            self.tree = Tree(self.run.workspace)  # noqa: F821
            self.tree.remember()
        if hasattr(mechanism, "prepare"):
            mechanism.prepare(module)
        if hasattr(mechanism, "carry_out_at"):
            return mechanism.carry_out_at(self.at, self.nth, real_reload, module)  # noqa: F821
        mechanism.arm(self.nth)
        try:
            return real_reload(module)  # noqa: F821
        finally:
            mechanism.disarm()

    # -- for mechanisms

    def meet(self, file, line, function):
        """Whether the fault is to strike here."""
        where = self.run.relative(file), str(EDGES.get(function, line))
        if where != self.place:
            name = ":".join(where)
            if name not in self.came_to and len(self.came_to) <= TOLD:
                self.came_to.append(name)
            return False
        self.times += 1
        self.has_struck = self.has_struck or self.times == self.nth
        return self.times == self.nth

    def came(self, name):
        """A place that is not the one."""
        if name not in self.came_to:
            self.came_to.append(name)

    def owns(self, file, name):
        return file.startswith(self.run.workspace + "/")

    def refuse(self, reason):
        raise NotImplementedError("inject: " + reason)

    def put_back(self):
        self.tree.restore()

    def rehearse(self):
        pass


class Called(object):
    """A call in another thread, whose value or exception is the block's."""

    def __init__(self, call):
        self.call = call
        self.value = self.error = None

    def __call__(self):
        try:
            self.value = self.call()
        except BaseException:
            self.error = sys.exc_info()
        return self.value

    def in_thread(self):
        done = allocate_lock()  # noqa: F821 - given by the probe
        done.acquire()

        def play():
            try:
                self()
            finally:
                done.release()

        start_new_thread(play, ())  # noqa: F821
        done.acquire()

    def show(self, output):
        """As if it had been called at the prompt."""
        flush()  # noqa: F821
        write_all(1, output.encode("utf-8"))  # noqa: F821
        value, error, self.value, self.error = self.value, self.error, None, None
        if error is not None:
            reraise(*error)  # noqa: F821
        sys.displayhook(value)


class InjectedReload(ReloadPoints):  # noqa: F821 - given by the probe
    """A reload just before a line that the block comes to."""

    def __init__(self, block):
        ReloadPoints.__init__(self, block, {})  # noqa: F821
        self.block = block
        self.before = self.frame = None

    def start(self, frame):
        """`frame` is that of the block, whose own lines are places too."""
        if self.listener is not None:
            self.listener.start()
            return
        self.before = gettrace()
        settrace(self.on_call)
        self.frame = frame
        frame.f_trace = self.beside(frame.f_trace)

    def finish(self):
        self.stopped = True
        if self.listener is not None:
            self.listener.stop()
            return
        settrace(self.before)
        self.frame.f_trace = self.frame = None

    def on_call(self, frame, event, arg):
        other = None if self.before is None else self.before(frame, event, arg)
        if self.stopped or not self.owns(frame.f_code, frame.f_globals):
            return other
        return self.beside(other)

    def beside(self, other):
        """A tracer of a frame, beside the one that it has."""
        others = [other]

        def on_event(frame, event, arg):
            if others[0] is not None:
                others[0] = others[0](frame, event, arg)
            if event == "line" and not self.stopped:
                self.on_line(frame, frame.f_lineno)
            return on_event

        return on_event

    def stop(self):
        self.stopped = True

    def on_line(self, frame, line):
        block, code = self.block, frame.f_code
        if not block.meet(code.co_filename, line, code.co_name):
            return
        self.stopped = True
        for name in block.modules:
            module = loaded.get(name)
            if module is not None and block.error is None:
                try:
                    real_reload(module)  # noqa: F821
                except BaseException:
                    # The program that is in the midst of something does not get it: the block does.
                    block.error = sys.exc_info()


loaded = sys.modules


def names_of_modules(module):
    """The names of what is given as a name, a module, or several."""
    if module is None:
        return []
    several = module if type(module) in (list, tuple) else [module]
    return [one if type(one) is str else module_dict(one).get("__name__") for one in several]  # noqa: F821


def times(count):
    return "once" if count == 1 else "%d times" % count


if PY2:
    exec("def reraise(kind, error, trace):\n    raise kind, error, trace")
else:
    def reraise(kind, error, trace):
        raise error.with_traceback(trace)
