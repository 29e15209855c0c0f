"""The files: what statements make of the sources in the workspace.

Part of the probe.  A source is what the import system could read: `.py` files, extension modules,
archives, and bytecode that has no source beside it; links with such a name or to a folder; and the
folders that all these are in.  Bytecode of a source is not one, nor is data.  Where nothing has
changed, a look costs an `lstat` of each.
"""

import os
import stat
import time

SUFFIXES = (".py", ".so", ".zip")
BYTECODE = (".pyc", ".pyo")
LARGEST = 1 << 20  # bytes of a file; what is larger is not looked at
EACCES = 13
MOST = 1000  # files, links and folders
RECENT = 0.05  # seconds, and more than file systems have between two times


class Files(object):
    """The sources as they were at the last look, by path."""

    def __init__(self, root):
        self.root = root
        self.known = {}
        self.is_left_to_edits = False
        self.look()

    def catch_up(self):
        """Takes what edits have written for what is there, before the next statement runs."""
        if self.is_left_to_edits:
            self.is_left_to_edits = False
            self.changes()

    def changes(self):
        """What is not what it was: paths, and what each is now, or None."""
        for path, entry in self.known.items():
            if not entry.is_current(path):
                break
        else:
            return []
        before, changed = self.known, []
        self.look()
        for path in sorted(set(before) | set(self.known)):
            was, now = before.get(path), self.known.get(path)
            if path != self.root and (was and was.state) != (now and now.state):
                changed.append((path[len(self.root) + 1:], now and now.state))
        return changed

    def look(self):
        try:
            self.known = self.walk(self.known)
        except (OSError, MemoryError):
            pass  # no descriptors are left, or no memory: what cannot be looked at is as it was

    def walk(self, before):
        found, todo = {}, [self.root]
        while todo:
            folder = todo.pop()
            found[folder] = entry = Folder(folder)
            for name in entry.names:
                path = folder + "/" + name
                status = os.lstat(path)
                kind = stat.S_IFMT(status.st_mode)
                if kind == stat.S_IFDIR and name != "__pycache__" and is_text(name):
                    todo.append(path)
                elif kind in (stat.S_IFREG, stat.S_IFLNK) and len(found) < MOST and is_text(name):
                    entry_of = source_file if kind == stat.S_IFREG else link
                    source = entry_of(path, status, is_source(name, entry.names), before.get(path))
                    if source is not None:
                        found[path] = source
            if len(found) + len(todo) > MOST:
                del todo[:]
        return found


class Entry(object):
    """A file, a link or a folder: what it is, and by what one sees whether it still is."""

    def __init__(self, status, state, read=None):
        self.state = state
        self.signature = signature(status)
        self.read = read and status.st_atime  # only who rewrites a file in the same moment gives the other times back
        self.is_recent = status.st_mtime > time.time() - RECENT

    def is_current(self, path):
        try:
            status = os.lstat(path)
            if signature(status) != self.signature:
                return False
            if self.is_recent or self.read != (self.read and status.st_atime):
                return self.is_as_it_was(path)
        except OSError:
            return False
        return True

    def is_as_it_was(self, path):
        kind, _, content = self.state
        if kind != "file":
            return kind != "link" or os.readlink(path) == content
        found, status = content_of(path)
        self.read = status.st_atime
        return found == content


class Folder(Entry):
    def __init__(self, path):
        status = os.lstat(path)
        self.names = sorted(os.listdir(path))
        Entry.__init__(self, status, ("folder", 0, ""))

    def is_as_it_was(self, path):
        return sorted(os.listdir(path)) == self.names


def source_file(path, status, is_source, before):
    if not is_source or status.st_size > LARGEST:
        return None
    if before is not None and before.state[0] == "file":
        if before.signature == signature(status) and before.read == status.st_atime and not before.is_recent:
            return before
    else:
        before = None
    mode = stat.S_IMODE(status.st_mode)
    try:
        content, status = content_of(path)
    except OSError as error:
        if error.errno != EACCES:
            raise
        if before is None or not is_same_content(before.signature, signature(status)):
            return None
        content = before.state[2]  # as it was before it could not be read
    return Entry(status, ("file", mode, content), True)


def link(path, status, is_source, before):
    return Entry(status, ("link", 0, os.readlink(path))) if is_source or os.path.isdir(path) else None


def is_source(name, names):
    """Whether the import system could read a file of this name, among these.

    `foo.cpython-311.pyc` is what it has written, wherever that is kept: no module has that name.
    """
    if name.endswith(BYTECODE):
        return name.count(".") == 1 and name[:-1] not in names
    return name.endswith(SUFFIXES)


def is_text(name):
    try:
        name.decode("utf-8") if type(name) is bytes else name.encode("utf-8")
    except UnicodeError:
        return False
    return True


def signature(status):
    """What tells that something else has a path, or other content; the first seven are mode, inode, device,
    links, owner, group and size.
    """
    return status[:7], status.st_mtime, status.st_ctime


def is_same_content(before, now):
    """By all but who may read it."""
    return (before[0][1], before[0][6], before[1]) == (now[0][1], now[0][6], now[1])


def content_of(path):
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        # A read gets a buffer of what it asks for; of a large one, each page is new.
        size = min(os.fstat(fd).st_size, LARGEST) + 1
        parts = [os.read(fd, size)]
        while parts[-1]:
            parts.append(os.read(fd, size))
        return b"".join(parts), os.fstat(fd)
    finally:
        os.close(fd)


def as_data(path, state):
    """A change, for the event."""
    kind, mode, content = state or ("gone", 0, "")
    if kind == "file":
        content = content.decode("latin-1")  # JSON has no bytes
    return {"path": path, "is": {"kind": kind, "mode": mode, "content": content}}


def lay(root, name, kind, content):
    """Makes of a path what the harness says: "gone", "folder", "link", "file", or "file" and its mode."""
    kind, _, mode = kind.partition(" ")
    path = root + "/" + name
    clear(path, kind == "folder")
    if kind == "gone":
        return
    folder = root
    for part in name.split("/")[:-1]:
        folder += "/" + part
        clear(folder, True)
        if not os.path.isdir(folder):
            os.mkdir(folder)
    if kind == "link":
        os.symlink(content, path)
    elif kind == "folder":
        if not os.path.isdir(path):
            os.mkdir(path)
    else:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            while content:
                content = content[os.write(fd, content):]
        finally:
            os.close(fd)
        if mode:
            os.chmod(path, int(mode, 8))


def clear(path, is_folder):
    """Removes what has a path, unless that is a folder and is to be one."""
    try:
        kind = stat.S_IFMT(os.lstat(path).st_mode)
    except OSError:
        return
    if kind != stat.S_IFDIR:
        os.unlink(path)
    elif not is_folder:
        for name in os.listdir(path):
            clear(path + "/" + name, False)
        os.rmdir(path)
