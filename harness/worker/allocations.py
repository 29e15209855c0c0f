"""Allocations: memory runs out once, at the k-th allocation of a reload.

Part of the probe: see `faults.py`.  Only one allocation fails; the next one is served
again, for from 3.11 on an interpreter that gets no more memory at all may unwind an
exception for ever.  `reload-worker` has hooks of its own for this, a spawned Python its
`_testcapi`.  A CPython that loses its way over a failed allocation crashes the branch.
"""

import sys

loaded = sys.modules
# Of a reload that makes more allocations than this `_testcapi` can only tell that it does.
FAR = 1 << 22
PLACE = "<allocation>"
ROUNDS = 6


class Allocations(object):
    """The mechanism: a place is the number of an allocation, less one."""

    def __init__(self, seam, fields):
        self.seam = seam
        self.hooks, self.refusal = hooks()

    def prepare(self, module):
        """Has some forks come and go, in the survey as in a run that strikes.

        How many allocations a reload makes depends on the freed objects that are kept for
        reuse.  These become what each round leaves as it found it (as `settle` in `probe.py`
        has it for runs), and so the same for each branch, whichever come before it.
        """
        for _ in range(ROUNDS):
            self.seam.rehearse()

    def carry_out(self, place, reload, module):
        if place is not None:
            return self.hooks.strike(place + 1, reload, module)[0]
        module, count = self.hooks.count(reload, module)
        for number in range(1, count + 1):
            self.seam.meet(PLACE, number, "")
        return module

    def carry_out_at(self, at, number, reload, module):
        self.seam.has_struck = True
        module, made = self.hooks.strike(number, reload, module)
        self.seam.has_struck = made is None or made >= number
        return module


def hooks():
    """Those of this Python; or None, and why it has none."""
    if _harness is not None:  # noqa: F821 - given by the probe
        return Embedded(_harness), None  # noqa: F821
    known = "_testcapi" in loaded
    try:
        import _testcapi
    except ImportError:
        return None, "this Python has no _testcapi, by which an allocation can be made to fail"
    if not known:
        del loaded["_testcapi"]
    if hasattr(_testcapi, "set_nomemory"):
        return Spawned(_testcapi), None
    return None, "the _testcapi of this Python cannot make an allocation fail, as it can from 3.6 on"


class Embedded(object):
    def __init__(self, module):
        self.arm, self.disarm = module.arm, module.disarm

    def count(self, call, argument):
        """What a call returns, and how many allocations it made."""
        result, made = window(self.arm, (0,), self.disarm, call, argument)
        return result, made

    def strike(self, number, call, argument):
        """The same call, of whose allocations this one fails, counted from 1 on."""
        return window(self.arm, (number,), self.disarm, call, argument)


class Spawned(object):
    def __init__(self, module):
        self.set_nomemory, self.remove = module.set_nomemory, module.remove_mem_hooks

    def count(self, call, argument):
        """It does not tell, so what is left until one far away fails is used up here."""
        left = iter(bytes(FAR))  # the numbers that it yields are there already

        def use_up():
            try:
                for _ in left:
                    object()  # one allocation
            except MemoryError:
                pass
            self.remove()
            return left.__length_hint__()

        return window(self.set_nomemory, (FAR - 1, FAR), use_up, call, argument)

    def strike(self, number, call, argument):
        return window(self.set_nomemory, (number - 1, number), self.remove, call, argument)


def window(arm, arguments, disarm, call, argument):
    """A call that is armed, and with nothing around it that allocates."""
    made = None
    try:
        arm(*arguments)
        result = call(argument)
    finally:
        made = disarm()
    return result, made
