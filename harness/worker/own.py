"""What is the scenario's own: which modules, classes and functions its code has made.

Part of the census.  An object says of itself where it is from; that may be wrong, or of what is not
there, and what code of a library makes for the scenario's is not always the library's.
"""

import sys
import types

PY2 = sys.version_info[0] == 2
DECORATORS = 20  # that are looked behind, one above the other
CALLED = ("types", "abc", "builtins", "__builtin__")  # where classes made by calls say they are from
CYTHON = ("cython_runtime", "_cython_")
loaded = sys.modules
# Given by the probe: raw.
function_inside, functions_of, is_written_in_python = raw.function_inside, raw.functions_of, raw.is_written_in_python  # noqa: F821
module_dict, qualified_name, value_module = raw.module_dict, raw.qualified_name, raw.value_module  # noqa: F821


class Own(object):
    """Tells what is the scenario's: the modules by `names`, and what these and the prompt have made."""

    def __init__(self, workspace, main, ancestors, is_stranger):
        self.workspace = workspace
        self.main = main
        self.foreign_modules = ancestors.modules  # a copy that was made before the fork, and of this run alone
        self.is_stranger = is_stranger  # whether a class is known not to be the scenario's
        self.names = set()
        self.entries = self.entries_now()

    # -- modules

    def modules(self):
        """The entries of sys.modules that are the scenario's, sorted by name."""
        if self.entries == self.entries_now():
            own = [(name, loaded[name]) for name in self.names if loaded.get(name) is not None]
            return sorted(own, key=lambda pair: pair[0])
        own = []
        for name, module in list(loaded.items()):
            if self.foreign_modules.get(name, self) is module:
                continue  # as nearly all
            if name in self.names:
                if module is not None:
                    own.append((name, module))
            elif name != "__main__" and module is not None and self.has_module(name, module):
                own.append((name, module))
            else:
                self.foreign_modules[name] = module
        self.names.update(name for name, _ in own)
        self.entries = self.entries_now()
        return sorted(own, key=lambda pair: pair[0])

    def entries_now(self):
        """What tells that an entry of sys.modules is another, or that an own one has another name.

        By which name a module is found that is not the scenario's makes no difference; it is
        held, so nothing else gets its id.
        """
        return list(map(id, loaded.values())), list(map(id, map(loaded.get, self.names)))

    def has_module(self, name, module):
        """Whether a module comes from the workspace, or was made by hand."""
        if not issubclass(type(module), types.ModuleType):
            return self.has_class(type(module))
        namespace = module_dict(module)
        places = [namespace.get("__file__")]
        try:
            places.extend(namespace.get("__path__") or ())
        except BaseException:
            pass
        places = [place for place in places if type(place) is str]
        if not places:
            if type(name) is str and name.startswith(CYTHON):
                return False  # made by hand, but by what Cython has compiled
            return namespace.get("__spec__") is None and namespace.get("__loader__") is None and not PY2
        return any([self.is_in_workspace(place) for place in places])

    def is_in_workspace(self, place):
        """Whether a file or folder is the scenario's.  What a bare interpreter has it found by absolute paths."""
        return (place + "/").startswith(self.workspace + "/") or place[:1] != "/"

    # -- classes and functions

    def has_function(self, function):
        """Whether a function is of the scenario's code, or a library's decorator made it of one that is."""
        return self.is_written_here(function) or self.decorated(function) is not None

    def is_written_here(self, function):
        module = function.__globals__.get("__name__")
        return module in self.names or function.__globals__ is self.main

    def decorated(self, function):
        """The function of the scenario's code that a decorator made another of, of a library's code."""
        for _ in range(DECORATORS):
            function = function_inside(function)
            if function is None or self.is_written_here(function):
                return function
        return None

    def written_at(self, function):
        """The line on which a function begins, or that which was decorated."""
        inner = None if self.is_written_here(function) else self.decorated(function)
        return (inner or function).__code__.co_firstlineno

    def has_class(self, cls):
        """Whether a class was made by the scenario's code: it says so, or it is not where it says it is."""
        module = value_module(cls)
        if module in self.names or module == "__main__":
            return True
        if self.is_stranger(cls):
            return False
        if module is None:
            return True
        if module[:1] == "<":
            return False  # `enum` before 3.11, of what it makes for `ssl`
        if module in CALLED:
            outermost = qualified_name(cls).partition(".")[0]
            home = self.foreign_modules.get(module)
            is_misled = home is None or outermost not in module_dict(home)
            return is_misled and is_written_in_python(cls) and not self.is_of_others(cls)
        # C code that stands for a module: `_locale` makes `locale.Error`, whether or not `locale` was imported.
        known = module in loaded or "_" + module in loaded
        return not known and is_written_in_python(cls) and not self.is_of_others(cls)

    def is_of_others(self, cls):
        """Whether the functions in a class are from modules that are not the scenario's: NumPy says of its
        own classes that they are from where they are documented.
        """
        homes = [function.__globals__ for function in functions_of(cls)]
        return bool(homes) and all([self.is_library(home) for home in homes])

    def is_library(self, space):
        """Whether a namespace in which code runs is that of a module that is not the scenario's.

        Another interpreter of the process may have modules that are not loaded here, and up to 3.8
        one collector knows the classes of both; those modules go by their files.
        """
        name, file = space.get("__name__"), space.get("__file__")
        if name in self.foreign_modules and name not in CALLED:
            return True
        return name not in loaded and type(file) is str and not self.is_in_workspace(file)
