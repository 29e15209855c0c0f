"""The probe: plays scenarios inside an interpreter and tells what each step did.

One file for every Python from 2.7 to the newest, embedded or spawned.  A worker
runs `serve()`: it reads one run after the other from a pipe, forks a child for
each, waits for it and says how it ended.  The child plays the steps (`Run`) and
streams one event a step, so that what happened before a crash is known.

Everything goes to the harness as it is, ids as numbers: identities are made of
them elsewhere.  Three rules hold all through this file:

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
import weakref

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
class_types = (type, types.ClassType) if PY2 else (type,)

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

raw_dict = type.__dict__["__dict__"].__get__
raw_mro = type.__dict__["__mro__"].__get__
raw_module = type.__dict__["__module__"].__get__
raw_name = type.__dict__["__name__"].__get__
raw_subclasses = type.__subclasses__
module_dict = types.ModuleType.__dict__["__dict__"].__get__


# ---- the worker's loop


def serve(commands, wire, contained):
    """Plays each request in a fork of this process, until the pipe is closed."""
    # A run may signal its parent; a process 1 without a handler does not notice.
    interrupt = _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
    pristine = scrub_main()
    greeting = receive(commands)
    wire.nonce = greeting["nonce"].encode("ascii")
    warm_up(greeting["workspace"], pristine)
    wire.send(hello(contained))
    while True:
        request = receive(commands)
        if request is None:
            os._exit(0)
        child = os.fork()
        if child == 0:
            os.close(commands)
            os.setsid()
            _signal.signal(_signal.SIGINT, interrupt)
            play_to_the_end(Run(request, wire, pristine))
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


def warm_up(workspace, pristine):
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
    Run({"workspace": workspace, "bytecode": "off", "steps": steps}, sink, pristine).play()
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
        return u'"%s"' % join_surrogates(to_text(value)).translate(ESCAPES)
    return text_type(value)


def join_surrogates(text):
    """Narrow builds of 2.7 keep astral characters in two halves; those are no lone surrogates."""
    if sys.maxunicode > 0xFFFF:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16") if not PY2 else text


def to_text(value):
    """Text for people, of whatever `repr` or `str` gave."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1").encode("unicode_escape").decode("ascii")
    return value


# ---- one run


class Run(object):
    """The steps of one scenario, played in this process."""

    def __init__(self, request, wire, pristine):
        self.workspace = str(request["workspace"])
        self.bytecode = request["bytecode"]
        self.steps = request["steps"]
        self.wire = wire
        self.clock = CLOCK_START
        self.flags = 0
        self.values = []
        self.census = Census(self.workspace, pristine)

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
            if code.co_filename != __file__:
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
            "name": public_name(kind),
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
        chain.append({"relation": relation, "name": public_name(type(error)), "text": exception_text(error)})
    return chain


# ---- which objects there are


class Census(object):
    """Which objects of the scenario's there are, what they are called, and what changed since the last look.

    An object is known by a token.  `known` maps an id to the token and a weak
    reference; once that is dead, the id may be another object's.  What cannot be
    referred to weakly (a tuple, an int) is known for as long as a name at the
    prompt means it.
    """

    def __init__(self, workspace, pristine):
        self.workspace = workspace
        self.pristine = pristine
        self.main = sys.modules["__main__"].__dict__
        self.foreign_modules = dict(sys.modules)
        self.own_names = set()
        self.known = {}
        self.next_token = 1
        self.attributes = {}
        self.modules = {}
        self.prompt = {}
        self.classes = {}
        self.mros = {}
        self.made = []
        self.at = {}
        self.tally = {}
        for cls in every_class():
            self.tally[id(cls)] = (weakref.ref(cls), len(raw_subclasses(cls)))

    # -- tokens

    def token(self, value):
        """The token of a known object."""
        entry = self.known.get(id(value))
        if entry is None:
            return None
        token, reference, kind = entry
        if reference is not None:
            return token if reference() is value else None
        return token if type(value) is kind else None

    def held(self, value, depth):
        """The tokens of what a plain container holds, in the order in which its repr shows them."""
        tokens = []
        kind = type(value)
        if depth and kind in (tuple, list, dict, set, frozenset) and len(value) <= 1000:
            items = value
            if kind is dict:
                items = [part for pair in value.items() for part in pair]
            for item in items:
                token = self.token(item)
                tokens.extend([token] if token is not None else self.held(item, depth - 1))
        return tokens

    def make(self, value, kind, name, reachable, **more):
        """Gives an object its token, and notes it for the event."""
        try:
            reference = weakref.ref(value)
        except TypeError:
            reference = None
        token = self.next_token
        self.next_token += 1
        self.known[id(value)] = (token, reference, type(value))
        self.made.append(dict(more, token=token, id=id(value), kind=kind, name=name, reachable=reachable))
        return token

    # -- one look

    def take(self, event):
        """Looks at everything once, and writes into the event what is new, moved or gone."""
        self.made = []
        freed = self.forget_the_dead()
        modules, attributes, prompt = {}, {}, {}
        for name, module in self.find_own_modules():
            self.own_names.add(name)
            modules[name] = self.token(module) or self.make(module, "module", name, True)
        paths = []
        for name in sorted(modules):
            module = sys.modules[name]
            if issubclass(type(module), types.ModuleType):
                self.walk(name, module_dict(module), paths, set())
        self.walk("__main__", self.defined_at_prompt(), paths, set())
        self.at = dict(paths)
        reached = set(id(value) for _, value in paths)
        hidden = [cls for cls in self.new_classes() if id(cls) not in reached]
        # What came to be in this step, and lost its name in this step too, was there before what has it now.
        for cls in hidden:
            if full_name(cls) in self.at:
                self.class_token(cls)
        self.name_all(paths, attributes)
        for cls in hidden:
            self.class_token(cls)
        self.look_at_prompt(prompt)
        self.forget_unbound(modules, prompt)
        event["reclassed"] = self.reclassed()
        event["relinearized"] = self.relinearized()
        event["bound"] = (
            self.moved("modules", modules) + self.moved("attributes", attributes) + self.moved("prompt", prompt)
        )
        event["made"] = self.made
        event["freed"] = freed

    def forget_the_dead(self):
        freed = []
        for address, (token, reference, _) in list(self.known.items()):
            if reference is not None and reference() is None:
                freed.append(token)
                del self.known[address]
                self.classes.pop(token, None)
                self.mros.pop(token, None)
        return sorted(freed)

    def moved(self, scope, now):
        before = getattr(self, scope)
        setattr(self, scope, now)
        changes = [{"scope": scope, "name": to_text(name), "token": token} for name, token in now.items()
                   if before.get(name, 0) != token]
        changes += [{"scope": scope, "name": to_text(name), "token": None} for name in before if name not in now]
        changes.sort(key=lambda change: (change["token"] or 0, change["name"]))
        return changes

    def defined_at_prompt(self):
        """The part of `__main__` that was not imported or assigned from elsewhere."""
        own = {}
        for name, value in list(self.main.items()):
            kind = type(value)
            if name not in self.pristine and (kind is types.FunctionType or issubclass(kind, class_types)):
                if value_module(value) == "__main__":
                    own[name] = value
        return own

    # -- modules

    def find_own_modules(self):
        """The entries of sys.modules that are the scenario's, sorted by name."""
        own = []
        for name, module in list(sys.modules.items()):
            if name in self.own_names:
                if module is not None:
                    own.append((name, module))
            elif self.foreign_modules.get(name, self) is not module:
                if name != "__main__" and module is not None and self.owns_module(module):
                    own.append((name, module))
                else:
                    self.foreign_modules[name] = module
        return sorted(own, key=lambda pair: pair[0])

    def owns_module(self, module):
        """Whether a module comes from the workspace, or was made by hand."""
        if not issubclass(type(module), types.ModuleType):
            return self.owns_class(type(module))
        namespace = module_dict(module)
        places = [namespace.get("__file__")]
        try:
            places.extend(namespace.get("__path__") or ())
        except Exception:
            pass
        places = [place for place in places if isinstance(place, str)]
        if not places:
            return namespace.get("__spec__") is None and namespace.get("__loader__") is None and not PY2
        return any(os.path.abspath(place).startswith(self.workspace) for place in places)

    # -- classes and functions

    def walk(self, path, namespace, paths, inside):
        """Collects (path, object) for the own classes and functions that a namespace reaches."""
        found = []
        for name, value in list(namespace.items()):
            if not isinstance(name, str):
                continue
            value = unwrapped(value)
            kind = type(value)
            if kind is types.FunctionType:
                if self.owns_function(value):
                    found.append((value.__code__.co_firstlineno, name, value))
            elif issubclass(kind, class_types) and self.owns_class(value):
                found.append((first_line(value), name, value))
        for _, name, value in sorted(found, key=lambda entry: entry[:2]):
            paths.append((path + "." + name, value))
            if type(value) is not types.FunctionType and id(value) not in inside:
                if value_module(value) == path.partition(".")[0] or value_module(value) not in sys.modules:
                    self.walk(path + "." + name, class_namespace(value), paths, inside | set([id(value)]))

    def name_all(self, paths, attributes):
        """Gives every path its token; a new object goes by the path that it says is its own, if it is there."""
        for path, value in paths:
            token = self.token(value)
            if token is None:
                own_path = full_name(value)
                name = own_path if self.at.get(own_path) is value else path
                token = self.object_token(value, name)
            attributes[path] = token

    def object_token(self, value, name):
        if type(value) is types.FunctionType:
            return self.make(value, "function", to_text(name), True, code=id(value.__code__))
        return self.class_token(value, name)

    def class_token(self, cls, path=None):
        """The token of an own class; its bases get theirs first."""
        token = self.token(cls)
        if token is not None:
            return token
        bases = mro_of(cls)[1:]
        for base in reversed(bases):
            if self.owns_class(base):
                self.class_token(base)
        meta = type(cls)
        meta = None if meta in class_types else self.reference(meta)
        name = full_name(cls) if path is None else to_text(path)
        token = self.make(cls, "class", name, name in self.at, **{"class": meta})
        self.made[-1]["mro"] = [token] + [self.reference(base) for base in bases]
        self.mros[token] = [id(base) for base in bases]
        return token

    def reference(self, cls):
        """A class's token, or the name of one that is not the scenario's."""
        if self.owns_class(cls):
            return self.class_token(cls)
        return public_name(cls)

    def owns_function(self, function):
        module = function.__globals__.get("__name__")
        return module in self.own_names or function.__globals__ is self.main

    def owns_class(self, cls):
        """Whether a class was made by the scenario's code: it says so, or it is not where it says it is."""
        module = value_module(cls)
        if module in self.own_names or module == "__main__":
            return True
        if id(cls) in self.tally:
            return False
        if module is None:
            return True
        if module in ("types", "abc", "builtins", "__builtin__"):  # where classes made by calls say they are from
            outermost = qualified_name(cls).partition(".")[0]
            return is_written_in_python(cls) and outermost not in module_dict(sys.modules[module])
        # C code that stands for a module: `_locale` makes `locale.Error`, whether or not `locale` was imported.
        known = module in sys.modules or "_" + module in sys.modules
        return not known and is_written_in_python(cls)

    def new_classes(self):
        """Classes that came to be since the last look, wherever they hide: every class is some class's subclass."""
        fresh, todo = [], []
        for address, (reference, count) in list(self.tally.items()):
            cls = reference()
            if cls is None:
                del self.tally[address]
            elif len(raw_subclasses(cls)) != count:
                todo.append(cls)
        todo.extend(self.own_classes())
        seen = set()
        while todo:
            cls = todo.pop()
            if id(cls) in seen:
                continue
            seen.add(id(cls))
            below = raw_subclasses(cls)
            if id(cls) in self.tally:
                self.tally[id(cls)] = (weakref.ref(cls), len(below))
            for sub in below:
                if id(sub) not in self.tally and self.token(sub) is None:
                    todo.append(sub)
                    if self.owns_class(sub):
                        fresh.append(sub)
                    else:
                        self.tally[id(sub)] = (weakref.ref(sub), -1)
        unique = dict((id(cls), cls) for cls in fresh)
        return sorted(unique.values(), key=lambda cls: (len(mro_of(cls)), qualified_name(cls)))

    def own_classes(self):
        classes = []
        for _, reference, _ in list(self.known.values()):
            value = reference() if reference is not None else None
            if value is not None and issubclass(type(value), type):
                classes.append(value)
        return classes

    # -- the prompt

    def look_at_prompt(self, prompt):
        for name in sorted(name for name in self.main if isinstance(name, str) and name not in self.pristine):
            value = self.main[name]
            token = self.token(value)
            if token is None:
                token = self.name_at_prompt(name, value)
            elif self.attributes_name(value) == name:
                continue
            prompt[name] = token

    def forget_unbound(self, *namespaces):
        """Forgets what cannot be referred to weakly and that no name means any more."""
        meant = set(token for namespace in namespaces for token in namespace.values())
        for address, (token, reference, _) in list(self.known.items()):
            if reference is None and token not in meant:
                del self.known[address]

    def attributes_name(self, value):
        """The name of what was defined at the prompt itself: `__main__.f` needs no second line for `f`."""
        kind = type(value)
        if kind is types.FunctionType or issubclass(kind, class_types):
            return qualified_name(value) if value_module(value) == "__main__" else None
        return None

    def name_at_prompt(self, name, value):
        kind = type(value)
        if issubclass(kind, types.ModuleType):
            return self.make(value, "module", to_text(name), True, plain=True)
        if kind is types.FunctionType:
            return self.make(value, "function", to_text(name), True, plain=True, code=id(value.__code__))
        if issubclass(kind, class_types):
            return self.make(value, "class", to_text(name), True, plain=True, mro=[])
        cls = class_of(value)
        reference = self.reference(cls)
        plain = kind in (type(None), bool, int, float, complex, bytes, text_type, str) or kind.__name__ == "long"
        token = self.make(value, "instance", to_text(name), True, plain=plain, **{"class": reference})
        self.classes[token] = id(cls)
        return token

    # -- what changed in known objects

    def reclassed(self):
        changes = []
        for token, reference, _ in list(self.known.values()):
            before = self.classes.get(token)
            value = reference() if reference is not None and before is not None else None
            if value is not None:
                cls = class_of(value)
                if id(cls) != before:
                    self.classes[token] = id(cls)
                    changes.append([token, self.reference(cls)])
        return changes

    def relinearized(self):
        changes = []
        for token, reference, _ in list(self.known.values()):
            before = self.mros.get(token)
            cls = reference() if reference is not None and before is not None else None
            if cls is not None:
                bases = mro_of(cls)[1:]
                now = [id(base) for base in bases]
                if now != before:
                    self.mros[token] = now
                    changes.append([token, [token] + [self.reference(base) for base in bases]])
        return changes


def every_class():
    """Every new-style class there is."""
    seen, todo = {}, [object]
    while todo:
        cls = todo.pop()
        if id(cls) not in seen:
            seen[id(cls)] = cls
            todo.extend(raw_subclasses(cls))
    return list(seen.values())


def class_of(value):
    """An instance's class: `type()`, which a proxy's `__class__` cannot fool; 2.7's old instances say it themselves."""
    kind = type(value)
    return value.__class__ if PY2 and kind is types.InstanceType else kind


def class_namespace(cls):
    return cls.__dict__ if PY2 and type(cls) is types.ClassType else raw_dict(cls)


def mro_of(cls):
    """The MRO; that of an old-style class is depth first, left to right."""
    if not (PY2 and type(cls) is types.ClassType):
        return list(raw_mro(cls))
    order = [cls]
    for base in cls.__bases__:
        order.extend(other for other in mro_of(base) if other not in order)
    return order


def value_module(value):
    """What a class or function says is its module, if it says so in a str."""
    try:
        if type(value) is types.FunctionType or PY2 and type(value) is types.ClassType:
            module = value.__module__
        else:
            module = raw_module(value)
    except AttributeError:
        return None
    return module if isinstance(module, str) else None


def full_name(value):
    """Module and qualified name, as far as there are any."""
    module, name = value_module(value), to_text(qualified_name(value))
    return name if module is None else u"%s.%s" % (to_text(module), name)


def public_name(cls):
    """As a traceback names a class: builtins without their module."""
    if value_module(cls) in ("builtins", "__builtin__", "exceptions"):
        return to_text(qualified_name(cls))
    return full_name(cls)


def qualified_name(value):
    """`__qualname__` (PEP 3155), or the name where there is none."""
    if type(value) is types.FunctionType:
        return getattr(value, "__qualname__", value.__name__)
    if PY2:
        return value.__name__ if type(value) is types.ClassType else raw_name(value)
    return type.__dict__["__qualname__"].__get__(value)


def is_written_in_python(cls):
    """Whether a class statement made it: C code puts no functions into a class, and seldom makes room for attributes."""
    namespace = class_namespace(cls)
    if "__dict__" in namespace or "__weakref__" in namespace:
        return True
    return any(type(unwrapped(value)) is types.FunctionType for value in list(namespace.values()))


def unwrapped(value):
    """The function inside what a class body wraps it in."""
    kind = type(value)
    if kind is staticmethod or kind is classmethod:
        return value.__func__
    if kind is property:
        return value.fget
    return value


def first_line(cls):
    """The first line of a class's own functions: the order of definition, told the same way on every version."""
    lines = [0]
    module = value_module(cls)
    for value in list(class_namespace(cls).values()):
        value = unwrapped(value)
        if type(value) is types.FunctionType and value.__module__ == module:
            lines.append(value.__code__.co_firstlineno)
    return min(lines[1:] or lines)


if __name__ == "probe":
    serve(COMMANDS, Wire(FRAMES, STDOUT, STDERR), CONTAINED)  # noqa: F821 - given by the bootstrap
