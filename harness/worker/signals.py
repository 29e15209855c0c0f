"""Signals that come while the probe is at work.

Part of the probe, which gives what is marked so.
"""

import os

SIGNALS = list(range(1, _signal.NSIG))  # noqa: F821 - given by the probe, as below


class Signals(object):
    """The scenario's handlers of signals, kept from running in the midst of the probe."""

    def __init__(self):
        self.handlers = []
        self.noted = []
        self.noter = lambda number, _: self.noted.append(number)

    def hold(self):
        """Puts a note in the place of every handler.  Where one ran until then, what it raised goes on."""
        try:
            self.note_all()
        except BaseException:
            try:
                self.note_all()
            except BaseException:  # as it was called, and before it had begun
                self.note_all()
                raise
            raise

    def note_all(self):
        handled = list(map(callable, map(_signal.getsignal, SIGNALS)))  # noqa: F821
        # Nearly all have none.
        for number in [number for number, has_one in zip(SIGNALS, handled) if has_one] if True in handled else ():
            handler = _signal.getsignal(number)  # noqa: F821
            if callable(handler) and handler is not self.noter:
                self.handlers.append((number, handler))
                _signal.signal(number, self.noter)  # noqa: F821

    def release(self):
        """Puts the handlers back, and sends again what has come meanwhile."""
        while self.handlers:
            _signal.signal(*self.handlers.pop())  # noqa: F821
        while self.noted:
            os.kill(os.getpid(), self.noted.pop(0))
