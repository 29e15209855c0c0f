"""A program of the user's, played in the place of a scenario's steps, as `python` would run it.

Part of the probe: see `sweep.py`.  What `runpy` and the interpreter's own main do is
done here: `__main__` is the program's, `sys.argv` and `sys.path[0]` are what it would
find, and its end is that of a process.
"""

import os
import sys
import types

try:
    import builtins
except ImportError:
    import __builtin__ as builtins

PY2 = sys.version_info[0] == 2
loaded = sys.modules


class Program(object):
    """What is run, and the sources that modules get once they are reloaded."""

    def __init__(self, fields):
        self.arguments, self.sources = [], {}
        self.script = self.module = name = None
        self.is_edited = False
        for letter, content in fields:
            if letter == b"d":
                self.folder = native(content)  # noqa: F821 - given by the probe, as below
            elif letter == b"s":
                self.script = native(content)  # noqa: F821
            elif letter == b"m":
                self.module = native(content)  # noqa: F821
            elif letter == b"a":
                self.arguments.append(native(content))  # noqa: F821
            elif letter == b"n":
                self.is_edited = True
            elif letter == b"e":
                name = native(content)  # noqa: F821
            elif letter == b"c":
                self.sources[name] = content
        self.finder = None

    def play(self, run):
        """Runs it to its end; the event, with the exit status."""
        event = {"kind": "other"}
        if self.is_edited:
            self.edit()
        os.chdir(self.folder)
        try:
            run.execute(self.prepare(run.census.main))
        except SystemExit as error:
            event["leaves"] = exit_status(error)  # noqa: F821
        except BaseException:
            event["exception"] = run.exception()
            event["leaves"] = 1
            kind, error, trace = sys.exc_info()
            while trace is not None and trace.tb_frame.f_code.co_filename in own_files:  # noqa: F821
                trace = trace.tb_next  # this program would not have the harness's frames
            if not PY2:
                error.__traceback__ = trace
            sys.excepthook(kind, error, trace)
        end_threads()  # noqa: F821
        event.setdefault("leaves", 0)
        return event

    def prepare(self, main):
        """Code that does what the interpreter's main does from here on."""
        sys.argv = [self.script or "-m"] + self.arguments
        if not PY2:
            builtins.__dict__.pop("reload", None)  # the scenarios', not the program's
        if self.module is not None:
            sys.path[0:0] = [""] if PY2 else [os.getcwd()]
            call = "__import__('runpy')._run_module_as_main(%r)" % self.module
            return compile(call, "<reload-harness>", "exec")
        sys.path[0:0] = [os.path.dirname(os.path.abspath(self.script))]
        main["__file__"] = self.script
        with open(self.script, "rb") as file:
            return compile(file.read(), self.script, "exec", 0, True)

    def files(self):
        """Sources in the folder of the program that modules were loaded from, the script included."""
        found = set([self.script] if self.script is not None else [])
        for module in list(loaded.values()):
            if issubclass(type(module), types.ModuleType):
                file = module_dict(module).get("__file__")  # noqa: F821 - given by the probe
                if type(file) is str:
                    found.add(file[:-1] if file.endswith((".pyc", ".pyo")) else file)
        root = os.path.realpath(self.folder) + os.sep
        paths = [os.path.realpath(os.path.join(self.folder, file)) for file in found]
        return sorted(set(to_text(path[len(root):]) for path in paths if path.startswith(root)))  # noqa: F821

    def edit(self):
        """From now on a module's source is the new one, whoever imports or reloads it."""
        if self.sources and self.finder is None:
            self.finder = Edited(self.sources)
            sys.meta_path.insert(0, self.finder)


class Edited(object):
    """A finder that finds a module where it is, and has it executed from another source."""

    def __init__(self, sources):
        self.sources = sources
        self.busy = False

    def find_spec(self, name, path=None, target=None):
        if name not in self.sources or self.busy:
            return None
        self.busy = True
        try:
            spec = loaded["_frozen_importlib"]._find_spec(name, path, target)
        finally:
            self.busy = False
        if spec is not None and spec.origin:
            spec.loader = loader_of(self.sources[name], spec)
        return spec

    def find_module(self, name, path=None):
        return self if PY2 and name in self.sources and not self.busy else None

    def load_module(self, name):
        """2.7: what `imp.load_module` does with a source file, the source aside."""
        import imp
        parent, _, last = name.rpartition(".")
        path = loaded[parent].__path__ if parent else None
        file, where, kind = imp.find_module(last, path)
        if file is not None:
            file.close()
        elif kind[2] == imp.PKG_DIRECTORY:
            path, where = [where], os.path.join(where, "__init__.py")
        module = loaded.get(name)
        if module is None:
            module = loaded[name] = types.ModuleType(name)
        module.__file__, module.__loader__ = where, self
        if file is None:
            module.__path__ = path
        module.__package__ = name if file is None else parent or None
        exec(compile(self.sources[name], where, "exec", 0, True), module.__dict__)
        return module


def loader_of(source, spec):
    """A loader of a source file whose bytes are these; there is no bytecode of it."""
    machinery = type(spec.loader)

    class EditedLoader(machinery):
        def get_data(self, path):
            return source if path == spec.origin else machinery.get_data(self, path)

        def path_stats(self, path):
            raise OSError("not a file")  # so no bytecode is looked for, nor written

    return EditedLoader(spec.name, spec.origin)
