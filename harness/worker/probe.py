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
import os
import sys
import time
import types

try:
    import builtins
    import _signal
    from importlib import reload
except ImportError:
    import __builtin__ as builtins
    import signal as _signal
    from __builtin__ import reload

PY2 = sys.version_info[0] == 2
text_type = type(u"")


def load(name):
    """A file beside this one, as a module that `sys.modules` does not know."""
    path = os.path.join(os.path.dirname(__file__), name + ".py")
    module = types.ModuleType(name)
    with open(path) as file:
        exec(compile(file.read(), path, "exec"), module.__dict__)
    return module


census = load("census")
OWN_FILES = [__file__, os.path.join(os.path.dirname(__file__), "census.py")]
to_text = census.to_text

# A request is JSON, and JSON is a Python expression once these names have a value.
JSON_NAMES = {"true": True, "false": False, "null": None, "__builtins__": {}}
UNICODE_LITERALS = __future__.unicode_literals.compiler_flag
FUTURE_FLAGS = 0
for _name in __future__.all_feature_names:
    FUTURE_FLAGS |= getattr(__future__, _name).compiler_flag
del _name

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
EINTR = 4  # without PEP 475, before 3.5, a call says so
SIGKILL = 9
PLAYED_OUT = 113
REPR_LIMIT = 1 << 16
FRAMES_AT_EACH_END = 24
CLOCK_START = 1000000000
CLOCK_STEP = 10

# ---- the worker's loop


def serve(commands, wire, contained):
    """Plays each request in a fork of this process, until the pipe is closed."""
    # A run may signal its parent; a process 1 without a handler does not notice.
    interrupt = _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
    pristine = scrub_main()
    greeting = receive(commands)
    wire.nonce = greeting["nonce"].encode("ascii")
    greets = hello(contained)
    ancestors = census.Ancestors()
    warm_up(greeting["workspace"], pristine, ancestors)
    wire.send(greets)
    while True:
        request = receive(commands)
        if request is None:
            os._exit(0)
        child = os.fork()
        if child == 0:
            os.close(commands)
            os.setsid()
            _signal.signal(_signal.SIGINT, interrupt)
            play_to_the_end(Run(request, wire, pristine, ancestors))
        status = wait_for(child)
        leaked = contained and os.getpid() == 1 and kill_strays()
        wire.send({"frame": "ended", "status": status, "leaked": leaked})


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


def receive(commands):
    """One request: its length in decimal, a newline, JSON.  None at end of file."""
    length = b""
    while not length.endswith(b"\n"):
        byte = os.read(commands, 1)
        if not byte:
            return None
        length += byte
    parts, missing = [], int(length)
    while missing:
        part = os.read(commands, min(missing, 1 << 20))
        if not part:
            return None
        parts.append(part)
        missing -= len(part)
    source = b"".join(parts).decode("utf-8")
    return eval(compile(source, "<request>", "eval", UNICODE_LITERALS, True), JSON_NAMES)


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
    for _ in range(100):
        if not reap_one(os.WNOHANG):
            return False
        time.sleep(0.0005)
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


def warm_up(workspace, pristine, ancestors):
    """Plays a small run in the worker itself, so that no fork has to fault in what every run uses."""
    modules, path, sink = dict(sys.modules), list(sys.path), Wire(None, None, None)
    source = u"class A(object):\n  def f(self): return A\nclass B(A): pass\ndef f(): return 1\n"
    steps = [{"write": "warm_up_.py", "content": source}]
    for statement in (
        u"import warm_up_", u"b = warm_up_.B()", u"b.f()", u"id(b)", u"[b, 1]", u"print('', end='')",
        u"reload(warm_up_)", u"b.f(1)", u"b.nothing", u"def g():\n  class C(object): pass\n  return C",
        u"g()", u"1 +", u"del b",
    ):
        steps.append({"run": statement})
    sink.nonce = b"0"
    hook = sys.displayhook
    Run({"workspace": workspace, "bytecode": "off", "steps": steps}, sink, pristine, ancestors).play()
    os.chdir("/")
    sys.displayhook = hook
    sys.path[:] = path
    for name in set(sys.modules) - set(modules):
        if name.startswith("warm_up_"):
            del sys.modules[name]
    getattr(sys, "path_importer_cache", {}).pop(workspace, None)
    main = sys.modules["__main__"].__dict__
    main.clear()
    main.update(pristine)
    builtins.__dict__.pop("_", None)
    if PY2:
        sys.exc_clear()
    gc.collect()
    if hasattr(gc, "freeze"):
        # What is there now is never collected in a child, so a collection does not copy its pages.
        gc.freeze()


# ---- what goes over the wire


class Wire(object):
    """The protocol's descriptor, and copies of descriptors 1 and 2 that a scenario cannot redirect."""

    def __init__(self, frames, stdout, stderr):
        self.frames = frames
        self.streams = [fd for fd in (stdout, stderr) if fd is not None]
        self.nonce = b""

    def send(self, value):
        """One frame: `@nonce:length`, JSON, and the nonce again, so that anything else shows."""
        payload = to_json(value).encode("utf-8", "backslashreplace")
        header = b"@" + self.nonce + b":" + str(len(payload)).encode("ascii") + b"\n"
        write_all(self.frames, header + payload + b"\n" + self.nonce + b"\n")

    def mark(self, step):
        """Flushes, and ends the step's part of both streams."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        mark = b"@" + self.nonce + b":" + str(step).encode("ascii") + b"\n"
        for stream in self.streams:
            write_all(stream, mark)


def write_all(fd, data):
    while data and fd is not None:
        data = data[os.write(fd, data):]


ESCAPES = dict((code, u"\\u%04x" % code) for code in range(32))
ESCAPES.update({ord(u'"'): u'\\"', ord(u"\\"): u"\\\\"})
for _code in range(0xD800, 0xE000):
    ESCAPES[_code] = u"\\\\u%04x" % _code  # a lone surrogate, as backslashreplace shows it
del _code


def to_json(value):
    """JSON, without importing `json`: a scenario may import, reload and patch that one."""
    if value is None:
        return u"null"
    if value is True:
        return u"true"
    if value is False:
        return u"false"
    kind = type(value)
    if kind is dict:
        return u"{%s}" % u",".join([u"%s:%s" % (to_json(str(key)), to_json(item)) for key, item in value.items()])
    if kind is list:
        return u"[%s]" % u",".join([to_json(item) for item in value])
    if kind is bytes or kind is text_type:
        text = to_text(value)
        if repr(text).strip("u") == "'%s'" % text and '"' not in text:
            return u'"%s"' % text  # plain, as most are
        return u'"%s"' % join_surrogates(text).translate(ESCAPES)
    return text_type(value)


def join_surrogates(text):
    """Narrow builds of 2.7 keep astral characters in two halves; those are no lone surrogates."""
    if sys.maxunicode > 0xFFFF:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16") if not PY2 else text


# ---- one run


class Run(object):
    """The steps of one scenario, played in this process."""

    def __init__(self, request, wire, pristine, ancestors):
        self.workspace = str(request["workspace"])
        self.bytecode = request["bytecode"]
        self.steps = request["steps"]
        self.wire = wire
        self.clock = CLOCK_START
        self.flags = 0
        self.values = []
        self.census = census.Census(self.workspace, pristine, ancestors)

    def play(self):
        os.chdir(self.workspace)
        sys.path[:] = [self.workspace] + [entry for entry in sys.path if entry not in ("", self.workspace)]
        sys.dont_write_bytecode = self.bytecode != "timestamp"
        sys.displayhook = self.display
        player = os.getpid()
        for number, step in enumerate(self.steps):
            if "write" in step:
                event = self.write(step)
            else:
                event = self.run(step["run"])
                if os.getpid() != player:
                    os._exit(0)  # the statement forked, and this is its child: the rest is not its to play
                self.wire.mark(number)
            event = dict((key, value) for key, value in event.items() if value or value == 0)
            event.update(frame="step", step=number)
            self.wire.send(event)
            if event.get("leaves") is not None:
                leave(event["leaves"])
        self.wire.send({"frame": "done", "threads": living_threads()})

    def write(self, step):
        """Lays down a file, with an mtime ten seconds after the one before.

        A finder compares the mtimes of source and folder, and timestamp bytecode
        knows whole seconds only: with the edit's own clock, what a reload sees is
        never a matter of how fast the run was.
        """
        event = {"kind": "write"}
        try:
            path = os.path.join(self.workspace, str(step["write"]))
            folder = os.path.dirname(path)
            if not os.path.isdir(folder):
                os.makedirs(folder)
            if os.path.realpath(folder) != folder or os.path.islink(path):
                raise OSError("%s does not stay in the workspace" % step["write"])
            with open(path, "wb") as file:
                file.write(step["content"].encode("latin-1"))
            if self.bytecode == "hash" and path.endswith(".py"):
                write_hash_bytecode(path)
            self.clock += CLOCK_STEP
            while len(path) >= len(self.workspace):
                os.utime(path, (self.clock, self.clock))
                path = os.path.dirname(path)
        except Exception:
            event["exception"] = self.exception()
        return event

    def run(self, source):
        """Runs one statement as the prompt does, and looks at what it did."""
        event = {"kind": "other"}
        self.values = []
        is_id = False
        try:
            tree = compile(source + "\n", "<stdin>", "single", self.flags | ONLY_AST, True)
            event["kind"], is_id = kind_of(tree)
            code = compile(source + "\n", "<stdin>", "single", self.flags, True)
            self.flags |= code.co_flags & FUTURE_FLAGS
            exec(code, self.census.main)
        except SystemExit as error:
            event["exception"] = self.exception()
            event["leaves"] = exit_status(error)
        except BaseException:
            event["exception"] = self.exception()
        if PY2:
            sys.exc_clear()
        values, self.values = self.values, []
        self.census.take(event)
        event["values"] = [self.value(item, is_id) for item in values]
        return event

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
            "text": text[:REPR_LIMIT],
            "dropped": max(0, len(text) - REPR_LIMIT),
            "token": self.census.token(value),
            "holds": self.census.held(value, 3),
            "is_id": is_id,
        }

    def exception(self):
        """What `sys.exc_info()` has, as data."""
        kind, error, trace = sys.exc_info()
        frames = []
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename not in OWN_FILES:
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


def write_hash_bytecode(path):
    import py_compile
    try:
        py_compile.compile(path, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    except py_compile.PyCompileError:
        pass  # the scenario will meet the same error, at the statement that imports the file


def kind_of(tree):
    """What kind of step a statement is, and whether it is a bare call of `id`."""
    statement = tree.body[0] if len(tree.body) == 1 else None
    name = type(statement).__name__
    if name in ("Import", "ImportFrom"):
        return "import", False
    call = getattr(statement, "value", None)
    if name not in ("Expr", "Assign", "AnnAssign") or type(call).__name__ != "Call":
        return "other", False
    callee = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    if callee == "reload":
        return "reload", False
    if callee is not None and callee[:1].isupper():
        return "instantiate", False
    return "call", callee == "id" and name == "Expr"


def exit_status(error):
    """The exit status that the interpreter makes of a SystemExit, its message printed."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    sys.stderr.write("%s\n" % (code,))
    return 1


def leave(status):
    """Ends the process as the interpreter does on SystemExit: exit functions, then flushed streams."""
    if "atexit" in sys.modules:
        atexit = sys.modules["atexit"]
        try:
            atexit._run_exitfuncs()
        except Exception:
            pass
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    os._exit(status)


def living_threads():
    """Names of the threads that still run, the main one aside."""
    threading = sys.modules.get("threading")
    if threading is None:
        return []
    main = threading.current_thread()
    return sorted(to_text(thread.name) for thread in threading.enumerate() if thread is not main)


def exception_text(error):
    try:
        return to_text(str(error))
    except Exception:
        pass
    try:
        return text_type(error)
    except Exception:
        return u"<exception str() failed>"


def chain_of(error):
    """Causes and contexts, nearest first (PEP 3134)."""
    chain, seen = [], set([id(error)])
    while len(chain) < 10:
        cause = getattr(error, "__cause__", None)
        context = None if getattr(error, "__suppress_context__", False) else getattr(error, "__context__", None)
        relation, error = ("cause", cause) if cause is not None else ("context", context)
        if error is None or id(error) in seen:
            break
        seen.add(id(error))
        chain.append({"relation": relation, "name": census.public_name(type(error)), "text": exception_text(error)})
    return chain


if __name__ == "probe":
    serve(COMMANDS, Wire(FRAMES, STDOUT, STDERR), CONTAINED)  # noqa: F821 - given by the bootstrap
