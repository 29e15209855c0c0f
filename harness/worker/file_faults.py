"""Files: what the reload asks of them fails or comes back short, or they are not as they should be.

Part of the probe: see `faults.py`.  First come the *states*, in every Python: of the
source and of its bytecode, laid down just before the reload.  Then each call that the
import system makes while it reloads, failing in turn in each way there is; on 3.x only,
for there it is Python's own code that makes them, whose functions can be replaced.
"""

import os
import sys
import types

PY2 = sys.version_info[0] == 2
loaded = sys.modules
MAGIC = imp.get_magic() if PY2 else loaded["_frozen_importlib_external"].MAGIC_NUMBER  # noqa: F821 - given by the probe
NUMBERS = {"ENOENT": 2, "EACCES": 13, "EIO": 5}  # `errno` has them, but a bare interpreter has not imported it
ERRORS = ("ENOENT", "EACCES", "EIO")
SHORT = "short"
NO_CALLS = "no call of its own can fail: the import system of 2.7 is not written in Python"
LATER = 10  # seconds, as between two writes of a run


class FileFaults(object):
    """The mechanism: the places are first the states, and then the calls with each of their failures."""

    def __init__(self, seam, fields):
        self.seam = seam
        self.states = []

    @property
    def refusal(self):
        if PY2 and self.seam.run.program is not None:
            return NO_CALLS
        return None

    def prepare(self, module):
        if self.seam.run.program is not None:
            # What is laid down would be in the user's own folder.
            self.seam.told["note"] = "the states of source and bytecode are tried in scenarios only"
            return
        if PY2:
            self.seam.told["note"] = NO_CALLS
        if os.path.isfile(self.seam.file):
            self.states = States(self.seam.run, self.seam.file).all()

    def carry_out(self, place, reload, module):
        if place is None:
            calls = Calls(self.seam.run)
            for name, _ in self.states:
                self.seam.meet("<%s>" % name, 0, "")
            try:
                return calls.during(reload, module)
            finally:
                for name, number in calls.made:
                    self.seam.meet("<%s>" % name, number, "")
        if place < len(self.states):
            return self.laid_down(self.states[place][1], reload, module)
        return Calls(self.seam.run, place - len(self.states)).during(reload, module)

    def carry_out_at(self, at, number, reload, module):
        for name, lay_down in self.states:
            self.seam.came(name)
            if name == at:
                self.seam.has_struck = True
                return self.laid_down(lay_down, reload, module)
        calls = Calls(self.seam.run, (at, number))
        try:
            return calls.during(reload, module)
        finally:
            for made in calls.made:
                self.seam.came(made[0])
                self.seam.has_struck = self.seam.has_struck or made == calls.victim

    def laid_down(self, lay_down, reload, module):
        """A reload that finds the files so; afterwards they are what they were."""
        calls = Calls(self.seam.run)
        try:
            lay_down(calls)
            return calls.during(reload, module)
        finally:
            self.seam.put_back()


# ---- calls


class Calls(object):
    """What the import system asks of files, from 3.x on, and the one failure that it meets.

    The victim is a place by its number, or by its name and how many-th of that name it is.
    """

    def __init__(self, run, victim=None):
        self.run = run
        self.victim = victim
        self.made = []  # of each call and failure: its name, and how many-th of that name it is
        self.numbers = {}
        self.before_open = {}  # by path: what is done before it is opened

    def during(self, reload, module):
        if PY2:
            return reload(module)
        external = loaded["_frozen_importlib_external"]
        real = external._os, external._io
        external._os = standing_in(real[0], self.os_functions(real[0]))
        external._io = standing_in(real[1], self.io_functions(real[1]))
        try:
            return reload(module)
        finally:
            external._os, external._io = real

    def os_functions(self, real):
        def listdir(path):
            failure = self.meet("listdir", path, ERRORS + (SHORT,))
            names = real.listdir(path)
            return sorted(names)[:len(names) // 2] if failure == SHORT else names

        def stat(path, *args, **kwargs):
            self.meet("stat", path, ERRORS)
            return real.stat(path, *args, **kwargs)

        def open(path, *args, **kwargs):
            self.meet("open", path, ERRORS)
            return real.open(path, *args, **kwargs)

        return {"listdir": listdir, "stat": stat, "open": open}

    def io_functions(self, real):
        def opened(make):
            def open(path, *args, **kwargs):
                if type(path) is int:
                    return make(path, *args, **kwargs)
                if path in self.before_open:
                    self.before_open.pop(path)()
                self.meet("open", path, ERRORS)
                return Reading(self, path, make(path, *args, **kwargs))
            return open

        return dict((name, opened(getattr(real, name))) for name in ("FileIO", "open_code") if hasattr(real, name))

    def meet(self, what, path, failures):
        """A call is made: which failure it has, if not an exception."""
        name = "%s %s" % (what, self.short_name(path))
        number = self.numbers[name] = self.numbers.get(name, 0) + 1
        for failure in failures:
            made = "%s: %s" % (name, failure), number
            self.made.append(made)
            if self.victim in (len(self.made) - 1, made):
                if failure == SHORT:
                    return failure
                raise OSError(NUMBERS[failure], os.strerror(NUMBERS[failure]), path)
        return None

    def short_name(self, path):
        path = os.fsdecode(path) if type(path) in (str, bytes) else str(path)
        if path == self.run.workspace:
            return "."
        relative = self.run.relative(path)
        return os.path.basename(path) if relative == path else relative


class Reading(object):
    """A file that is open for reading."""

    def __init__(self, calls, path, file):
        self.calls, self.path, self.file = calls, path, file

    def __enter__(self):
        self.file.__enter__()
        return self

    def __exit__(self, *raised):
        return self.file.__exit__(*raised)

    def read(self, *args):
        failure = self.calls.meet("read", self.path, ERRORS + (SHORT,))
        content = self.file.read(*args)
        return content[:len(content) // 2] if failure == SHORT else content

    def close(self):
        self.file.close()


def standing_in(module, functions):
    made = types.ModuleType(module.__name__)
    made.__dict__.update(module.__dict__)
    made.__dict__.update(functions)
    return made


# ---- states


class States(object):
    """How the source of a module and its bytecode can be."""

    def __init__(self, run, source):
        self.run = run
        self.source = source
        with open(source, "rb") as file:
            self.content = file.read()
        self.beside = source + "c"
        self.bytecode = self.beside if PY2 else loaded["_frozen_importlib_external"].cache_from_source(source)

    def all(self):
        """(name, function that lays it down) of each."""
        states = [
            ("source vanishes", lambda _: self.remove()),
            ("source is empty", lambda _: self.write(b"")),
            ("source is half-written", lambda _: self.write(self.half())),
        ]
        if not PY2:
            states.append(("source changes between stat and read", self.change_late))
        code = compiled(self.content, self.source)
        if code is None:
            return states  # of this there is no bytecode
        older = self.older()
        if older is not None:
            states.append(("bytecode is stale, of the same size and mtime", lambda _: self.cache(older)))
        states.append(("bytecode is of another magic", lambda _: self.cache(code, magic=b"\0\0\r\n")))
        states.append(("bytecode is truncated", lambda _: self.cache(code, cut=True)))
        if not PY2:
            states.append(("bytecode in __pycache__, source deleted", lambda _: self.leave(code, self.bytecode)))
        states.append(("bytecode beside deleted source", lambda _: self.leave(code, self.beside)))
        return states

    def older(self):
        """The code of the last other source that the scenario had in this file."""
        name, versions, number = None, [], 0
        for letter, content in self.run.fields:
            if number > self.run.number:
                break
            if letter == b"w":
                name = content.decode("utf-8")
                continue
            if letter == b"c" and name == self.run.relative(self.source) and content != self.content:
                versions.append(content)
            number += 1
        return compiled(versions[-1], self.source) if versions else None

    def half(self):
        """The source up to a line in the middle, of which there is half."""
        lines = self.content.splitlines(True)
        whole, last = lines[:len(lines) // 2], lines[len(lines) // 2:][:1]
        return b"".join(whole + [line[:(len(line) + 1) // 2] for line in last])

    def write(self, content):
        mtime = os.stat(self.source).st_mtime + LATER
        lay(self.source, content, mtime)

    def remove(self):
        os.unlink(self.source)

    def change_late(self, calls):
        calls.before_open[self.source] = lambda: self.write(self.half())

    def cache(self, code, path=None, magic=None, cut=False):
        """Lays down bytecode that is said to be of the source as it is."""
        status = os.stat(self.source)
        body = marshal.dumps(code)  # noqa: F821 - given by the probe
        if cut:
            body = body[:len(body) // 2]
        numbers = [int(status.st_mtime)] if PY2 else [int(status.st_mtime), status.st_size]
        if sys.version_info >= (3, 7):
            numbers.insert(0, 0)
        header = b"".join(four_bytes(number) for number in numbers)
        lay(path or self.bytecode, (magic or MAGIC) + header + body, status.st_mtime)

    def leave(self, code, path):
        self.cache(code, path)
        self.remove()


def compiled(source, file):
    try:
        return compile(source, file, "exec", 0, True)
    except (SyntaxError, ValueError, TypeError):
        return None


def four_bytes(number):
    return bytes(bytearray(number >> shift & 0xFF for shift in (0, 8, 16, 24)))


def lay(path, content, mtime):
    """A new file in the place of what is there."""
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        os.mkdir(folder)
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "wb") as file:
        file.write(content)
    os.utime(path, (mtime, mtime))

