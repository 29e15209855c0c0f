"""The sweep: forks the run wherever a fault can strike; the branch takes the fault and runs on.

Part of the probe, whose rules hold here too.  A run is played several times with the
same plan, less what is chosen.  The first time, the *survey*, only takes down which places
there are.  The others fork at each place that was chosen and wait for the branch, which
takes the fault, plays the rest and ends, while the run itself goes on untouched: a
place costs what comes after it, never what came before.

What a fault is, is a file of its own; here is what all of them have in common.
"""

import os
import sys
import time
import types

PY2 = sys.version_info[0] == 2
SIGKILL = 9
EINTR = 4  # without PEP 475, before 3.5, a call says so
ECHILD = 10
BRANCH_FD = 1000  # out of the way of those that the scenario opens, in the branch as in the run
SLICE = 0.02  # seconds between two looks at a branch whose descriptor something else keeps open
PAUSE = 0.0001  # seconds, at first, between two looks at one that has closed it
PLACES = 200000  # that are taken down
# Marks that cut the output streams, beyond any number of a step (`frame.rs`).
FORKED = 999999999998
JOINED = 999999999999

loaded = sys.modules


class Sweep(object):
    """One sweep over a run: the places that were met, and the branches at those that are chosen."""

    def __init__(self, run, plan, faults):
        """The plan is a list of fields, each a letter and its content (`plan.rs`)."""
        self.run = run
        fields = dict(plan)
        self.modules = fields[b"m"].decode("utf-8").split()
        self.limit = float(fields[b"l"])
        chosen = fields.get(b"c")
        self.chosen = None if chosen is None else frozenset(map(int, chosen.split()))
        self.last = max(self.chosen) if self.chosen else -1
        self.met = 0
        self.places = []  # of each: its location, and what there was at it (`survey`)
        self.locations = []
        self.numbers = {}
        self.states = {}
        self.skipped = 0
        self.calls = []  # of each live call that was met: the one that it was made in
        self.reloaded = None  # what a fault of the reload itself tells of the module
        self.in_branch = False
        self.is_watching_exit = False
        self.tree = tree.Tree(run.workspace)  # noqa: F821 - given by the probe
        self.open_files = tree.OpenFiles()  # noqa: F821
        self.fault = faults[fields[b"k"]](self, fields)

    # -- as the run goes on

    def begin(self):
        """Before a statement is executed."""
        if self.chosen is None and not self.is_watching_exit:
            self.is_watching_exit = True
            self.watch_exit()
        if not self.in_branch:
            self.fault.begin()

    def end(self):
        """After it."""
        if not self.in_branch:
            self.fault.end()

    def survey(self):
        """What was taken down, as a frame; None in a run that forks, or in a branch."""
        if self.chosen is not None or self.in_branch:
            return None
        return {
            "frame": "survey",
            "locations": self.locations,
            "places": [number for place in self.places for number in place],
            "met": self.met,
            "skipped": self.skipped,
            "missing": [name for name in self.modules if name not in loaded],
            "calls": self.calls,
            "reloaded": self.reloaded,
            "files": self.run.program.files() if self.run.program is not None else [],
        }

    def watch_exit(self):
        """Has `os._exit` tell what was taken down first: nothing comes after it."""
        real_exit = loaded["os"]._exit

        def _exit(status):
            survey = None if self.is_elsewhere() else self.survey()
            if survey is not None:
                self.run.wire.send(survey)
            real_exit(status)

        loaded["os"]._exit = _exit

    def is_elsewhere(self):
        """Whether this is a process that the run itself has forked: what it does is not the run's."""
        return os.getpid() != self.run.player

    # -- places

    def location(self, file, line, function, code):
        """The number of a location in the source, by which places refer to it."""
        key = (file, line, function, code)
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.locations)
            location = {"file": self.run.relative(file), "line": line, "function": to_text(function)}  # noqa: F821
            self.locations.append(dict(location, code=code))
        return number

    def state(self, what):
        """The number of a state, equal for what is equal."""
        return self.states.setdefault(what, len(self.states))

    def reach(self, describe, has_company, at=None):
        """Comes to the next place; whether this process is the branch that takes the fault there.

        `at` is its file, line and function; `describe` gives the place's location, and what
        there is at it, as numbers.  Where the run has company, other threads, processes or
        interpreters of its own, it has its number, but no branch, which would be without them.
        """
        if self.is_elsewhere():
            return False
        place, self.met = self.met, self.met + 1
        if self.chosen is None:
            is_passed_over = has_company()
            self.skipped += is_passed_over
            if place < PLACES:
                self.places.append((self.run.number,) + describe() + (int(is_passed_over),))
            return False
        return place in self.chosen and not has_company() and self.branch(place, at=at)

    def branch(self, place, variant=0, at=None):
        """Forks; true in the branch.  The run returns once that has ended, false."""
        wire = self.run.wire
        wire.mark(FORKED)
        event = {"frame": "forked", "place": place, "variant": variant, "step": self.run.number}
        if at is not None:
            file, line, function = at
            event["at"] = [self.run.relative(file), line, to_text(function)]  # noqa: F821
        wire.send(event)
        self.tree.remember()
        self.open_files.remember()
        reader, writer = os.pipe()
        level = import_lock_level() if PY2 else 0
        run, child = os.getpid(), os.fork()
        if child == 0:
            for _ in range(level):
                imp.acquire_lock()  # noqa: F821 - given by the probe
            os.setsid()
            move_up(writer)
            os.close(reader)
            self.in_branch = True
            self.run.player = os.getpid()
            forked.give_back(run)  # noqa: F821 - given by the probe
            return True
        os.close(writer)
        status, was_killed = wait_for(child, reader, self.limit)
        os.close(reader)
        self.open_files.restore()
        self.tree.restore()
        wire.unblock()
        wire.mark(JOINED)
        wire.send({"frame": "joined", "place": place, "status": status, "killed": was_killed})
        return False

    def rehearse(self):
        """A branch that ends at once, and of which nobody is told."""
        wire, self.run.wire = self.run.wire, NOBODY
        try:
            if self.branch(0):
                os._exit(0)
        finally:
            self.run.wire = wire

    def refuse(self, reason):
        """Tells why this fault cannot strike in this Python; the run goes on untouched."""
        self.run.wire.send({"frame": "refused", "reason": reason})

    def struck(self, exception=None, **more):
        """Tells what the fault itself came to, in the branch."""
        self.run.wire.send(dict(more, frame="struck", exception=exception))


class Nobody(object):
    """A wire that leads nowhere."""

    def mark(self, number):
        pass

    def send(self, frame):
        pass

    def unblock(self):
        pass


NOBODY = Nobody()


def import_lock_level():
    """How many imports are in progress; a fork on 2.7 forgets it (`_PyImport_ReInitLock`), and their ends fail."""
    level = 0
    while imp.lock_held():  # noqa: F821 - given by the probe
        imp.release_lock()  # noqa: F821
        level += 1
    for _ in range(level):
        imp.acquire_lock()  # noqa: F821
    return level


def move_up(fd):
    """Moves a descriptor out of the way; not to be inherited by programs that the branch starts."""
    if PY2:
        os.dup2(fd, BRANCH_FD)
        flags = fcntl.fcntl(BRANCH_FD, fcntl.F_GETFD)  # noqa: F821 - given by the probe
        fcntl.fcntl(BRANCH_FD, fcntl.F_SETFD, flags | fcntl.FD_CLOEXEC)  # noqa: F821
    else:
        os.dup2(fd, BRANCH_FD, False)
    os.close(fd)


def wait_for(child, reader, limit):
    """The raw wait status of a branch, and whether it was killed at its limit, in seconds.

    The branch holds the other end of a pipe, so that its end is known at once; looked
    at is it now and then all the same, for what it leaves running may hold it too.
    """
    end, was_killed, pause = time.time() + limit, False, PAUSE
    while True:
        left, closed = end - time.time(), []
        if left <= 0 and not was_killed:
            was_killed = True
            kill_group(child)
        try:
            pause_at_most = SLICE if was_killed else max(0.0, min(left, SLICE))
            closed = select.select([reader], [], [], pause_at_most)[0]  # noqa: F821 - given by the probe
        except (OSError, select.error):  # noqa: F821 - interrupted: before 3.5
            pass
        try:
            ended, status = os.waitpid(child, os.WNOHANG)
        except OSError as error:
            if error.errno == EINTR:
                continue
            return 0, was_killed  # somebody else has waited for it: the scenario ignores SIGCHLD
        if ended:
            kill_group(child)  # what it has left behind
            return status, was_killed
        if closed:  # it is about to be gone, or the scenario closes whatever is open
            time.sleep(pause)
            pause = min(2 * pause, SLICE)


def kill_group(child):
    for kill in (os.killpg, os.kill):
        try:
            kill(child, SIGKILL)
        except OSError:
            pass


def reload_each(sweep, names):
    """Reloads the modules of these names that are there, in this order; the exception of one that fails."""
    for name in names:
        module = loaded.get(name)
        if issubclass(type(module), types.ModuleType):
            try:
                reload(module)  # noqa: F821 - given by the probe
            except BaseException:
                return sweep.run.exception()
    return None
