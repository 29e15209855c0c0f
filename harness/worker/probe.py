"""The probe: plays scenarios inside an interpreter and tells what each step did.

The same for every Python from 2.7 to the newest, embedded or spawned.  A worker
runs `serve()`: it reads one run after the other from a pipe, forks a child for
each, waits for it and says how it ended.  The child plays the steps (`Run`) and
streams one event a step, so that what happened before a crash is known.  What
there is after a step is `census.py`'s to tell.

Everything goes to the harness as it is, ids as numbers: identities are made of
them elsewhere.  Three rules hold all through both files:

* Nothing of the scenario's is kept alive.  Objects are known by weak references.
* Nothing of the scenario's is woken up.  Namespaces are read raw, never through
  getattr; types are asked, never instances.
* Nothing of the probe's is in the scenario's way: no name in `__main__`, no entry
  in `sys.modules`, no import that a bare interpreter would not have made.
"""

import __future__
import gc
import marshal
import os
import resource
import select
import stat
import sys
import time
import types

try:
    import builtins
    import _signal
    from importlib import reload
except ImportError:
    import __builtin__ as builtins
    import fcntl
    import imp
    import signal as _signal
    from __builtin__ import reload

PY2 = sys.version_info[0] == 2
text_type = type(u"")
gettrace, settrace, getprofile, setprofile = sys.gettrace, sys.settrace, sys.getprofile, sys.setprofile
getrecursionlimit, setrecursionlimit, exc_info = sys.getrecursionlimit, sys.setrecursionlimit, sys.exc_info
getrlimit, setrlimit, RLIMIT_AS = resource.getrlimit, resource.setrlimit, resource.RLIMIT_AS
loaded = sys.modules
for _name in ("resource", "fcntl", "imp", "select") + ("marshal",) * PY2:  # a bare interpreter has not imported them
    loaded.pop(_name, None)

OWN_FILES = [__file__]


def keep_apart(namespace):
    """Copies what a namespace uses of builtins and modules: a scenario may patch them, and reload them."""
    for name, value in list(namespace.items()):
        if type(value) is types.ModuleType and value is not sys and value is not builtins:
            namespace[name] = types.ModuleType(name)
            namespace[name].__dict__.update(value.__dict__)
    for name, value in builtins.__dict__.items():
        if not name.startswith("__"):
            namespace.setdefault(name, value)


def load(name, **uses):
    """A file beside this one, as a module that `sys.modules` does not know."""
    path = os.path.join(os.path.dirname(__file__), name + ".py")
    OWN_FILES.append(path)
    module = types.ModuleType(name)
    module.__dict__.update(uses)
    with open(path) as file:
        exec(compile(file.read(), path, "exec"), module.__dict__)
    keep_apart(module.__dict__)
    return module


keep_apart(globals())


def put_in_place_of_reload(function):
    """Has `reload` be another function, under each of its names."""
    builtins.reload = function
    if PY2:
        import imp
        imp.reload = function
    elif "importlib" in loaded:
        loaded["importlib"].reload = function


if PY2:
    def set_blocking(fd, blocking):
        flags = fcntl.fcntl(fd, fcntl.F_GETFL)
        fcntl.fcntl(fd, fcntl.F_SETFL, flags & ~os.O_NONBLOCK if blocking else flags | os.O_NONBLOCK)
else:
    set_blocking = os.set_blocking
census = load("census")
census.basis = load("basis", census=census)
to_text = census.to_text
protocol = load("protocol", set_blocking=set_blocking, dumps=marshal.dumps)
receive, fields_of, Wire = protocol.receive, protocol.fields_of, protocol.Wire
write_all, flush = protocol.write_all, protocol.flush
references = load("references", census=census)
holders = load("holders", census=census, references=references)
lines = load("lines", census=census)
values = load("values", census=census)
reloads = load("reloads", census=census, values=values)
operands = load("operands", census=census, lines=lines, values=values)
evidence = load("evidence", census=census, lines=lines, values=values, operands=operands, reloads=reloads)
files = load("files")
tree = load("tree")
forked = load("forked")
sweep = load("sweep", to_text=to_text, reload=reload, tree=tree, forked=forked, **({"fcntl": fcntl, "imp": imp} if PY2 else {}))
points = load("points", is_deep=evidence.is_deep, module_dict=census.module_dict, reload_each=sweep.reload_each)
faults = load(
    "faults", to_text=to_text, builtins=builtins, real_reload=reload, module_dict=census.module_dict,
    other_threads=points.other_threads, has_children=points.has_children, fits=points.fits,
    put_in_place_of_reload=put_in_place_of_reload,
)
statements = load(
    "statements", is_same_code=lines.is_same_code, compile_quietly=lines.compile_quietly,
    **({"imp": imp, "marshal": marshal} if PY2 else {})
)
allocations = load("allocations")
file_faults = load("file_faults", marshal=marshal, **({"imp": imp} if PY2 else {}))


def of_reload(mechanism):
    """A fault of the reload itself, by what makes it fail."""
    return lambda sweep, fields: faults.ReloadFault(sweep, fields, mechanism)


FAULTS = {
    b"reload": points.ReloadPoints,
    b"statements": of_reload(statements.Statements),
    b"allocations": of_reload(allocations.Allocations),
    b"files": of_reload(file_faults.FileFaults),
}

FUTURE_FLAGS = 0
for _name in __future__.all_feature_names:
    FUTURE_FLAGS |= getattr(__future__, _name).compiler_flag
del _name

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
FS_ENCODING = sys.getfilesystemencoding()
FS_ERRORS = "strict" if PY2 else sys.getfilesystemencodeerrors()
EINTR = 4  # without PEP 475, before 3.5, a call says so
SIGKILL = 9
PLAYED_OUT = 113
STATEMENT, INJECT = b"s", b"inject("
TEXT_LIMIT = 1 << 16
DEPTH = 1000  # of calls, the default
FRAMES_AT_EACH_END = 24
CLOCK_START = 1000000000
CLOCK_STEP = 10
PATH_CHARACTERS = u"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."
STATEMENTS = (  # and what else is not called, though it looks like it: `not(b)`
    "print", "exec", "not", "del", "assert", "raise", "return", "yield", "await", "None", "True", "False",
)
SIGNALS = list(range(1, _signal.NSIG))
GRACE = 0.25  # seconds; `process.rs` has the same

ROOM = getrlimit(RLIMIT_AS)
FULL_ROOM = (ROOM[1], ROOM[1])
HAS_ROOM = ROOM != FULL_ROOM  # the supervisor may have left some for this probe

if not PY2:
    raw_cause = BaseException.__dict__["__cause__"].__get__
    raw_context = BaseException.__dict__["__context__"].__get__
    raw_suppress = BaseException.__dict__["__suppress_context__"].__get__


# ---- the worker's loop


def serve(commands, wire, contained):
    """Plays each request in a fork of this process, until the pipe is closed."""
    # A run may signal its parent; a process 1 without a handler does not notice.
    interrupt = _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
    pristine = scrub_main()
    greeting = receive(commands)
    if greeting is None:
        os._exit(0)
    (_, wire.nonce), (_, folder), (_, packages) = fields_of(greeting)
    if packages:
        add_packages(native(packages))
    greets = hello(contained)
    ancestors = census.Ancestors()
    warm_up(folder, pristine, ancestors)

    def play(request):
        os.close(commands)
        os.setsid()
        _signal.signal(_signal.SIGINT, interrupt)
        play_to_the_end(Run(fields_of(request), wire, pristine, ancestors))

    settle(contained)
    wire.send(greets)
    while serve_one(commands, wire, contained, play):
        pass
    os._exit(0)


def serve_one(commands, wire, contained, play):
    """Has the next request played in a fork; whether there was one.

    When the next collection comes in there is not to depend on the runs before, and
    so on the objects that were allocated since the last one and the freed ones that
    are kept for reuse.  So this allocates and frees the same for every run: nothing
    here may depend on what is asked for, or on how a run went.
    """
    request = receive(commands)
    if request is None:
        return False
    wire.unblock()
    child = os.fork()
    if child == 0:
        play(request)
    status = wait_for(child)
    leaked = contained and os.getpid() == 1 and kill_strays()
    wire.send({"frame": "ended", "status": status, "leaked": leaked})
    return True


def settle(contained):
    """Serves a few empty runs, after which one more leaves as much allocated as it finds."""
    reader, writer = os.pipe()
    nowhere = Wire(writer, writer, writer)
    gc.collect()
    for _ in range(4):
        os.write(writer, b"0\n")
        serve_one(reader, nowhere, contained, lambda _: os._exit(0))
        os.read(reader, 1 << 10)
    os.close(reader)
    os.close(writer)


def play_to_the_end(run):
    """Ends the child with a status that no scenario would choose: it did not just call `os._exit(0)`."""
    try:
        run.play()
    finally:
        os._exit(PLAYED_OUT)


def hello(contained):
    """What the harness compares with the interpreter it asked for."""
    try:
        import _harness
        libpython = _harness.libpython()
    except ImportError:
        libpython = None
    return {
        "frame": "hello",
        "version": sys.version,
        "prefix": getattr(sys, "base_prefix", sys.prefix),
        "libpython": libpython,
        "pid": os.getpid(),
        "contained": contained,
    }


def add_packages(folder):
    """Makes a folder what site-packages is, `.pth` files included, whether or not `site` was imported."""
    bare = set(loaded)
    import site
    site.addsitedir(folder)
    for name in ("site", "_sitebuiltins"):
        if name not in bare:
            loaded.pop(name, None)


def native(path):
    """A path as this Python has it: as `os.fsdecode` makes it."""
    return path if PY2 else path.decode(FS_ENCODING, FS_ERRORS)


def wait_for(child):
    """The raw wait status of a child."""
    while True:
        try:
            return os.waitpid(child, 0)[1]
        except OSError as error:
            if error.errno != EINTR:
                raise


def kill_strays():
    """Kills what a run left behind; whether there was anything.

    Only as process 1 of a PID namespace: every orphan in it is this process's
    child by now, and -1 reaches nobody outside.  What is about to end by itself
    is given time to.
    """
    patience = time.time() + GRACE
    while reap_one(os.WNOHANG):
        if time.time() >= patience:
            break
        time.sleep(0.0005)
    else:
        return False
    os.kill(-1, SIGKILL)
    while reap_one(0):
        pass
    return True


def reap_one(options):
    """Waits for ended children; whether any child is left."""
    try:
        while os.waitpid(-1, options)[0]:
            pass
    except OSError as error:
        return error.errno == EINTR
    return True


def scrub_main():
    """Makes `__main__` what it is at a prompt, and returns a copy of that."""
    main = sys.modules["__main__"].__dict__
    for name in list(main):
        if not (name.startswith("__") and name.endswith("__")):
            del main[name]
    builtins.reload = reload
    sys.argv = [""]
    return dict(main)


def warm_up(folder, pristine, ancestors):
    """Plays a small run in the worker itself, so that no fork has to fault in what every run uses."""
    modules, path, sink = dict(sys.modules), list(sys.path), Wire(None, None, None)
    source = b"class A(object):\n  def f(self): return A\nclass B(A): pass\ndef f(): return 1\n"
    request = [(b"f", folder), (b"b", b"off"), (b"r", b"real"), (b"d", b""), (b"p", b""), (b"w", b"warm_up_.py"), (b"c", source)]
    for statement in (
        b"import warm_up_", b"b = warm_up_.B()", b"b.f()", b"id(b)", b"[b, 1]", b"print('', end='')",
        b"h = [b.f]", b"reload(warm_up_)", b"b.f(1)", b"b.nothing", b"def g():\n  class C(object): pass\n  return C",
        b"g()", b"1 +", b"del b",
    ):
        request.append((b"s", statement))
    sink.nonce = b"0"
    hook = sys.displayhook
    Run(request, sink, pristine, ancestors).play()
    os.chdir("/")
    sys.displayhook = hook
    sys.path[:] = path
    for name in set(sys.modules) - set(modules):
        if name.startswith("warm_up_"):
            del sys.modules[name]
    getattr(sys, "path_importer_cache", {}).pop(native(folder), None)
    main = sys.modules["__main__"].__dict__
    main.clear()
    main.update(pristine)
    builtins.__dict__.pop("_", None)
    if PY2:
        sys.exc_clear()
    gc.collect()
    ancestors.__init__()  # some of the interpreter's own types came to be as they were used
    if hasattr(gc, "freeze"):
        # What is there now is never collected in a child, so a collection does not copy its pages.
        gc.freeze()


class Signals(object):
    """The scenario's handlers of signals, kept from running in the midst of the probe."""

    def __init__(self):
        self.handlers = []
        self.noted = []
        self.noter = lambda number, _: self.noted.append(number)

    def hold(self):
        """Puts a note in the place of every handler.  Where one ran until then, what it raised goes on."""
        try:
            self.note_all()
        except BaseException:
            try:
                self.note_all()
            except BaseException:  # as it was called, and before it had begun
                self.note_all()
                raise
            raise

    def note_all(self):
        handled = list(map(callable, map(_signal.getsignal, SIGNALS)))
        # Nearly all have none.
        for number in [number for number, has_one in zip(SIGNALS, handled) if has_one] if True in handled else ():
            handler = _signal.getsignal(number)
            if callable(handler) and handler is not self.noter:
                self.handlers.append((number, handler))
                _signal.signal(number, self.noter)

    def release(self):
        """Puts the handlers back, and sends again what has come meanwhile."""
        while self.handlers:
            _signal.signal(*self.handlers.pop())
        while self.noted:
            os.kill(os.getpid(), self.noted.pop(0))


# ---- one run


class Run(object):
    """The steps of one scenario, played in this process."""

    def __init__(self, request, wire, pristine, ancestors):
        (_, workspace), (_, bytecode), (_, reloading), (_, watched), (_, plan) = request[:5]
        self.workspace = native(workspace)
        self.bytecode = bytecode
        self.fields = request[5:]
        self.number = 0
        self.player = 0
        self.watched = set(map(int, watched.split()))
        self.reloads = 0
        self.is_restart = reloading == b"untouched"
        self.wire = wire
        self.clock = CLOCK_START
        self.flags = 0
        self.values = []
        self.shown = []
        self.hooks = (self.display, self.shown.append)
        self.signals = Signals()
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
        os.chdir(self.workspace)
        sys.path[:] = [self.workspace] + [entry for entry in sys.path if entry not in ("", self.workspace)]
        sys.dont_write_bytecode = self.bytecode != b"timestamp"
        sys.displayhook = self.hooks[0]
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
        self.values = []
        self.reloads = 0
        is_id = False
        if not self.is_restart:
            if self.files is None:
                self.files = files.Files(self.workspace)
            self.files.catch_up()
        try:
            tree = None
            seen = kind_at_sight(source) if self.watch is None else None
            if seen is None:
                tree = compile(source + "\n", "<stdin>", "single", self.flags | ONLY_AST, True)
                seen = kind_of(tree)
                event["kind"] = seen[0]
            code = compile(source + "\n", "<stdin>", "single", self.flags, True)
            event["kind"], is_id, ends_with_it = seen
            self.flags |= code.co_flags & FUTURE_FLAGS
            if self.watch is not None:
                self.watch.note_statement(code, tree)
            self.install_hook(ends_with_it)
            try:
                self.execute(code)
            finally:
                if self.sweep is not None:
                    self.sweep.end()
            while self.shown:
                self.display(self.shown.pop(0))
        except SystemExit as error:
            event["exception"] = self.exception()
            event["leaves"] = exit_status(error)
        except BaseException:
            event["exception"] = self.exception()
        if PY2:
            sys.exc_clear()
        event["reloads"] = self.reloads or None
        values, self.values = self.values, []
        del self.shown[:]
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

    def install_hook(self, ends_with_it):
        """Makes `sys.displayhook` this run's, unless the scenario has set its own.

        What a statement ends with is only taken down, by a function that is not
        written in Python: a tracer would see any other.
        """
        hook = getattr(sys, "displayhook", None)
        repr_it, keep_it = self.hooks
        if hook is repr_it or hook is keep_it or hook is getattr(sys, "__displayhook__", self):
            sys.displayhook = self.hooks[ends_with_it and not self.is_watching]  # a repr is watched too

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

    def display(self, value):
        """`sys.displayhook`: as the built-in one, but the text goes into the event."""
        if value is None:
            return
        builtins._ = None
        self.values.append((value, to_text(repr(value))))
        builtins._ = value

    def value(self, item, is_id):
        value, text = item
        return {
            "text": text[:TEXT_LIMIT],
            "dropped": max(0, len(text) - TEXT_LIMIT),
            "token": self.census.token(value),
            "holds": self.census.held(value, 3),
            "is_id": is_id,
        }

    def exception(self):
        """What `sys.exc_info()` has, as data."""
        kind, error, trace = exc_info()
        frames = []
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename in OWN_FILES:
                if frames[-1:] == frames[-2:-1]:
                    del frames[-1:]  # one that a tracer of the probe's raised in is there twice, before 3.12
            else:
                frames.append({
                    "file": self.relative(code.co_filename),
                    "line": trace.tb_lineno or 0,
                    "function": to_text(code.co_name),
                    "code": id(code),
                })
            trace = trace.tb_next
        ends = 2 * FRAMES_AT_EACH_END
        dropped = max(0, len(frames) - ends)
        if dropped:
            frames[FRAMES_AT_EACH_END:-FRAMES_AT_EACH_END] = []
        return {
            "name": census.public_name(kind),
            "text": exception_text(error),
            "frames": frames,
            "dropped": dropped,
            "chain": chain_of(error),
        }

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


def kind_of(tree):
    """What kind of step a statement is, whether it is a bare call of `id`, and whether it ends with a value."""
    statement = tree.body[0] if len(tree.body) == 1 else None
    name = type(statement).__name__
    if name in ("Import", "ImportFrom"):
        return "import", False, False
    call = getattr(statement, "value", None)
    if name not in ("Expr", "Assign", "AnnAssign") or type(call).__name__ != "Call":
        return "other", False, name == "Expr"
    return kind_of_call(getattr(call.func, "attr", None) or getattr(call.func, "id", None), name == "Expr")


def kind_of_call(callee, ends_with_it):
    if callee == "reload":
        return "reload", False, ends_with_it
    if callee is not None and callee[:1].isupper():
        return "instantiate", False, ends_with_it
    return "call", callee == "id" and ends_with_it, ends_with_it


def kind_at_sight(source):
    """The same for `import foo`, `b = foo.make(c, d)` and `foo.make().foo()`; nothing for what is less plain.

    A syntax tree for each statement of each run would cost as much as its code.
    """
    if source[:7] == "import " and is_path(source[7:]):
        return "import", False, False
    target, equals, call = source.rpartition(" = ")
    before, dot, call = call.rpartition("().")
    callee, _, arguments = call.partition("(")
    if arguments[-1:] != ")" or not is_path(callee) or callee in STATEMENTS:
        return None
    calls = before.split("().")
    if dot and not (all([is_path(called) for called in calls]) and calls[0] not in STATEMENTS):
        return None
    if equals and not is_path(target) or "__debug__" in target:
        return None
    if arguments != ")" and not all([is_path(argument) for argument in arguments[:-1].split(", ")]):
        return None
    return kind_of_call(callee.rpartition(".")[2], not equals)


def is_path(text):
    """Whether a text is nothing but names with dots between them, if it is Python."""
    # What is stripped of all that a name has leaves nothing; what is before "A" begins with a digit, or is empty.
    return not text.strip(PATH_CHARACTERS) and min(text.split(".")) >= "A"


def exit_status(error):
    """The exit status that the interpreter makes of a SystemExit, its message printed."""
    try:
        code = error.code
        if code is None:
            return 0
        if issubclass(type(code), int):
            return int(code) & 0xFF
        sys.stderr.write("%s\n" % (code,))
    except BaseException:
        pass  # as the interpreter does, which has nobody left to tell
    return 1


def leave(status):
    """Ends the process as the interpreter does on SystemExit: exit functions, then flushed streams."""
    if "atexit" in loaded:
        try:
            loaded["atexit"]._run_exitfuncs()
        except BaseException:
            pass
    flush()
    os._exit(status)


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
                names.append(text_of(thread.name))
    except BaseException:
        names.append(u"?")
    return sorted(names)


def exception_text(error):
    text = text_of(error)
    if len(text) > TEXT_LIMIT:
        text = u"%s... (%d characters more)" % (text[:TEXT_LIMIT], len(text) - TEXT_LIMIT)
    return text


def text_of(value):
    """`str()`, or else `unicode()`, or else what a traceback says where those raise."""
    for convert in (str, text_type):
        try:
            return to_text(convert(value))
        except BaseException:
            pass
    return u"<exception str() failed>"


def chain_of(error):
    """Causes and contexts, nearest first (PEP 3134)."""
    chain, seen = [], set([id(error)])
    while len(chain) < 10 and not PY2:
        cause = raw_cause(error)
        context = None if raw_suppress(error) else raw_context(error)
        relation, error = ("cause", cause) if cause is not None else ("context", context)
        if error is None or id(error) in seen:
            break
        seen.add(id(error))
        chain.append({"relation": relation, "name": census.public_name(type(error)), "text": exception_text(error)})
    return chain


interrupts = load(
    "interrupts", _signal=_signal, time=time, flush=flush, to_text=to_text, kind_of=kind_of,
)
FAULTS.update({b"interrupts": of_reload(interrupts.Interrupts), b"threads": of_reload(interrupts.Threads)})
inject = load(
    "inject", builtins=builtins, real_reload=reload, put_in_place_of_reload=put_in_place_of_reload,
    module_dict=census.module_dict, source_of=faults.source_of, ReloadPoints=points.ReloadPoints, Tree=tree.Tree,
    allocate_lock=interrupts.allocate_lock, start_new_thread=interrupts.start_new_thread,
    flush=flush, write_all=write_all, MECHANISMS={
        "statements": statements.Statements, "allocations": allocations.Allocations, "files": file_faults.FileFaults,
        "interrupts": interrupts.Interrupts, "threads": interrupts.Threads,
    },
)
program = load(
    "program", native=native, exit_status=exit_status, own_files=OWN_FILES, to_text=to_text,
    module_dict=census.module_dict,
)

if __name__ == "probe":
    serve(COMMANDS, Wire(FRAMES, STDOUT, STDERR), CONTAINED)  # noqa: F821 - given by the bootstrap
