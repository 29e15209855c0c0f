"""Other addresses: memory that a run takes first, so that its objects are not where those of another run are.

Part of the probe.  Runs are forks of one process, and what is allocated in the same order is at the same
address in each.  Were it so in every run, what goes by an address (a default hash, `"%x" % id(a)`) would
seem to be the same in any two processes.
"""

import sys

MOST = 8
SMALL = range(16, 513, 8)  # bytes: the sizes of which pymalloc keeps pools (Objects/obmalloc.c)
LARGE = range(type.__basicsize__, type.__basicsize__ + 256, 16)  # classes, which malloc has room for
HEADER = sys.getsizeof(b"")
# It is made before the fork, and of what it holds the collector counts nothing: when it comes in stays the same.
HELD = [None] * (MOST * (len(SMALL) + len(LARGE)))


def displace(count):
    """Takes so many objects of every size, up to `MOST`, for as long as the process lives."""
    at = 0
    for size in tuple(SMALL) + tuple(LARGE):
        for _ in range(count):
            HELD[at] = b"." * (size - HEADER) if size > HEADER + 1 else object()
            at += 1
