"""The probe: plays scenarios inside an interpreter and tells what each step did.

The same for every Python from 2.7 to the newest, embedded or spawned.  A worker
runs `serve()`: it reads one run after the other from a pipe, forks a child for
each, waits for it and says how it ended.  The child plays the steps (`Run`) and
streams one event a step, so that what happened before a crash is known.  How it plays
is `run.py`'s to tell, and what there is after a step `census.py`'s.

Everything goes to the harness as it is, ids as numbers: identities are made of
them elsewhere.  Three rules hold all through the files of the probe:

* Nothing of the scenario's is kept alive.  Objects are known by weak references.
* Nothing of the scenario's is woken up.  Namespaces are read raw, never through
  getattr; types are asked, never instances.
* Nothing of the probe's is in the scenario's way: no name in `__main__`, no entry
  in `sys.modules`, no import that a bare interpreter would not have made.
"""

import gc
import marshal
import os
import resource
import select
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

try:
    import _harness  # of the program that embeds
except ImportError:
    _harness = None

PY2 = sys.version_info[0] == 2
text_type = type(u"")
gettrace, settrace, getprofile, setprofile = sys.gettrace, sys.settrace, sys.getprofile, sys.setprofile
getrecursionlimit, setrecursionlimit, exc_info = sys.getrecursionlimit, sys.setrecursionlimit, sys.exc_info
getrlimit, setrlimit, RLIMIT_AS = resource.getrlimit, resource.setrlimit, resource.RLIMIT_AS
loaded = sys.modules
for _name in ("resource", "fcntl", "imp", "select", "_harness") + ("marshal",) * PY2:  # a bare interpreter has not imported them
    loaded.pop(_name, None)

OWN_FILES = ["<reload-harness>/probe.py"]


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
    OWN_FILES.append("<reload-harness>/" + name + ".py")  # the same in every run, if a scenario sees it
    module = types.ModuleType(name)
    module.__dict__.update(uses, __file__=OWN_FILES[-1])  # by which 2.7 tells where a warning is from
    with open(path) as file:
        exec(compile(file.read(), OWN_FILES[-1], "exec"), module.__dict__)
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
raw = load("raw")
to_text = raw.to_text
hidden = load("hidden", raw=raw)
basis = load("basis", raw=raw)
own = load("own", raw=raw)
census = load("census", raw=raw, hidden=hidden, own=own, basis=basis)
protocol = load("protocol", set_blocking=set_blocking, dumps=marshal.dumps)
receive, fields_of, Wire = protocol.receive, protocol.fields_of, protocol.Wire
write_all, flush = protocol.write_all, protocol.flush
references = load("references", raw=raw, own_files=OWN_FILES)
roots = load("roots", raw=raw, references=references)
holders = load("holders", raw=raw, references=references, roots=roots)
lines = load("lines", raw=raw)
values = load("values", raw=raw)
archives = load("archives", raw=raw, values=values)
reloads = load("reloads", raw=raw, values=values, archives=archives)
operands = load("operands", raw=raw, lines=lines, values=values)
threads = load("threads", raw=raw, values=values)
looks = load("looks", raw=raw, lines=lines, values=values, operands=operands)
evidence = load(
    "evidence", raw=raw, lines=lines, values=values, operands=operands, reloads=reloads, looks=looks, threads=threads,
    own_files=OWN_FILES,
)
files = load("files")
tree = load("tree")
forked = load("forked")
sweep = load(
    "sweep", to_text=to_text, reload=reload, tree=tree, forked=forked, select=select,
    **({"fcntl": fcntl, "imp": imp} if PY2 else {})
)
points = load("points", is_deep=evidence.is_deep, module_dict=raw.module_dict, reload_each=sweep.reload_each)
faults = load(
    "faults", to_text=to_text, builtins=builtins, real_reload=reload, module_dict=raw.module_dict,
    other_threads=points.other_threads, has_dependents=points.has_dependents, fits=points.fits,
    put_in_place_of_reload=put_in_place_of_reload,
)
statements = load(
    "statements", is_same_code=lines.is_same_code, compile_quietly=lines.compile_quietly,
    **({"imp": imp, "marshal": marshal} if PY2 else {})
)
allocations = load("allocations", _harness=_harness)
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

FS_ENCODING = sys.getfilesystemencoding()
FS_ERRORS = "strict" if PY2 else sys.getfilesystemencodeerrors()
EINTR = 4  # without PEP 475, before 3.5, a call says so
SIGKILL = 9
PLAYED_OUT = 113
GRACE = 0.25  # seconds; `process.rs` has the same


def native(path):
    """A path as this Python has it: as `os.fsdecode` makes it."""
    return path if PY2 else path.decode(FS_ENCODING, FS_ERRORS)


raised = load("raised", raw=raw, to_text=to_text, flush=flush, own_files=OWN_FILES)
kinds = load("kinds")
display = load("display", builtins=builtins)
displaced = load("displaced")
signals = load("signals", _signal=_signal)
interrupts = load(
    "interrupts", _signal=_signal, time=time, flush=flush, to_text=to_text, kind_of=kinds.kind_of,
)
FAULTS.update({b"interrupts": of_reload(interrupts.Interrupts), b"threads": of_reload(interrupts.Threads)})
inject = load(
    "inject", builtins=builtins, real_reload=reload, put_in_place_of_reload=put_in_place_of_reload,
    module_dict=raw.module_dict, source_of=faults.source_of, ReloadPoints=points.ReloadPoints, Tree=tree.Tree,
    allocate_lock=interrupts.allocate_lock, start_new_thread=interrupts.start_new_thread,
    flush=flush, write_all=write_all, MECHANISMS={
        "statements": statements.Statements, "allocations": allocations.Allocations, "files": file_faults.FileFaults,
        "interrupts": interrupts.Interrupts, "threads": interrupts.Threads,
    },
)
program = load(
    "program", native=native, exit_status=raised.exit_status, end_threads=raised.end_threads, own_files=OWN_FILES,
    to_text=to_text, module_dict=raw.module_dict,
)
run = load(
    "run", builtins=builtins, resource=resource, reload=reload, put_in_place_of_reload=put_in_place_of_reload,
    native=native, write_all=write_all, fields_of=fields_of, FAULTS=FAULTS, raw=raw, census=census, display=display,
    displaced=displaced, evidence=evidence, files=files,
    holders=holders, inject=inject, kinds=kinds, program=program, raised=raised, signals=signals, sweep=sweep,
)


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
    ancestors = hidden.Ancestors()
    warm_up(folder, pristine, ancestors)

    def play(request):
        os.close(commands)
        os.setsid()
        _signal.signal(_signal.SIGINT, interrupt)
        play_to_the_end(run.Run(fields_of(request), wire, pristine, ancestors))

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
    return {
        "frame": "hello",
        "version": sys.version,
        "prefix": getattr(sys, "base_prefix", sys.prefix),
        "libpython": _harness.libpython() if _harness is not None else None,
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
    request = [(b"f", folder), (b"b", b"off"), (b"r", b"real"), (b"d", b""), (b"p", b""), (b"m", b"1"), (b"w", b"warm_up_.py"), (b"c", source)]
    for statement in (
        b"import warm_up_", b"b = warm_up_.B()", b"b.f()", b"id(b)", b"[b, 1]", b"print('', end='')",
        b"h = [b.f]", b"reload(warm_up_)", b"b.f(1)", b"b.nothing", b"def g():\n  class C(object): pass\n  return C",
        b"g()", b"1 +", b"del b",
    ):
        request.append((b"s", statement))
    sink.nonce = b"0"
    hook = sys.displayhook
    run.Run(request, sink, pristine, ancestors).play()
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


# ---- one run


if __name__ == "probe":
    __file__ = OWN_FILES[0]
    serve(COMMANDS, Wire(FRAMES, STDOUT, STDERR), CONTAINED)  # noqa: F821 - given by the bootstrap
