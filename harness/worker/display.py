"""What `sys.displayhook` is in a run: as the built-in one, but the text goes into the event.

Part of the probe.  The built-in one is written in C, so that a warning which is given while it shows a value,
or lets go of the one before, is of the statement; of one that names this file the harness says so (`own_frames.rs`).
"""

import sys


class Display(object):
    """What a statement displays: the values, each with its text."""

    def __init__(self, to_text):
        self.to_text = to_text
        self.values = []
        self.shown = []
        self.hooks = (self.show, self.shown.append)

    def install(self, ends_with_it):
        """Makes `sys.displayhook` this run's, unless the scenario has set its own.

        What a statement ends with is only taken down, by a function that is not
        written in Python: a tracer would see any other.
        """
        hook = getattr(sys, "displayhook", None)
        show, keep = self.hooks
        if hook is show or hook is keep or hook is getattr(sys, "__displayhook__", self):
            sys.displayhook = self.hooks[ends_with_it]

    def catch_up(self):
        """Shows what was only taken down."""
        while self.shown:
            self.show(self.shown.pop(0))

    def show(self, value):
        if value is None:
            return
        builtins._ = None  # noqa: F821 - given by the probe
        self.values.append((value, self.to_text(repr(value))))
        builtins._ = value  # noqa: F821

    def take(self):
        """What was displayed since the last call: the object, and its text."""
        values, self.values = self.values, []
        del self.shown[:]
        return values
