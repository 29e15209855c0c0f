"""The reload raises at a statement: of the module, or of those that it imports anew.

Part of the probe: see `faults.py`.  The places are put into the syntax tree, one before each
statement and one after the last, so they are the same in every Python, which disagree on what
a line is; and as it is the statement's own line that raises, a traceback shows nobody else.
Each statement is a place once, when the reload first comes to it.

A place in the tree is a string of its own whose attribute is asked for.  In the code that is
made of the tree the strings are replaced by objects of the harness: so no name has to be
found at run time, and the module has none that it would not have.
"""

import os
import sys
import types

PY2 = sys.version_info[0] == 2
ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
loaded = sys.modules
TOKEN = "<reload-harness place %d>"
KINDS = {b"Exception": Exception, b"ImportError": ImportError, b"SystemExit": SystemExit}
AFTER = "<end>"


class Statements(object):
    """The mechanism: each module in question is compiled with places in it."""

    def __init__(self, seam, fields):
        self.seam = seam
        self.kind = KINDS.get(fields.get(b"r"), Exception)
        self.hook = Finder(self) if PY2 else Loading(self)
        self.reached = None

    def arm(self, place):
        class Reached(Place):
            mechanism = self
            is_hit = property(Place.reach)

        self.reached = Reached
        self.hook.start()

    def disarm(self):
        self.hook.stop()
        self.reached.is_hit = False  # functions with places in them live on
        self.reached.mechanism = None

    def code(self, source, file):
        """The code of a source with places in it."""
        tree = compile_quietly(source, file, "exec", ONLY_AST, True)  # noqa: F821 - given by the probe
        places = Inserted(tree, len(source.splitlines())).places
        known = dict((TOKEN % number, self.reached(file, *place)) for number, place in enumerate(places))
        code = compile_quietly(tree, file, "exec", 0, True)  # noqa: F821
        return replaced(code, known)


class Place(object):
    """A place in a code object; a class made of this one for each reload says whether it strikes."""

    def __init__(self, file, line, function):
        self.where = file, line, function
        self.is_spent = False

    def reach(self):
        if self.is_spent:
            return False
        self.is_spent = True
        return self.mechanism.seam.meet(*self.where)

    @property
    def error(self):
        return self.mechanism.kind("injected")


# ---- the tree


class Inserted(object):
    """Puts places into a tree: `if TOKEN.is_hit: raise TOKEN.error` before each statement."""

    def __init__(self, tree, last):
        self.places = []
        self.visit(tree, "<module>")
        if tree.body:
            end = max([last] + [line_of(statement) for statement in tree.body])
            tree.body.append(self.place(end, AFTER, tree.body[-1].col_offset))

    def visit(self, node, function):
        if is_scope(node):
            function = node.name
        for field in node._fields or ():
            value = getattr(node, field, None)
            if type(value) is not list:
                continue
            if value and is_statement(value[0]):
                value[:] = self.body(node, value, function)
            else:
                for item in value:
                    if hasattr(item, "_fields"):
                        self.visit(item, function)

    def body(self, owner, statements, function):
        body = []
        for at, statement in enumerate(statements):
            is_skipped = at == 0 and is_docstring(owner, statement) or is_future(statement) or is_half(owner, statement)
            if not is_skipped:
                body.append(self.place(line_of(statement), function, max(0, statement.col_offset)))
            body.append(statement)
            self.visit(statement, function)
        return body

    def place(self, line, function, column):
        token = repr(TOKEN % len(self.places))
        made = compile("if %s.is_hit: raise %s.error" % (token, token), "<place>", "exec", ONLY_AST, True).body[0]
        settle(made, line, column)
        self.places.append((line, function))
        return made


def settle(node, line, column):
    """Has a made node stand where a statement begins."""
    for name, value in (("lineno", line), ("col_offset", column), ("end_lineno", line), ("end_col_offset", column)):
        if hasattr(node, name):
            setattr(node, name, value)
    for field in node._fields or ():
        value = getattr(node, field, None)
        for item in value if type(value) is list else (value,):
            if hasattr(item, "_fields"):
                settle(item, line, column)


def is_scope(node):
    return type(node).__name__ in ("FunctionDef", "AsyncFunctionDef", "ClassDef")


def is_statement(node):
    return any(kind.__name__ == "stmt" for kind in type(node).__mro__)


def line_of(statement):
    """The line on which a statement begins, a decorator being part of it."""
    lines = [decorator.lineno for decorator in getattr(statement, "decorator_list", ())]
    return min(lines + [statement.lineno])


def is_docstring(owner, statement):
    if not (is_scope(owner) or type(owner).__name__ == "Module") or type(statement).__name__ != "Expr":
        return False
    kind = type(statement.value).__name__
    return kind == "Str" or kind == "Constant" and type(statement.value.value) is str


def is_future(statement):
    return type(statement).__name__ == "ImportFrom" and statement.module == "__future__"


def is_half(owner, statement):
    """2.7: whether this is the `try ... except` in a `try ... except ... finally`, which is one statement."""
    return type(owner).__name__ == "TryFinally" and type(statement).__name__ == "TryExcept" and (
        (owner.lineno, owner.col_offset) == (statement.lineno, statement.col_offset)
    )


# ---- the code


def replaced(code, known):
    """The code with other constants, in itself and in all code within it."""
    constants = tuple(
        replaced(constant, known) if type(constant) is types.CodeType
        else known.get(constant, constant) if type(constant) is str else constant
        for constant in code.co_consts
    )
    if hasattr(code, "replace"):
        return code.replace(co_consts=constants)
    counts = [code.co_argcount] + ([] if PY2 else [code.co_kwonlyargcount])
    return types.CodeType(*(counts + [
        code.co_nlocals, code.co_stacksize, code.co_flags, code.co_code, constants, code.co_names, code.co_varnames,
        code.co_filename, code.co_name, code.co_firstlineno, code.co_lnotab, code.co_freevars, code.co_cellvars,
    ]))


# ---- the import system


class Loading(object):
    """3.x: what a loader of source files gets of a file."""

    def __init__(self, mechanism):
        self.mechanism = mechanism

    def start(self):
        self.loader = loaded["_frozen_importlib_external"].SourceLoader
        self.real = real = self.loader.get_code
        mechanism = self.mechanism

        def get_code(loader, name):
            code = real(loader, name)
            file = code.co_filename
            if not mechanism.seam.owns(file, name):
                return code
            source = loader.get_data(file)
            # Old bytecode of another source has no statements that could be told.
            whole = compile_quietly(source, file, "exec", 0, True)  # noqa: F821
            return mechanism.code(source, file) if is_same_code(whole, code) else code  # noqa: F821

        self.loader.get_code = get_code

    def stop(self):
        self.loader.get_code = self.real


class Finder(object):
    """2.7: finds the modules in question where they are, and executes their source.

    What `imp.load_module` does is done here: the module's own loader is written in C.
    """

    def __init__(self, mechanism):
        self.mechanism = mechanism

    def start(self):
        sys.meta_path.insert(0, self)

    def stop(self):
        sys.meta_path.remove(self)

    def find_module(self, name, path=None):
        try:
            file, where, (_, _, kind) = imp.find_module(name.rpartition(".")[2], path)  # noqa: F821 - given by the probe
        except ImportError:
            return None
        if file is not None:
            file.close()
        folder = None
        if kind == imp.PKG_DIRECTORY:  # noqa: F821
            folder, where = where, os.path.join(where, "__init__.py")
        elif kind != imp.PY_SOURCE:  # noqa: F821
            return None
        if not os.path.exists(where) or not self.mechanism.seam.owns(where, name) or is_stale(where):
            return None
        return Source(self.mechanism, where, folder)


class Source(object):
    def __init__(self, mechanism, file, folder):
        self.mechanism, self.file, self.folder = mechanism, file, folder

    def load_module(self, name):
        with open(self.file, "U") as file:
            code = self.mechanism.code(file.read(), self.file)
        module = loaded.get(name)
        if module is None:
            module = loaded[name] = types.ModuleType(name)
        module.__file__ = self.file
        if self.folder is not None:
            module.__path__ = [self.folder]
        try:
            exec(code, module.__dict__)
        except BaseException:
            loaded.pop(name, None)
            raise
        return loaded[name]


def is_stale(file):
    """2.7: whether bytecode of another source would be taken for that of this one, by its time alone."""
    try:
        with open(file + "c", "rb") as cached:
            magic, mtime, content = cached.read(4), cached.read(4), cached.read()
    except IOError:
        return False
    seconds = int(os.stat(file).st_mtime) & 0xFFFFFFFF
    if magic != imp.get_magic() or sum(ord(byte) << 8 * at for at, byte in enumerate(mtime)) != seconds:  # noqa: F821
        return False
    with open(file, "U") as source:
        whole = compile_quietly(source.read(), file, "exec", 0, True)  # noqa: F821
    return not is_same_code(whole, marshal.loads(content))  # noqa: F821
