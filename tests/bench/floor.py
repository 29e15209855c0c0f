"""The floor of `runs.rs`: each run in a fork of this process, and nothing of it observed.

Reads lines "FIRST COUNT", plays that stretch of the scenarios, one after the
other, and says how many came to their end.  What a run shows is only counted:
that is how it is known that it did what it was to do.
"""

import gc
import os
import sys

try:
    from importlib import reload
except ImportError:
    pass

_, folder, path, expected = sys.argv
with open(path) as file:
    scenarios = eval(file.read())
for number, steps in enumerate(scenarios):
    scenarios[number] = [(name, content.encode()) for name, content in steps]


def play(steps, workspace):
    """Writes and runs all there is; whether it showed what it was to."""
    shown, main, clock = [], {"__name__": "__main__", "reload": reload}, 1000000000
    os.chdir(workspace)
    sys.path.insert(0, workspace)
    sys.displayhook = lambda value: value is None or shown.append(repr(value))
    for name, content in steps:
        if name is None:
            try:
                exec(compile(content.decode() + "\n", "<stdin>", "single"), main)
            except Exception as error:  # an unbound base call, on 2.7
                shown.append(str(error))
            continue
        clock += 10
        file = os.open(workspace + "/" + name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.write(file, content)
        os.close(file)
        os.utime(workspace + "/" + name, (clock, clock))
        os.utime(workspace, (clock, clock))
    return len(shown) == int(expected)


def play_in_fork(steps, workspace):
    os.mkdir(workspace)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if play(steps, workspace) else 1
        finally:
            os._exit(status)
    status = os.waitpid(child, 0)[1]
    for name in os.listdir(workspace):
        os.unlink(workspace + "/" + name)
    os.rmdir(workspace)
    return status == 0


def warm_up(workspace):
    """What every run uses is there before it is forked."""
    path, hook = list(sys.path), sys.displayhook
    os.mkdir(workspace)
    play(scenarios[0], workspace)
    os.chdir("/")
    sys.path[:], sys.displayhook = path, hook
    del sys.modules["foo"]
    sys.path_importer_cache.pop(workspace, None)
    gc.collect()
    if hasattr(gc, "freeze"):
        gc.freeze()


warm_up(os.path.join(folder, "warm"))
while True:
    line = sys.stdin.readline()
    if not line:
        break
    first, count = map(int, line.split())
    whole = 0
    for number in range(first, first + count):
        whole += play_in_fork(scenarios[number % len(scenarios)], os.path.join(folder, "run"))
    sys.stdout.write("%d\n" % whole)
    sys.stdout.flush()
