"""Exceptions as data, and the end of a process that one of them brings about.

Part of the probe, which gives what is marked so.
"""

import os
import sys

PY2 = sys.version_info[0] == 2
text_type = type(u"")
exc_info = sys.exc_info
loaded = sys.modules
TEXT_LIMIT = 1 << 16
FRAMES_AT_EACH_END = 24
if not PY2:
    raw_cause = BaseException.__dict__["__cause__"].__get__
    raw_context = BaseException.__dict__["__context__"].__get__
    raw_suppress = BaseException.__dict__["__suppress_context__"].__get__
HAS_NOTES = hasattr(BaseException, "add_note")
raw_dict = BaseException.__dict__["__dict__"].__get__
MEMBERS, DEPTH = 15, 10  # `max_group_width` and `max_group_depth` in CPython's traceback.py
raw_members = None
if sys.version_info >= (3, 11):
    raw_members = BaseExceptionGroup.__dict__["exceptions"].__get__


def exception(relative):
    """What `sys.exc_info()` has, as data."""
    kind, error, trace = exc_info()
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in own_files:  # noqa: F821 - given by the probe, as below
            if frames[-1:] == frames[-2:-1]:
                del frames[-1:]  # one that a tracer of the probe's raised in is there twice, before 3.12
        else:
            frames.append({
                "file": relative(code.co_filename),
                "line": trace.tb_lineno or 0,
                "function": to_text(code.co_name),  # noqa: F821
                "code": id(code),
            })
        trace = trace.tb_next
    ends = 2 * FRAMES_AT_EACH_END
    dropped = max(0, len(frames) - ends)
    if dropped:
        frames[FRAMES_AT_EACH_END:-FRAMES_AT_EACH_END] = []
    return {
        "name": raw.public_name(kind),  # noqa: F821
        "text": exception_text(error),
        "frames": frames,
        "dropped": dropped,
        "notes": notes_of(error),
        "members": members_of(error, 0),
        "chain": chain_of(error),
    }


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


def end_threads():
    """Waits for the threads that are no daemons, as the interpreter does before it ends."""
    threading = loaded.get("threading")
    if threading is not None:
        try:
            shutdown = getattr(threading, "_shutdown", None)
            if shutdown is not None:
                shutdown()
        except BaseException:
            sys.excepthook(*sys.exc_info())


def leave(status):
    """Ends the process as the interpreter does once its threads have ended: exit functions, then flushed streams."""
    if "atexit" in loaded:
        try:
            loaded["atexit"]._run_exitfuncs()
        except BaseException:
            pass
    flush()  # noqa: F821
    os._exit(status)


def exception_text(error):
    text = text_of(error)
    if len(text) > TEXT_LIMIT:
        text = u"%s... (%d characters more)" % (text[:TEXT_LIMIT], len(text) - TEXT_LIMIT)
    return text


def text_of(value):
    """`str()`, or else `unicode()`, or else what a traceback says where those raise."""
    for convert in (str, text_type):
        try:
            return to_text(convert(value))  # noqa: F821
        except BaseException:
            pass
    return u"<exception str() failed>"


def notes_of(error):
    """What `add_note` was given (PEP 678), as a traceback shows it; a program may set anything."""
    notes = raw_dict(error).get("__notes__") if HAS_NOTES else None
    return [text_of(note) for note in notes[:MEMBERS]] if type(notes) in (list, tuple) else []


def members_of(error, depth):
    """The exceptions that a group is of (PEP 654), as many and as deep as a traceback shows."""
    if raw_members is None or depth >= DEPTH or not issubclass(type(error), BaseExceptionGroup):
        return []
    return [
        {
            "name": raw.public_name(type(member)),  # noqa: F821
            "text": exception_text(member),
            "notes": notes_of(member),
            "members": members_of(member, depth + 1),
        }
        for member in raw_members(error)[:MEMBERS]
    ]


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
        chain.append({"relation": relation, "name": raw.public_name(type(error)), "text": exception_text(error)})  # noqa: F821
    return chain
