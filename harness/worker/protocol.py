"""The protocol: requests in, frames and marks out.

Part of the probe.  A request is read with nothing that a scenario could patch, and
what is sent is packed by `marshal` (`packed.rs`), which is written in C and there in
every Python, in the oldest of its formats.
"""

import os
import sys
import time

PY2 = sys.version_info[0] == 2
text_type = type(u"")
EINTR = 4  # without PEP 475, before 3.5, a call says so
EAGAIN = (11, 35)  # on Linux, elsewhere


def receive(commands):
    """One message: its length in decimal, a newline, and the fields (`request.rs`).  None at end of file."""
    length = b""
    while not length.endswith(b"\n"):
        byte = os.read(commands, 1)
        if not byte:
            return None
        length += byte
    parts, missing = [], int(length)
    while missing:
        part = os.read(commands, min(missing, 1 << 20))
        if not part:
            return None
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def fields_of(body):
    """The letter and the content of each field of a message."""
    fields, at = [], 0
    while at < len(body):
        colon = body.index(b":", at)
        end = colon + 1 + int(body[at + 1:colon])
        fields.append((body[at:at + 1], body[colon + 1:end]))
        at = end
    return fields


class Wire(object):
    """The protocol's descriptor, and copies of descriptors 1 and 2 that a scenario cannot redirect."""

    def __init__(self, frames, stdout, stderr):
        self.frames = frames
        self.streams = [fd for fd in (stdout, stderr) if fd is not None]
        self.nonce = b""

    def send(self, value):
        """One frame: `@nonce:length`, what is sent, and the nonce again, so that anything else shows."""
        try:
            payload = dumps(value, 0)  # noqa: F821 - given by the probe
        except ValueError:
            payload = dumps(plain(value), 0)  # noqa: F821
        header = b"@" + self.nonce + b":" + str(len(payload)).encode("ascii") + b"\n"
        write_all(self.frames, header + payload + b"\n" + self.nonce + b"\n")

    def unblock(self):
        """Undoes what a run may have done to the descriptions that it shares with this process."""
        for fd in [self.frames] + self.streams:
            set_blocking(fd, True)  # noqa: F821 - given by the probe

    def mark(self, step):
        """Flushes, and ends the step's part of both streams."""
        flush()
        mark = b"@" + self.nonce + b":" + str(step).encode("ascii") + b"\n"
        for stream in self.streams:
            write_all(stream, mark)


def write_all(fd, data):
    while data and fd is not None:
        try:
            data = data[os.write(fd, data):]
        except OSError as error:
            if error.errno not in EAGAIN and error.errno != EINTR:
                raise
            time.sleep(0.001)


def flush():
    """Flushes what stands for the two streams, whatever that is by now."""
    for name in ("stdout", "stderr"):
        try:
            getattr(sys, name).flush()
        except BaseException:
            pass


def plain(value):
    """A value as it can be packed: of exact types only."""
    kind = type(value)
    if kind is list:
        return [plain(item) for item in value]
    if kind is dict:
        return dict((key, plain(item)) for key, item in value.items())
    if value is None or kind is bool or kind is int or kind is text_type or kind is bytes:
        return value
    return int.__index__(value) if issubclass(kind, int) and not PY2 else int(value)
