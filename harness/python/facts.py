# Says what this Python is: fields `key=value`, each ended by a NUL, between two markers on standard
# output. Bytes, not JSON: a path need not be text, and json costs half of the time this takes.
# Runs on 2.7 and everything after it, as `python -E -s -S -c`.
import sys

# With -c the working directory stands first: a sysconfig.py there must not be ours.
sys.path[:] = [entry for entry in sys.path if entry]

try:
    import os
    from sysconfig import get_config_var
except ImportError:
    # A virtual environment of 2.7 reaches its standard library through its own site.py alone.
    if not sys.flags.no_site:
        raise
    os = None


def implementation():
    named = getattr(sys, "implementation", None)
    if named is not None:
        return named.name
    return getattr(sys, "subversion", ("CPython",))[0].lower()


def number(info):
    level = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(info[3])
    return "%d.%d.%d" % tuple(info[:3]) + ("%s%d" % (level, info[4]) if level else "")


def home():
    prefix = getattr(sys, "base_prefix", None) or getattr(sys, "real_prefix", sys.prefix)
    return os.path.realpath(prefix)


def facts():
    if os is None:
        yield "rootless", "1"
        return
    yield "implementation", implementation()
    yield "version", number(sys.version_info)
    if hasattr(sys, "pypy_version_info"):
        yield "release", number(sys.pypy_version_info)
    yield "executable", sys.executable or ""
    yield "base_prefix", getattr(sys, "base_prefix", sys.prefix)
    yield "home", home()
    yield "abiflags", getattr(sys, "abiflags", "")
    if hasattr(sys, "gettotalrefcount"):
        yield "debug", "1"
    if hasattr(sys, "getobjects"):
        yield "traced", "1"
    for key in ("LIBDIR", "MULTIARCH", "INSTSONAME", "LDLIBRARY", "Py_GIL_DISABLED"):
        value = get_config_var(key)
        if value:
            yield key, str(value)


def raw(text):
    if isinstance(text, bytes):
        return text
    return os.fsencode(text) if hasattr(os, "fsencode") else text.encode("utf-8")


out = getattr(sys.stdout, "buffer", sys.stdout)
out.write(b"\0reload-harness facts\0")
for key, value in facts():
    out.write(raw(key) + b"=" + raw(value) + b"\0")
out.write(b"end of facts\0")
out.flush()
