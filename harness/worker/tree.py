"""A folder's files, remembered and put back: a fork has memory of its own, but not files.

Part of the probe: see `sweep.py`.  Only what has changed since it was last looked at is
read again.
"""

import os
import stat

LIMIT = 64 << 20  # bytes that are kept; what is larger is not put back
OPEN_LIMIT = 1 << 20  # of a file that is open somewhere else; what is larger is cut where it was


class Tree(object):
    def __init__(self, root):
        self.root = root
        self.entries = {}  # by path below the root: signature, and content, link target or None

    def remember(self):
        """Takes down everything as it is."""
        before, self.entries = self.entries, {}
        for path, status in self.walk():
            signature = signature_of(status)
            known = before.get(path)
            if known is not None and known[0] == signature:
                self.entries[path] = known
            else:
                self.entries[path] = signature, content_of(self.root + path, status)

    def restore(self):
        """Puts everything back that is not as it was."""
        touched, kept = set(), set()
        for path, status in sorted(self.walk(), reverse=True):  # what is in a folder before the folder
            known = self.entries.get(path)
            if known is not None and known[0] == signature_of(status):
                continue
            touched.add(path)
            if known is None or stat.S_IFMT(status.st_mode) != stat.S_IFMT(known[0][0]):
                remove(self.root + path, status)
            elif known[0][3] == status.st_ino and known[1] == content_of(self.root + path, status) is not None:
                kept.add(path)  # the run may have it open
        for path in sorted(self.entries):
            signature, content = self.entries[path]
            if path in kept:
                continue
            if path in touched or not exists(self.root + path):
                touched.add(path)
                put(self.root + path, signature, content)
        for path in sorted(touched, reverse=True):
            if path in self.entries:
                self.settle(path)
        # Whatever was put back or removed has changed the folders above it.
        for folder in sorted(set(folders_above(touched)) - touched, reverse=True):
            self.settle(folder)

    def settle(self, path):
        mode, _, mtime = self.entries[path][0][:3]
        if not stat.S_ISLNK(mode):
            os.chmod(self.root + path, stat.S_IMODE(mode))
            set_mtime(self.root + path, mtime)
        status = os.lstat(self.root + path)
        self.entries[path] = signature_of(status), self.entries[path][1]

    def walk(self):
        """(path, status) of the root and of all that is below it."""
        todo = [""]
        while todo:
            path = todo.pop()
            try:
                status = os.lstat(self.root + path)
                inside = os.listdir(self.root + path) if stat.S_ISDIR(status.st_mode) else ()
            except OSError:
                continue  # gone or locked away since
            todo.extend(path + "/" + name for name in inside)
            yield path, status


class OpenFiles(object):
    """The files that are open, wherever they are: a branch has the same offsets as the run, and may write or cut."""

    def __init__(self):
        self.offsets = []
        self.kept = {}  # by descriptor: signature, and content or None

    def remember(self):
        before, self.kept, self.offsets = self.kept, {}, []
        for name in os.listdir("/dev/fd"):
            fd = int(name)
            try:
                self.offsets.append((fd, os.lseek(fd, 0, os.SEEK_CUR)))
                status = os.fstat(fd)
            except OSError:
                continue  # a pipe, or closed by now
            if stat.S_ISREG(status.st_mode):
                signature, known = signature_of(status), before.get(fd)
                is_known = known is not None and known[0] == signature
                self.kept[fd] = known if is_known else (signature, open_content(fd, status))

    def restore(self):
        for fd, (signature, content) in self.kept.items():
            try:
                status = os.fstat(fd)
                if signature_of(status) == signature:
                    continue
                if content is not None and open_content(fd, status) != content:
                    rewrite(fd, 0, content)
                elif content is None and status.st_size > signature[1]:
                    rewrite(fd, signature[1], b"")
            except (OSError, IOError):
                pass  # nobody may write to it
        for fd, offset in self.offsets:
            os.lseek(fd, offset, os.SEEK_SET)


def rewrite(fd, size, content):
    """Cuts a file that is open, if only for reading, and adds to it: a branch may have opened it once more by its name."""
    again = os.open("/dev/fd/%d" % fd, os.O_WRONLY)
    try:
        os.ftruncate(again, size)
        os.lseek(again, size, os.SEEK_SET)
        while content:
            content = content[os.write(again, content):]
    finally:
        os.close(again)


def open_content(fd, status):
    """What is in a file that is open, even one that has no name any more."""
    if status.st_size > OPEN_LIMIT:
        return None
    return content_of("/dev/fd/%d" % fd, status)


def signature_of(status):
    mtime = getattr(status, "st_mtime_ns", status.st_mtime)
    return status.st_mode, status.st_size, mtime, status.st_ino


def content_of(path, status):
    try:
        if stat.S_ISLNK(status.st_mode):
            return os.readlink(path)
        if stat.S_ISREG(status.st_mode) and status.st_size <= LIMIT:
            with open(path, "rb") as file:
                return file.read()
    except OSError:
        pass
    return None


def put(path, signature, content):
    mode = signature[0]
    if stat.S_ISDIR(mode):
        if not exists(path):
            os.mkdir(path)
    elif stat.S_ISLNK(mode):
        if exists(path):
            os.unlink(path)
        os.symlink(content, path)
    elif content is not None:
        if exists(path):
            os.unlink(path)  # a new file: somebody may have a hard link, or no right to write to it
        with open(path, "wb") as file:
            file.write(content)


def remove(path, status):
    if stat.S_ISDIR(status.st_mode):
        os.rmdir(path)
    else:
        os.unlink(path)


def exists(path):
    try:
        os.lstat(path)
    except OSError:
        return False
    return True


def set_mtime(path, mtime):
    if type(mtime) is float:  # 2.7
        os.utime(path, (mtime, mtime))
    else:
        os.utime(path, ns=(mtime, mtime))


def folders_above(paths):
    for path in paths:
        while path:
            path = path.rpartition("/")[0]
            yield path
