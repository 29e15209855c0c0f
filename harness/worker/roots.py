"""The roots that no path of names leads to: what only C code refers to, the interpreter's hooks and what threads run.

Part of the search for holders.
"""

import sys
import types

try:
    import _signal as signal
except ImportError:
    import signal

PY2 = sys.version_info[0] == 2
current_frames, own_frame = sys._current_frames, sys._getframe
loaded = sys.modules
# Given by the probe: raw and references.
# ruff: noqa: F821


def roots(run):
    """(path, object, how it is held) for each."""
    for number, handler in run.signals.handlers:
        yield u"signal.getsignal(%s)" % signal_name(number), handler, "registry"
    yield u"sys.gettrace()", run.tracer, "registry"
    yield u"sys.getprofile()", run.profiler, "registry"
    this = id(own_frame())  # a frame that had itself would stay, and all that called it
    names = thread_names()
    for ident, frame in sorted(current_frames().items(), key=lambda pair: names.get(pair[0], u"")):
        frames = []
        while frame is not None and id(frame) != this:
            frames.append(frame)
            frame = frame.f_back
        for frame in frames:
            start = u"<%s>.%s" % (names.get(ident, u"a thread"), name_among(frames, frame, run.census))
            yield start, frame.f_code, "running"
            for name, value in references.frame_locals(frame):
                yield u"%s.<locals>.%s" % (start, name), value, "local variable"
        frame = None


def name_among(frames, frame, seen):
    """What a frame of a thread runs: by its name alone, where no other function there is called so."""
    code, module = frame.f_code, frame.f_globals.get("__name__")
    name = raw.to_text(code.co_name)
    if not any([other.f_code is not code and other.f_code.co_name == code.co_name for other in frames]):
        return name
    for token, reference in seen.codes.items():
        if reference() is code and token in seen.called:
            return seen.called[token][1]
    # Code that says it itself is of 3.11 and later only.
    for cls in list(frame.f_globals.values()):
        if issubclass(type(cls), raw.class_types) and raw.value_module(cls) == module:
            if any([function.__code__ is code for function in raw.functions_of(cls)]):
                return u"%s.%s" % (raw.full_name(cls), name)
    return u"%s.%s" % (raw.to_text(module), name) if type(module) is str else name


def signal_name(number):
    names = [name for name, value in signal.__dict__.items() if name[:3] == "SIG" and value == number]
    return raw.to_text(min(names)) if names else u"%d" % number


def thread_names():
    """Idents and names of the threads, which `threading` keeps."""
    names, threading = {}, loaded.get("threading")
    active = raw.module_dict(threading).get("_active") if type(threading) is types.ModuleType else None
    for ident, thread in list(active.items()) if type(active) is dict else ():
        own = references.instance_dict(thread) or {}
        name = own.get("_Thread__name" if PY2 else "_name")
        if type(name) is str:
            names[ident] = raw.to_text(name)
    return names
