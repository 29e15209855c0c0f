"""What a fork takes away and a branch is to have: it is to go on as the run would.

Part of the probe: see `sweep.py`.  Of objects that the standard library has not started
yet and that know which process made them; their attributes are read and set raw.
"""

import os
import sys

loaded = sys.modules


def give_back(run):
    """In a branch of the process that has this number."""
    for each in dangling("threading"):
        start_threads(each)
    for each in dangling("multiprocessing.process"):
        own_processes(each, run)


def dangling(module):
    """The attributes of the objects that a module of the standard library has weak references to."""
    found = []
    try:
        for reference in list(vars(loaded[module])["_dangling"].data):
            found.append(object.__getattribute__(reference(), "__dict__"))
    except (AttributeError, KeyError, TypeError):
        pass  # it is not loaded, or another version's
    return found


def start_threads(thread):
    """3.13 takes threads that have not been started for ended ones (`_PyThread_AfterFork`)."""
    handle = getattr(loaded.get("_thread"), "_ThreadHandle", None)
    started = thread.get("_started")
    if handle is not None and "_handle" in thread and getattr(started, "_flag", True) is False:
        thread["_handle"] = handle()


def own_processes(process, run):
    """Only the process that has made one may start it."""
    if process.get("_popen", run) is None and process.get("_parent_pid") == run:
        process["_parent_pid"] = os.getpid()
