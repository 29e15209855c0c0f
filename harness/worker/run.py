"""One run: the steps of a scenario, or a program, played in this process, with an event for each.

Part of the probe, whose rules hold here too, and which gives what is marked so.
"""

import __future__
import os
import stat
import sys
import types

PY2 = sys.version_info[0] == 2
# ruff: noqa: F821 - `resource`, `builtins`, `reload` and the files beside this one are given by the probe
getrlimit, setrlimit, RLIMIT_AS = resource.getrlimit, resource.setrlimit, resource.RLIMIT_AS
to_text, leave = raw.to_text, raised.leave
gettrace, settrace, getprofile, setprofile = sys.gettrace, sys.settrace, sys.getprofile, sys.setprofile
getrecursionlimit, setrecursionlimit = sys.getrecursionlimit, sys.setrecursionlimit
loaded = sys.modules
FUTURE_FLAGS = 0
for _name in __future__.all_feature_names:
    FUTURE_FLAGS |= getattr(__future__, _name).compiler_flag
del _name
ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
STATEMENT, INJECT = b"s", b"inject("
DEPTH = 1000  # of calls, the default
CLOCK_START = 1000000000
CLOCK_STEP = 10
ROOM = getrlimit(RLIMIT_AS)
FULL_ROOM = (ROOM[1], ROOM[1])
HAS_ROOM = ROOM != FULL_ROOM  # the supervisor may have left some for this probe


class Run(object):
    """The steps of one scenario, played in this process."""

    def __init__(self, request, wire, pristine, ancestors):
        (_, workspace), (_, bytecode), (_, reloading), (_, watched), (_, plan), (_, displacement) = request[:6]
        self.workspace = native(workspace)
        self.bytecode = bytecode
        self.fields = request[6:]
        self.number = 0
        self.player = 0
        self.watched = set(map(int, watched.split()))
        self.reloads = 0
        self.is_restart = reloading == b"untouched"
        self.displacement = int(displacement)
        self.wire = wire
        self.clock = CLOCK_START
        self.flags = 0
        self.display = display.Display(to_text)
        self.signals = signals.Signals()
        self.tracer = self.profiler = None
        self.depth = getrecursionlimit()
        self.room = ROOM
        self.census = census.Census(self.workspace, pristine, ancestors)
        self.watch = evidence.Watch(self.census, self.relative) if self.watched else None
        self.is_watching = False
        self.program = None
        self.sweep = sweep.Sweep(self, fields_of(plan), FAULTS) if plan else None
        self.files = None
        self.injecting = None

    def play(self):
        displaced.displace(self.displacement)
        os.chdir(self.workspace)
        sys.path[:] = [self.workspace] + [entry for entry in sys.path if entry not in ("", self.workspace)]
        sys.dont_write_bytecode = self.bytecode != b"timestamp"
        sys.displayhook = self.display.hooks[0]
        if self.is_restart:
            self.replace_reload()
        if any([INJECT in content for letter, content in self.fields if letter in STATEMENT]):
            self.injecting = inject.Injecting(self)
            self.injecting.install()
        if self.watch is not None:
            self.watch.follow_threads()
            if not self.is_restart:
                self.watch.reloads.install(builtins.reload, put_in_place_of_reload)
        self.player = os.getpid()
        path, kind = None, None
        for letter, content in self.fields:
            if letter in b"wp":
                path, kind = native(content), None
                continue
            if letter == b"k":
                kind = content.decode("ascii")
                continue
            if letter == b"c" and kind is not None:
                self.lay(path, kind, content)
                continue
            if letter == b"c":
                event = self.write(path, content)
            elif letter == b"x":
                event = self.run_program(content)
            else:
                self.is_watching = self.number in self.watched and self.tracer is None
                if self.is_watching:
                    self.watch.begin(self.wire.send if self.number == max(self.watched) else None)
                event = self.run(content.decode("utf-8"))
                if os.getpid() != self.player:
                    leave(event.get("leaves") or 0)  # the statement forked: the rest is not this child's to play
                self.wire.mark(self.number)
            event = {key: value for key, value in event.items() if value or value == 0}
            event.update(frame="step", step=self.number)
            self.wire.send(event)
            if event.get("leaves") is not None:
                self.send_survey()
                if self.program is None:
                    raised.end_threads()  # a program's have ended before, and that is for once only
                leave(event["leaves"])
            self.number += 1
        self.send_survey()
        threads = living_threads()
        # A watched run is played for what its lines mean, and one that is swept for its branches.
        held, more = ([], 0) if self.watched or self.sweep else holders.find(self)
        self.wire.send({"frame": "done", "threads": threads, "held": held, "more_held": more})

    def send_survey(self):
        survey = self.sweep and self.sweep.survey()
        if survey:
            self.wire.send(survey)

    def replace_reload(self):
        """A restarted process has today's source: whoever reloads a module there finds it as it is."""
        def untouched(module):
            if not issubclass(type(module), types.ModuleType):
                return reload(module)
            self.reloads += 1
            return module
        untouched.__name__ = "reload"
        put_in_place_of_reload(untouched)

    def write(self, name, content):
        """Lays down a file, with an mtime ten seconds after the one before.

        A finder compares the mtimes of source and folder, and timestamp bytecode
        knows whole seconds only: with the edit's own clock, what a reload sees is
        never a matter of how fast the run was.
        """
        event = {"kind": "write"}
        try:
            path = self.make_way(name)
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            try:
                write_all(fd, content)
            finally:
                os.close(fd)
            if self.watch is not None:
                self.watch.note_file(name, content)
            if self.bytecode == b"hash" and path.endswith(".py"):
                self.make_way(cache_name(name))
                write_hash_bytecode(path)
            self.set_times(path)
        except Exception:
            event["exception"] = self.exception()
        if self.files is not None:
            self.files.is_left_to_edits = True
        return event

    def set_times(self, path):
        """Has the clock go on, and a file and the folders that it is in bear the time."""
        self.clock += CLOCK_STEP
        while len(path) >= len(self.workspace):
            os.utime(path, (self.clock, self.clock))
            path = path.rpartition("/")[0]

    def lay(self, name, kind, content):
        """Makes of a path what it is to be for the next statement.  It is no step of the scenario's."""
        try:
            files.lay(self.workspace, name, kind, native(content) if kind == "link" else content)
            if self.watch is not None and kind.startswith("file"):
                self.watch.note_file(name, content)
            path = self.workspace + "/" + name
            if not kind.startswith("file"):
                path = path.rpartition("/")[0]
            while not os.path.exists(path):
                path = path.rpartition("/")[0]
            self.set_times(path)
        except OSError:
            pass  # the statements will meet the same

    def look_at_files(self):
        """What a statement has made of the sources.  A restart has them put back, and is not asked."""
        changes = self.files.changes()
        if self.watch is not None:
            for path, state in changes:
                if state is not None and state[0] == "file":
                    self.watch.note_file(path, state[2])
        return [files.as_data(path, state) for path, state in changes]

    def make_way(self, name):
        """Makes the folders of a file, and removes what has its name; the file's path.

        A scenario may have put a link there, or a pipe: what is written is a new
        file, and in the workspace.
        """
        folder, parts = self.workspace, name.split("/")
        for part in [""] + parts[:-1]:
            folder += "/" * bool(part) + part
            kind = kind_of_file(folder)
            if kind == stat.S_IFLNK:
                raise OSError("%s does not stay in the workspace" % name)
            if kind != stat.S_IFDIR:
                os.mkdir(folder)
        path = folder + "/" + parts[-1]
        if kind_of_file(path):
            os.unlink(path)
        return path

    def run(self, source):
        """Runs one statement as the prompt does, and looks at what it did."""
        event = {"kind": "other"}
        self.display.values = []
        self.reloads = 0
        is_id = False
        if not self.is_restart:
            if self.files is None:
                self.files = files.Files(self.workspace)
            self.files.catch_up()
        try:
            tree = None
            seen = kinds.kind_at_sight(source) if self.watch is None else None
            if seen is None:
                tree = compile(source + "\n", "<stdin>", "single", self.flags | ONLY_AST, True)
                seen = kinds.kind_of(tree)
                event["kind"] = seen[0]
            code = compile(source + "\n", "<stdin>", "single", self.flags, True)
            event["kind"], is_id, ends_with_it = seen
            self.flags |= code.co_flags & FUTURE_FLAGS
            if self.watch is not None:
                self.watch.note_statement(code, tree)
            self.display.install(ends_with_it and not self.is_watching)  # a repr is watched too
            try:
                self.execute(code)
            finally:
                if self.sweep is not None:
                    self.sweep.end()
            self.display.catch_up()
        except SystemExit as error:
            event["exception"] = self.exception()
            event["leaves"] = raised.exit_status(error)
        except BaseException:
            event["exception"] = self.exception()
        if PY2:
            sys.exc_clear()
        event["reloads"] = self.reloads or None
        values = self.display.take()
        if self.files is not None:
            event["files"] = self.look_at_files()
        self.census.take(event)
        if self.watch is not None:
            self.watch.reloads.note_imports()
        event["values"] = [self.value(item, is_id) for item in values]
        event["uses"] = self.watch.take() if self.is_watching else None
        return event

    def run_program(self, content):
        """Runs a program of the user's; the event of its only step."""
        self.program = program.Program(fields_of(content))
        sys.path[:] = [entry for entry in sys.path if entry != self.workspace]
        sys.displayhook, sys.dont_write_bytecode = sys.__displayhook__, True
        try:
            event = self.program.play(self)
        finally:
            if self.sweep is not None:
                self.sweep.end()
        if os.getpid() != self.player:
            leave(event["leaves"])  # the program forked, and this is the child
        self.wire.mark(self.number)
        return event

    def execute(self, code):
        """Runs code under the tracer, the profiler and the limits that the scenario has set; the rest is not theirs.

        No call of a function written in Python may come between: a tracer would see
        it, and there may be no memory left for it.
        """
        try:
            self.signals.release()
        except BaseException:
            try:
                self.signals.hold()
            except BaseException:
                self.signals.hold()
                raise
            raise
        try:
            if HAS_ROOM:
                setrlimit(RLIMIT_AS, self.room)
            if self.depth < DEPTH:
                setrecursionlimit(self.depth)
            if self.tracer is not None:
                settrace(self.tracer)
            elif self.is_watching:
                settrace(self.watch.tracer)
            elif self.sweep is not None:
                self.sweep.begin()
            if self.profiler is not None:
                setprofile(self.profiler)
            exec(code, self.census.main)
        finally:
            try:
                if HAS_ROOM:
                    try:
                        self.room = getrlimit(RLIMIT_AS)
                    except MemoryError:
                        pass  # not even for that; so it is as it was
                    try:
                        setrlimit(RLIMIT_AS, FULL_ROOM)
                    except (ValueError, resource.error):
                        pass  # the scenario has made it smaller for good
                self.profiler = getprofile()
                if not callable(self.profiler):
                    self.profiler = None  # one that is written in C could not be set again
                if self.profiler is not None:
                    setprofile(None)
                self.tracer = gettrace()
                if not callable(self.tracer):
                    self.tracer = None
                if self.tracer is not None:
                    settrace(None)
                if self.is_watching and self.tracer is self.watch.tracer:
                    self.tracer = None
                elif self.sweep is not None and self.tracer is self.sweep.fault.tracer:
                    self.tracer = None
                self.depth = getrecursionlimit()
                if self.depth < DEPTH:
                    setrecursionlimit(DEPTH)
            finally:
                # A handler may run, and raise, up to the line on which it is held: on entry to `hold` as well.
                try:
                    self.signals.hold()
                except BaseException:
                    self.signals.hold()
                    raise

    def value(self, item, is_id):
        value, text = item
        return {
            "text": text[:raised.TEXT_LIMIT],
            "dropped": max(0, len(text) - raised.TEXT_LIMIT),
            "token": self.census.token(value),
            "holds": self.census.held(value, 3),
            "is_id": is_id,
        }

    def exception(self):
        """What `sys.exc_info()` has, as data."""
        return raised.exception(self.relative)

    def relative(self, path):
        path = to_text(path)
        for start in (to_text(self.workspace) + u"/", u"./"):
            if path.startswith(start):
                return path[len(start):]
        return path


def kind_of_file(path):
    """What kind of file has a path, itself and not where it leads; 0 for none."""
    try:
        return stat.S_IFMT(os.lstat(path).st_mode)
    except OSError:
        return 0


def cache_name(name):
    """A name in the folder in which the bytecode of a module is kept (PEP 3147)."""
    folder, slash, name = name.rpartition("/")
    return folder + slash + "__pycache__/" + name + "c"


def write_hash_bytecode(path):
    import py_compile
    try:
        py_compile.compile(path, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    except py_compile.PyCompileError:
        pass  # the scenario will meet the same error, at the statement that imports the file


def living_threads():
    """Names of the threads that still run, the main one aside."""
    threading = loaded.get("threading")
    if threading is None:
        return []
    names = []
    try:
        main = threading.current_thread()
        for thread in threading.enumerate():
            if thread is not main:
                names.append(raised.text_of(thread.name))
    except BaseException:
        names.append(u"?")
    return sorted(names)
