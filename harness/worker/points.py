"""Reload points: a reload of some modules just before any line of the code in question.

Part of the probe: see `sweep.py`.  Lines are told by `sys.monitoring` where there is
one (PEP 669, 3.12), by a tracer before that; of the main thread only, for a fork takes
no other along.
"""

import sys
import types

PY2 = sys.version_info[0] == 2
monitoring = getattr(sys, "monitoring", None)
settrace, gettrace, own_frame = sys.settrace, sys.gettrace, sys._getframe
loaded = sys.modules
SETTLED = (type, types.FunctionType, types.ModuleType)  # told apart by which object it is
if PY2:
    SETTLED += (types.ClassType,)
STACK = 400  # frames that are looked at
STDIN = "<stdin>"


class ReloadPoints(object):
    """The fault: each of the modules is reloaded, and the run goes on with what it has."""

    def __init__(self, sweep, fields):
        self.sweep = sweep
        self.patterns = fields.get(b"i", b"").decode("utf-8").split()
        self.owned = {}  # by the id of a code object: the object, and whether its lines are in question
        self.calls = 0
        self.stopped = False
        self.tracer, self.local = self.on_call, self.on_event
        self.listener = Listener(self) if monitoring is not None else None

    def begin(self):
        if self.stopped:
            return
        if self.listener is not None:
            self.listener.start()
        elif gettrace() is None:
            settrace(self.tracer)

    def end(self):
        if self.listener is not None:
            self.listener.stop()
        elif gettrace() is self.tracer:
            settrace(None)

    def owns(self, code, namespace):
        """Whether the lines of a code object are in question."""
        known = self.owned.get(id(code))
        if known is None or known[0] is not code:
            known = self.owned[id(code)] = (code, self.is_in_question(code, namespace))
        return known[1]

    def is_in_question(self, code, namespace):
        file = code.co_filename
        if self.patterns:
            name = namespace.get("__name__")
            return type(name) is str and file[:1] != "<" and any(fits(name, pattern) for pattern in self.patterns)
        return file == STDIN or file.startswith(self.sweep.run.workspace + "/")

    # -- told by a tracer

    def on_call(self, frame, event, arg):
        self.calls += 1
        if self.calls % 16 == 0 and is_deep(frame):  # noqa: F821 - given by the probe
            self.stop()  # the limit of recursion is the scenario's to reach
        if self.stopped or not self.owns(frame.f_code, frame.f_globals):
            return None
        return self.local

    def on_event(self, frame, event, arg):
        if event == "line" and not self.stopped:
            self.on_line(frame, frame.f_lineno)
        return self.local

    def stop(self):
        self.stopped = True
        self.end()

    # -- at a line

    def on_line(self, frame, line):
        sweep = self.sweep
        if sweep.chosen is not None and sweep.met > sweep.last:
            return self.stop()
        if sweep.reach(lambda: self.describe(frame, line), other_threads()):
            self.stop()
            self.take()
        return None

    def describe(self, frame, line):
        code = frame.f_code
        location = self.sweep.location(code.co_filename, line, code.co_name, id(code))
        return location, self.sweep.state(self.stack(frame)), self.sweep.state(self.bindings())

    def stack(self, frame):
        """Where the live calls are; as a set, for one that calls itself comes to the same lines again."""
        lines, depth = set(), 0
        while frame is not None and depth < STACK:
            if self.owns(frame.f_code, frame.f_globals):
                lines.add((id(frame.f_code), frame.f_lineno))
            frame = frame.f_back
            depth += 1
        return frozenset(lines)

    def bindings(self):
        """What the modules' names mean: which class, function or module, and of data what type, and whether any."""
        state = []
        for name in self.sweep.modules or sorted(self.sweep.run.census.own_names):
            module = loaded.get(name)
            state.append(name if issubclass(type(module), types.ModuleType) else None)
            if state[-1] is not None:
                for key, value in list(module_dict(module).items()):  # noqa: F821
                    kind = type(value)
                    settled = issubclass(kind, SETTLED)
                    state.append((key, id(value) if settled else id(kind), settled or is_any(value, kind)))
        return tuple(state)

    def take(self):
        """Reloads, in the branch."""
        sweep = self.sweep
        if sweep.run.program is not None:
            sweep.run.program.edit()
        there = [name for name in sweep.modules if issubclass(type(loaded.get(name)), types.ModuleType)]
        sweep.struck(reload_each(sweep, there), reloaded=there)  # noqa: F821 - given by the probe


class Listener(object):
    """Hears of lines by `sys.monitoring`."""

    def __init__(self, points):
        self.points = points
        self.tool = None

    def start(self):
        if self.tool is not None:
            return
        # The higher ones are less likely to be the scenario's.
        free = [tool for tool in (4, 3, 5, 2, 1, 0) if monitoring.get_tool(tool) is None]
        if free:
            self.tool = free[0]
            monitoring.use_tool_id(self.tool, "reload-harness")
            monitoring.register_callback(self.tool, monitoring.events.LINE, self.on_line)
            monitoring.set_events(self.tool, monitoring.events.LINE)

    def stop(self):
        if self.tool is not None:
            monitoring.set_events(self.tool, 0)
            monitoring.register_callback(self.tool, monitoring.events.LINE, None)
            monitoring.free_tool_id(self.tool)
            self.tool = None

    def on_line(self, code, line):
        points, frame = self.points, own_frame(1)
        if points.stopped:
            return None
        if not points.owns(code, frame.f_globals):
            return monitoring.DISABLE
        if ident() != main_ident:
            return None
        points.calls += 1
        if points.calls % 16 == 0 and is_deep(frame):  # noqa: F821
            return points.stop()
        return points.on_line(frame, line)


def fits(name, pattern):
    """Whether a module is the one of that name, or below it where the pattern ends in `.*`."""
    if pattern.endswith(".*"):
        return name == pattern[:-2] or name.startswith(pattern[:-1])
    return name == pattern


def is_any(value, kind):
    """Whether a container of the built-in kinds has anything in it."""
    return len(value) > 0 if kind in (dict, list, set, tuple) else True


def other_threads():
    """Whether other threads run, which a branch would not have."""
    threading = loaded.get("threading")
    if threading is None:
        return False
    active = module_dict(threading).get("_active")  # noqa: F821
    return type(active) is dict and len(active) > 1


try:
    from _thread import get_ident as ident
except ImportError:
    from thread import get_ident as ident
main_ident = ident()
