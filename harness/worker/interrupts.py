"""The reload is interrupted, or another thread gets its turn, just before a line of it.

Part of the probe: see `faults.py`.  The lines are those of the code in question that runs
within the reload, each time that it comes to them, and its end.
"""

import os
import sys

PY2 = sys.version_info[0] == 2
ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
settrace, gettrace = sys.settrace, sys.gettrace
SIGINT, SIGUSR1 = 2, _signal.SIGUSR1  # noqa: F821 - given by the probe
KINDS = {b"Exception": Exception, b"ImportError": ImportError, b"SystemExit": SystemExit}
BEFORE, END, AFTER = "<before>", "<end>", "<after>"
PATIENCE = 2.0  # seconds for which the reload stops for the other thread
NAP = 0.001


class Lines(object):
    """A mechanism that strikes at lines; of the main thread only, as a tracer is one thread's."""

    def __init__(self, seam, fields):
        self.seam = seam
        self.before = None

    def arm(self, place):
        self.before = gettrace()
        settrace(self.on_call)

    def disarm(self):
        settrace(self.before)

    def on_call(self, frame, event, arg):
        name = frame.f_globals.get("__name__")
        return self.on_event if self.seam.owns(frame.f_code.co_filename, name) else None

    def on_event(self, frame, event, arg):
        code = frame.f_code
        is_end = event == "return" and code.co_name == "<module>"
        if event == "line" or is_end:
            function = END if is_end else code.co_name
            if self.seam.meet(code.co_filename, frame.f_lineno, function):
                self.strike()
        return self.on_event


class Interrupts(Lines):
    """The mechanism: a signal comes.  SIGINT, or another with a handler that raises what is chosen."""

    def __init__(self, seam, fields):
        Lines.__init__(self, seam, fields)
        self.kind = KINDS.get(fields.get(b"r"))
        self.handler = None

    def arm(self, place):
        if self.kind is not None and place is not None:
            self.handler = _signal.signal(SIGUSR1, self.on_signal)  # noqa: F821
        Lines.arm(self, place)

    def disarm(self):
        Lines.disarm(self)
        if self.handler is not None:
            _signal.signal(SIGUSR1, self.handler)  # noqa: F821
            self.handler = None

    def on_signal(self, number, frame):
        raise self.kind("injected")

    def strike(self):
        os.kill(os.getpid(), SIGINT if self.kind is None else SIGUSR1)
        for _ in range(200):  # 2.7 looks for signals every 100 instructions only
            pass


class Threads(Lines):
    """The mechanism: another thread makes the call that the transcript makes next, while the reload waits.

    The reload goes on when the call has come to its end, or waits for something that only the
    reload can give: a lock that it holds.
    """

    variants = (0,)

    @property
    def refusal(self):
        if self.seam.run.program is not None:
            return "a program has no transcript, whose next call another thread could make"
        return None

    def __init__(self, seam, fields):
        Lines.__init__(self, seam, fields)
        self.call = self.answer = self.done = None

    def arm(self, place):
        run = self.seam.run
        if self.call is None:
            text, code = next_call(run)
            if code is None:
                if place is None:
                    self.seam.refuse("no call comes after the reload")
                return
            self.call = lambda: eval(code, run.census.main)
            self.seam.told["call"] = text
        if self.seam.meet(self.seam.file, 1, BEFORE):
            self.strike()
        Lines.arm(self, place)

    def disarm(self):
        if self.call is None:
            return
        Lines.disarm(self)
        if self.seam.meet(self.seam.file, 1, AFTER):
            self.strike()
        if self.answer is not None:
            wait(self.done)
            self.seam.told["called"] = self.answer
            self.answer = None

    def strike(self):
        self.done = allocate_lock()
        self.done.acquire()
        self.answer = {"waited": False}
        start_new_thread(self.play, (self.answer, self.done))
        if wait(self.done):
            self.done.release()
        else:
            self.answer["waited"] = True

    def play(self, answer, done):
        """In the other thread."""
        try:
            reader = divert()
            try:
                value = self.call()
                answer["value"] = None if value is None else to_text(repr(value))  # noqa: F821
            except BaseException:
                answer["exception"] = self.seam.run.exception()
            finally:
                answer["output"] = to_text(reader())  # noqa: F821
        finally:
            done.release()


def wait(lock):
    """Waits for a lock, which it then has; false where it has waited for too long."""
    if not PY2:
        return lock.acquire(True, PATIENCE)
    end = time.time() + PATIENCE  # noqa: F821 - given by the probe
    while not lock.acquire(False):
        if time.time() > end:  # noqa: F821
            return False
        time.sleep(NAP)  # noqa: F821
    return True


def divert():
    """Has both streams written to a pipe; a function that ends this and returns what was written."""
    flush()  # noqa: F821 - given by the probe
    reader, writer = os.pipe()
    saved = [os.dup(1), os.dup(2)]
    os.dup2(writer, 1)
    os.dup2(writer, 2)
    os.close(writer)

    def end():
        flush()  # noqa: F821
        for fd in (1, 2):
            os.dup2(saved[fd - 1], fd)
            os.close(saved[fd - 1])
        written = b""
        while True:
            piece = os.read(reader, 1 << 16)
            if not piece:
                break
            written += piece
        os.close(reader)
        return written

    return end


def next_call(run):
    """The next call that the transcript makes: its text, and code that makes it."""
    number = 0
    for letter, content in run.fields:
        if letter == b"w":
            continue
        if letter == b"s" and number > run.number:
            text = content.decode("utf-8")
            try:
                tree = compile(text + "\n", "<stdin>", "exec", ONLY_AST | run.flags, True)
            except Exception:
                continue
            if kind_of(tree)[0] == "call":  # noqa: F821 - given by the probe
                whole = compile("0", "<stdin>", "eval", ONLY_AST, True)
                whole.body = tree.body[0].value
                return text, compile(whole, "<stdin>", "eval", run.flags, True)
        number += 1
    return None, None


try:
    from _thread import allocate_lock, start_new_thread
except ImportError:
    from thread import allocate_lock, start_new_thread
