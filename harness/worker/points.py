"""Reload points: a reload of some modules just before any line of the code in question.

Part of the probe: see `sweep.py`.  Lines are told by `sys.monitoring` where there is
one (PEP 669, 3.12), by a tracer before that; of the main thread only, for a fork takes
no other along.
"""

import os
import sys
import time
import types

PY2 = sys.version_info[0] == 2
monitoring = getattr(sys, "monitoring", None)
settrace, gettrace, own_frame = sys.settrace, sys.gettrace, sys._getframe
loaded = sys.modules
SETTLED = (type, types.FunctionType, types.ModuleType)  # told apart by which object it is
if PY2:
    SETTLED += (types.ClassType,)
STACK = 400  # frames that are looked at
PATIENCE = 5.0  # seconds that threads are waited for which do not come to rest, in the whole run
PATIENCE_AT_ONCE = 1.0  # and at one place
SLICE = 0.001
LOOKS = 4  # at which all other threads are asleep, before they are taken to be waiting for something
waitid = getattr(os, "waitid", None)
STDIN = "<stdin>"
UNIT = 2  # bytes that an instruction takes


class ReloadPoints(object):
    """The fault: each of the modules is reloaded, and the run goes on with what it has."""

    def __init__(self, sweep, fields):
        self.sweep = sweep
        self.patterns = fields.get(b"i", b"").decode("utf-8").split()
        self.owned = {}  # by the id of a code object: the object, and whether its lines are in question
        self.calls = 0
        self.live = []  # at the last place, outermost first: the id of each frame in question, and its number
        self.begun = set()  # since then: the ids of frames; a frame that is gone may have had the same one
        self.patience = PATIENCE
        self.stopped = False
        self.tracer, self.local = self.on_call, self.on_event
        self.listener = Listener(self) if monitoring is not None else None

    def begin(self):
        if self.stopped:
            return
        self.live = []
        self.begun.clear()
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
        if frame.f_trace is None:  # else it is a generator's, which goes on
            self.begun.add(id(frame))
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
        if sweep.chosen is not None and sweep.met > sweep.last or sweep.is_elsewhere():
            return self.stop()
        at = frame.f_code.co_filename, line, frame.f_code.co_name
        if sweep.reach(lambda: self.describe(frame, line), self.has_company, at):
            self.stop()
            self.take()
        return None

    def has_company(self):
        """Whether the run has processes or interpreters of its own, or other threads, once these have come to rest.

        Else, whether a thread that has nothing more to do is still there would be a matter of luck.
        """
        if has_dependents():
            return True
        begin, asleep = time.time(), 0
        end = begin + min(self.patience, PATIENCE_AT_ONCE)
        while other_threads():
            asleep = asleep + 1 if are_others_asleep() else 0
            if asleep >= LOOKS or time.time() >= end:
                self.patience -= (time.time() - begin) * (asleep < LOOKS)
                return True
            time.sleep(SLICE)
        return False

    def describe(self, frame, line):
        code, sweep = frame.f_code, self.sweep
        location = sweep.location(code.co_filename, line, code.co_name, id(code))
        frames = self.frames(frame)
        # As a set, for a function that calls itself comes to the same lines again.
        stack = frozenset((id(live.f_code), live.f_lineno) for live in frames)
        return location, sweep.state(stack), sweep.state(self.bindings()), self.call(frames)

    def frames(self, frame):
        """The live calls that are in question, innermost first."""
        found, depth = [], 0
        while frame is not None and depth < STACK:
            if self.owns(frame.f_code, frame.f_globals):
                found.append(frame)
            frame = frame.f_back
            depth += 1
        return found

    def call(self, frames):
        """The number of the innermost call: the same as long as it and all that it was made in go on."""
        ids, calls = [id(frame) for frame in reversed(frames)], self.sweep.calls
        same = 0
        while same < min(len(ids), len(self.live)) and self.live[same][0] == ids[same] not in self.begun:
            same += 1
        self.begun.clear()
        del self.live[same:]
        for each in ids[same:]:
            calls.append(self.live[-1][1] if self.live else 0)
            self.live.append((each, len(calls)))  # from 1 on: 0 is the run itself
        return self.live[-1][1]

    def bindings(self):
        """What the modules' names mean: which class, function or module, and of data what type, and whether any."""
        state = []
        for name in self.sweep.modules or sorted(self.sweep.run.census.own.names):
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
    """Hears of lines, and of calls that begin, by `sys.monitoring`."""

    def __init__(self, points):
        self.points = points
        self.tool = None
        self.lines = {}  # by the id of a code object: the object, and the line of each of its offsets
        self.callbacks = [
            ("LINE", self.on_line),
            # Who asks for lines only is not told by 3.13.0 of the first line of a class body, nor of one that is a lambda's.
            ("PY_START", self.on_start),
            # A tracer has a line for each jump back, but LINE is not sent for one within a line: a loop on one line, a
            # generator expression.  Nothing else tells the two apart (`sys_trace_jump_func` in CPython).
            ("JUMP", self.on_jump),
        ]

    def start(self):
        if self.tool is not None:
            return
        # The higher ones are less likely to be the scenario's.
        free = [tool for tool in (4, 3, 5, 2, 1, 0) if monitoring.get_tool(tool) is None]
        if free:
            self.tool = free[0]
            monitoring.use_tool_id(self.tool, "reload-harness")
            all_events = 0
            for name, callback in self.callbacks:
                event = getattr(monitoring.events, name)
                monitoring.register_callback(self.tool, event, callback)
                all_events |= event
            monitoring.set_events(self.tool, all_events)

    def stop(self):
        if self.tool is not None:
            monitoring.set_events(self.tool, 0)
            for name, _ in self.callbacks:
                monitoring.register_callback(self.tool, getattr(monitoring.events, name), None)
            monitoring.free_tool_id(self.tool)
            self.tool = None

    def on_start(self, code, offset):
        points, frame = self.points, own_frame(1)
        if points.stopped:
            return None
        if not points.owns(code, frame.f_globals):
            return monitoring.DISABLE
        if ident() == main_ident:
            points.begun.add(id(frame))
        return None

    def on_line(self, code, line):
        points, frame = self.points, own_frame(1)
        if points.stopped:
            return None
        if not points.owns(code, frame.f_globals):
            return monitoring.DISABLE
        return self.at(frame, line)

    def on_jump(self, code, offset, target):
        points, frame = self.points, own_frame(1)
        if points.stopped:
            return None
        if target >= offset or not points.owns(code, frame.f_globals):
            return monitoring.DISABLE
        lines = self.lines_of(code)
        line = lines.get(target)
        if line is None or line != lines.get(offset):
            return monitoring.DISABLE  # LINE tells of it
        return self.at(frame, line)

    def at(self, frame, line):
        points = self.points
        if ident() != main_ident:
            return None
        points.calls += 1
        if points.calls % 16 == 0 and is_deep(frame):  # noqa: F821
            return points.stop()
        return points.on_line(frame, line)

    def lines_of(self, code):
        known = self.lines.get(id(code))
        if known is None or known[0] is not code:
            lines = {}
            for begin, end, line in code.co_lines():
                lines.update(dict.fromkeys(range(begin, end, UNIT), line))
            known = self.lines[id(code)] = (code, lines)
        return known[1]


def fits(name, pattern):
    """Whether a module is the one of that name, or below it where the pattern ends in `.*`."""
    if pattern.endswith(".*"):
        return name == pattern[:-2] or name.startswith(pattern[:-1])
    return name == pattern


def is_any(value, kind):
    """Whether a container of the built-in kinds has anything in it."""
    return len(value) > 0 if kind in (dict, list, set, tuple) else True


def has_dependents():
    """Whether there are processes or interpreters of the run's own, which a branch could not use."""
    return has_children() or has_interpreters()


def has_interpreters():
    """Whether there are subinterpreters (PEP 734): up to CPython 3.13, one hangs or crashes once it is forked."""
    for name in ("_interpreters", "_xxsubinterpreters"):
        module = loaded.get(name)
        list_all = module_dict(module).get("list_all") if issubclass(type(module), types.ModuleType) else None  # noqa: F821
        if type(list_all) is types.BuiltinFunctionType:
            return len(list_all()) > 1
    return False


def has_children():
    """Whether there are processes that the run has not waited for; a branch could not, for they are not its own."""
    try:
        if waitid is not None:
            waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            return True
        with open("/proc/thread-self/children") as file:  # 2.7; on Linux, if its kernel tells
            return file.read(1) != ""
    except (OSError, IOError):
        return False


def are_others_asleep():
    """Whether no other thread of this process could run now; false where the system does not tell."""
    awake = 0
    try:
        for task in os.listdir("/proc/self/task"):
            with open("/proc/self/task/%s/stat" % task) as file:
                awake += file.read().rpartition(")")[2].split()[0] != "S"
    except (OSError, IOError):
        return False  # one has ended meanwhile
    return awake <= 1  # this one is


def count_tasks():
    """How many threads the system knows of: one that has been started counts itself only once it runs."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1  # the system does not tell


def other_threads():
    """Whether other threads run, which a branch would not have."""
    if count_threads() > 0 or count_tasks() > 1:
        return True
    threading = loaded.get("threading")
    if threading is None:
        return False
    known = module_dict(threading)  # noqa: F821
    active, limbo = known.get("_active"), known.get("_limbo")
    # One that has been started has told so before it is active.
    return type(active) is dict and len(active) > 1 or type(limbo) is dict and len(limbo) > 0


try:
    import _thread
except ImportError:
    import thread as _thread
ident, count_threads = _thread.get_ident, getattr(_thread, "_count", lambda: 0)
main_ident = ident()
