"""A program, struck by a reload of `core` just before some of its lines; nothing is observed.

`struck.py fork|once PROGRAM FILE PLACE...`: in a fork at each place, as a sweep does, or in this
process, at the only one. Places are lines of FILE as they are executed, by number.
"""

import os
import sys

mode, program, watched = sys.argv[1:4]
places = frozenset(map(int, sys.argv[4:]))
last = max(places)
met = -1
folder = os.path.dirname(program)
sys.path.insert(0, folder)
watched = os.path.join(folder, watched)
try:
    reload
except NameError:
    from importlib import reload
    imp = None
else:
    import imp


def on_call(frame, event, arg):
    return on_line if frame.f_code.co_filename == watched else None


def on_line(frame, event, arg):
    global met
    if event != "line":
        return on_line
    met += 1
    if met in places and (mode == "once" or in_child()):
        sys.settrace(None)
        if "core" in sys.modules:
            reload(sys.modules["core"])
    elif met >= last:
        sys.settrace(None)
    return on_line


def in_child():
    sys.stdout.flush()
    is_in_import = imp and imp.lock_held()
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == 0
    else:
        global is_child
        is_child = True
        if is_in_import:
            imp.acquire_lock()  # 2.7 gives it up in a child
    return not child


is_child = False
with open(program) as file:
    code = compile(file.read(), program, "exec")
main = {"__name__": "__main__", "__file__": program}
sys.settrace(on_call)
exec(code, main)
sys.settrace(None)
if is_child:
    sys.stdout.flush()
    os._exit(0)
