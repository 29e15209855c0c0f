"""The threads of a watched step: which of them runs alone, so that what it finds is no matter of chance.

A part of the evidence, whose rules hold here too.  Of a thread that the step starts and waits for, with
hardly a line between, and while no other runs, one knows when it was there.  How far any other has come is luck.
"""

import sys
import types

loaded = sys.modules
# Given by the probe: raw and values.
class_namespace, module_dict = raw.class_namespace, raw.module_dict  # noqa: F821
is_class = values.is_class  # noqa: F821

LINES = 3  # that who starts a thread may run before it waits for it


class Thread(object):
    """A thread that a watched step has started."""

    def __init__(self, owner, starter, at):
        self.owner = owner  # the id of the threading.Thread
        self.starter, self.ident = starter, None
        self.at = at  # so many uses of the main thread came before
        self.lines = 0  # that its starter has run since
        self.is_alone, self.is_joined = True, False
        self.uses, self.told = [], {}


class Threads(object):
    """The threads that one step has started, one after the other, as long as no two of them live at once."""

    def __init__(self):
        self.known = []
        self.living = None
        self.is_crowded = False

    def follow(self, starter, function, at):
        """Takes down that a thread is being started; None of one that does not run alone."""
        if self.is_crowded:
            return None
        before = self.living
        if before is not None and not (before.is_joined and before.starter == starter):
            before.is_alone, self.is_crowded = False, True
            return None
        owner = id(function.__self__) if type(function) is types.MethodType else None
        self.living = Thread(owner, starter, at)
        self.known.append(self.living)
        return self.living

    def running(self, ident):
        """The thread that runs, if it is the one that lives."""
        return self.living if self.living is not None and self.living.ident == ident else None

    def note_line(self, ident, binds):
        """Takes down that a thread runs a line, and whether that may bind a name."""
        thread = self.living
        if thread is None or ident == thread.ident:
            return
        if ident == thread.starter and thread.is_joined:
            self.living = None  # it has ended, for its starter goes on
        elif ident == thread.starter and not binds and thread.lines < LINES:
            thread.lines += 1
        else:
            thread.is_alone = False

    def note_join(self, ident, frame):
        """Takes down that a thread begins to wait for the one that it has started, for as long as that takes."""
        thread = self.living
        if thread is None or frame.f_code.co_name != "join" or ident != thread.starter:
            return
        module = loaded.get("threading")
        cls = module_dict(module).get("Thread") if issubclass(type(module), types.ModuleType) else None
        join = class_namespace(cls).get("join") if is_class(cls) else None
        if type(join) is types.FunctionType and join.__code__ is frame.f_code:
            arguments = frame.f_locals
            if id(arguments.get("self")) == thread.owner and arguments.get("timeout") is None:
                thread.is_joined = True

    def put_into(self, uses):
        """The uses of the main thread, and those of each thread that ran alone where it was started."""
        for thread in reversed(self.known):
            if thread.is_alone and thread.is_joined:
                uses[thread.at:thread.at] = thread.uses
        return uses
