"""The lines: what there is to see on each line of the scenario's code, from its syntax tree.

A part of the evidence.  From a code object to the source that it was made of, and from that to the
expressions that each line is about to run.
"""

import sys
import types

PY2 = sys.version_info[0] == 2
loaded = sys.modules
module_dict, to_text = raw.module_dict, raw.to_text  # noqa: F821 - given by the probe

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
OPTIMIZED = 0x1  # inspect.CO_OPTIMIZED: the code of a function
QUIET = ("ignore", None, Warning, None, 0)

DEFINITIONS = frozenset(["FunctionDef", "AsyncFunctionDef", "ClassDef"])
MATCH = frozenset(["MatchAs", "MatchStar"])
BLOCKS = frozenset(["body", "orelse", "finalbody", "handlers", "cases"])
COMPREHENSIONS = {
    "ListComp": "<listcomp>", "SetComp": "<setcomp>", "DictComp": "<dictcomp>", "GeneratorExp": "<genexpr>",
}


def parse(content, path):
    """The code objects and the scopes of a source."""
    try:
        content += b"\n"
        whole = compile_quietly(content, path, "exec", 0, True)
        return codes_in(whole), scopes_in(compile_quietly(content, path, "exec", ONLY_AST, True))
    except Exception:
        return [], {}  # what cannot be compiled is not what runs


def compile_quietly(*what):
    """Compiles without the warnings: an import has given those."""
    filters = []
    for name in ("warnings", "_warnings"):
        module = loaded.get(name)
        own = module_dict(module).get("filters") if issubclass(type(module), types.ModuleType) else None
        if type(own) is list and not any(own is other for other in filters):
            filters.append(own)
    for own in filters:
        own.insert(0, QUIET)
    try:
        return compile(*what)
    finally:
        for own in filters:
            if own and own[0] is QUIET:
                del own[0]


def codes_in(code):
    """A code object and those inside it."""
    todo = [code]
    for code in todo:
        todo.extend(const for const in code.co_consts if type(const) is types.CodeType)
    return todo


def instructions(code):
    """(instruction, argument); of arguments that need more than a byte, the last byte."""
    found, at, content = [], 0, bytearray(code.co_code)
    while at < len(content):
        has_argument = not PY2 or content[at] >= 90  # dis.HAVE_ARGUMENT
        found.append((content[at], content[at + 1] if has_argument else None))
        at += (3 if has_argument else 1) if PY2 else 2
    return found


def names_read(code):
    """The names that code of a namespace reads and does not bind: attributes are in `co_names` as well."""
    if len(code.co_names) > 256:
        return []
    found = {READS: [], BINDS: []}
    for instruction, argument in instructions(code):
        if instruction in found:
            found[instruction].append(code.co_names[argument])
    return [name for name in found[READS] if name not in found[BINDS]]


def instruction_before(last, code):
    numbers = [instruction for instruction, _ in instructions(code)]
    return numbers[numbers.index(last) - 1]


# Their numbers differ between versions: LOAD_NAME stands before the RETURN_VALUE of an expression, and STORE_NAME before
# the second LOAD_NAME here.
READS = instructions(compile("x", "", "eval"))[-2][0]
BINDS = instruction_before(READS, compile("x = 0; x", "", "exec"))


def is_same_code(one, other):
    """Whether two code objects come from the same source; 3.12's `==` minds that one is being traced."""
    for name in ("co_name", "co_firstlineno", "co_names", "co_varnames", "co_freevars", "co_code"):
        if getattr(one, name) != getattr(other, name):
            return False
    pairs = list(zip(one.co_consts, other.co_consts))
    return len(one.co_consts) == len(other.co_consts) and all(is_same_constant(*pair) for pair in pairs)


def is_same_constant(one, other):
    if type(one) is types.CodeType and type(other) is types.CodeType:
        return is_same_code(one, other)
    return type(one) is type(other) and one == other


def is_moved(one, other):
    """Whether two code objects come from the same text, which may have moved to other lines."""
    for name in ("co_name", "co_names", "co_varnames", "co_freevars", "co_code"):
        if getattr(one, name) != getattr(other, name):
            return False
    if len(one.co_consts) != len(other.co_consts):
        return False
    for mine, yours in zip(one.co_consts, other.co_consts):
        if type(mine) is types.CodeType and type(yours) is types.CodeType:
            if not is_moved(mine, yours):
                return False
        elif type(mine) is not type(yours) or mine != yours:
            return False
    return True


def path_of(codes, code):
    """Where in its source a code object is, as `__qualname__` has it: `greeter.<locals>.greet`."""
    inner = [one for one in codes if is_same_code(one, code)][:1]
    path = to_text(code.co_name)
    while inner:
        outer = [one for one in codes if any(const is inner[0] for const in one.co_consts)][:1]
        if not outer or outer[0].co_name == "<module>":
            break
        path = to_text(outer[0].co_name) + (u".<locals>." if outer[0].co_flags & OPTIMIZED else u".") + path
        inner = outer
    return path


def scopes_in(tree):
    """By name and first line, as code objects have them: the scopes of a source, and the classes they are in."""
    scopes = {("<module>", None): [(tree, None)]}
    todo = [(tree, None)]
    for node, private in todo:
        kind = kind_of(node)
        name = COMPREHENSIONS.get(kind) or ("<lambda>" if kind == "Lambda" else None)
        if kind in DEFINITIONS:
            name = node.name
            private = name if kind == "ClassDef" else private
        for line in lines_at_start(node) if name else ():
            scopes.setdefault((name, line), []).append((node, private))
        todo.extend((child, private) for _, child in children(node))
    return scopes


def find_scope(scopes, code):
    """The lines of the scope that became a code object."""
    found = scopes.get((code.co_name, code.co_firstlineno if code.co_name != "<module>" else None), ())
    if len(found) > 1:  # lambdas on one line
        found = [entry for entry in found if has_parameters(entry[0], code)] or found
    return Lines(found[0][0], found[0][1], code) if found else None


def lines_at_start(node):
    """Where a definition may be said to begin: at its first decorator, or since 3.8 not."""
    return set([node.lineno] + [decorator.lineno for decorator in getattr(node, "decorator_list", ())[:1]])


def has_parameters(node, code):
    arguments = getattr(getattr(node, "args", None), "args", ())
    names = [getattr(argument, "arg", None) or getattr(argument, "id", None) for argument in arguments]
    return names == list(code.co_varnames[code.co_argcount - len(names):code.co_argcount])


class Imports(object):
    """Where a module has names from that it binds once, by a `from` statement or an assignment."""

    def __init__(self, tree):
        self.origins = {}
        self.stars = []
        self.worked_out = {}
        bound, todo = {}, [tree]
        for node in todo:
            kind = kind_of(node)
            if kind in DEFINITIONS or kind == "Lambda" or kind in COMPREHENSIONS:
                names = [node.name] if kind in DEFINITIONS else []
            else:
                names = self.read(node, kind)
                todo.extend(child for _, child in children(node))
            for name in names:
                bound[name] = bound.get(name, 0) + 1
        for node in walk(tree):
            for name in node.names if kind_of(node) == "Global" else ():
                bound[name] = 2
        for found in (self.origins, self.worked_out):
            for name in [name for name in found if bound[name] > 1]:
                del found[name]
        self.bound = frozenset(bound)

    def read(self, node, kind):
        """The names that a node itself binds."""
        if kind == "ImportFrom":
            for alias in node.names:
                origin = node.level or 0, node.module or "", alias.name
                if alias.name == "*":
                    self.stars.append(origin[:2])
                else:
                    self.origins[alias.asname or alias.name] = origin
        if kind in ("Import", "ImportFrom"):
            return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        if kind == "Assign" and len(node.targets) == 1 and kind_of(node.targets[0]) == "Name":
            self.worked_out[node.targets[0].id] = [one.id for one in walk(node.value) if kind_of(one) == "Name"]
        return [node.id] if kind == "Name" and kind_of(node.ctx) != "Load" else []

    def origins_of(self, name):
        """(level, module, name) for what a name is a copy of, as far as the text says."""
        if name in self.origins:
            return [self.origins[name]]
        return [] if name in self.bound else [star + (name,) for star in self.stars]


def walk(tree):
    todo = [tree]
    for node in todo:
        todo.extend(child for _, child in children(node))
    return todo


class Lines(object):
    """What there is to see on each line of one scope: nothing of the scopes inside it.

    An item is the name of what looks at it (`SEERS` in `evidence.py`), the syntax that it looks at, and the names that a comprehension
    binds in this very scope (2.7, and 3.12 and later).
    """

    def __init__(self, scope, private, code):
        self.private = private
        self.code = code
        self.items = {}
        self.stored = {}
        self.hidden = frozenset()
        self.path = to_text(code.co_name)
        self.is_outdated = self.is_gone = False
        self.imports = None
        kind = kind_of(scope)
        if kind in COMPREHENSIONS:
            self.read_inside(scope, scope.lineno)
        elif kind == "Lambda":
            self.read(scope.body, scope.lineno)
        else:
            self.read_block(scope.body)

    def add(self, line, see, node):
        self.items.setdefault(line, []).append((see, node, self.hidden))

    def store(self, line, text):
        self.stored.setdefault(line, set()).add(text)

    def read_block(self, statements):
        for statement in statements:
            self.read_statement(statement)

    def read_statement(self, node):
        """A statement's own line or lines, and then the statements in it."""
        kind, line = kind_of(node), getattr(node, "lineno", 0)
        if kind in DEFINITIONS:
            self.store(line, node.name)
            for decorator in node.decorator_list:
                self.read(decorator, decorator.lineno)
            for part in getattr(node, "bases", []) + getattr(node, "keywords", []):
                self.read(part, line)
            if kind != "ClassDef":
                self.read_defaults(node, line)
            return
        if kind in ("Import", "ImportFrom"):
            for alias in node.names:
                self.store(line, alias.asname or alias.name.partition(".")[0])
            return
        if kind == "AugAssign" and dotted(node.target):
            self.add(line, "name", node.target)
        if kind == "ExceptHandler" and node.type is not None:
            self.add(line, "handler", node.type)
        for field, child in children(node):
            if field == "annotation":
                continue  # may not be run at all
            if field == "cases":
                self.read_case(child, node.subject)
            elif field == "handlers" and kind == "TryStar":
                self.read_block(child.body)
            elif field in BLOCKS and isinstance(getattr(node, field), list):
                self.read_statement(child)
            else:
                self.read(child, line)

    def read_case(self, case, subject):
        line = case.pattern.lineno
        self.read(case.pattern, line)
        todo = [case.pattern]
        for pattern in todo:
            kind = kind_of(pattern)
            if kind == "MatchClass":
                self.add(pattern.lineno, "class_pattern", (pattern.cls, subject))
            elif kind == "MatchValue":
                self.add(pattern.lineno, "value_pattern", (pattern.value, subject))
            elif kind == "MatchOr":
                todo.extend(pattern.patterns)
            elif kind == "MatchAs" and pattern.pattern is not None:
                todo.append(pattern.pattern)
        if case.guard is not None:
            self.read(case.guard, line)
        self.read_block(case.body)

    def read(self, node, line):
        """An expression: what it reads, in the order in which that runs, and then itself."""
        line = max(line, getattr(node, "lineno", line))  # those in f-strings are wrong before 3.8
        kind = kind_of(node)
        if dotted(node):
            context = kind_of(node.ctx)
            if context == "Load":
                self.add(line, "name", node)
            else:
                self.store(line, u".".join(dotted(node)))
            if kind == "Attribute":
                self.read(node.value, line)
        elif kind == "Lambda":
            self.read_defaults(node, line)
        elif kind in COMPREHENSIONS:
            self.read(node.generators[0].iter, line)
            if not self.has_own_code(node):
                self.read_inside(node, line)
        elif kind == "Call":
            self.read(node.func, line)
            for field, child in children(node):
                if field != "func":
                    self.read(child, line)
            self.add(line, "call", node)
            if dotted(node.func) == ["type"]:
                self.add(line, "name", node)
        else:
            if kind in MATCH and node.name:
                self.store(line, node.name)
            for _, child in children(node):
                self.read(child, line)
            if kind == "Attribute" and kind_of(node.value) == "Call":
                self.add(line, "name", node.value)
            if kind in ("Attribute", "Subscript") and kind_of(node.ctx) == "Load":
                self.add(line, "name", node)
            if kind == "Subscript" and kind_of(node.ctx) == "Load":
                self.add(line, "subscript", node)
            elif kind == "Compare":
                self.add(line, "comparison", node)
            elif kind == "BinOp":
                self.add(line, "operation", node)

    def read_defaults(self, node, line):
        for default in list(node.args.defaults) + list(getattr(node.args, "kw_defaults", ())):
            if default is not None:
                self.read(default, line)

    def read_inside(self, node, line):
        """A comprehension, except for what it iterates over first: that is evaluated outside."""
        before = self.hidden
        targets, todo = set(), [generator.target for generator in node.generators]
        for target in todo:
            if kind_of(target) == "Name":
                targets.add(target.id)
            todo.extend(child for _, child in children(target))
        self.hidden |= targets
        for generator in node.generators:
            if generator is not node.generators[0]:
                self.read(generator.iter, line)
            for condition in generator.ifs:
                self.read(condition, line)
        for field in ("elt", "key", "value"):
            if getattr(node, field, None) is not None:
                self.read(getattr(node, field), line)
        self.hidden = before

    def has_own_code(self, node):
        name = COMPREHENSIONS[kind_of(node)]
        inner = [const for const in self.code.co_consts if type(const) is types.CodeType]
        return any(code.co_name == name and code.co_firstlineno == node.lineno for code in inner)


def kind_of(node):
    return type(node).__name__


def children(node):
    """(field, node) for the nodes right in a node."""
    found = []
    for field in node._fields or ():
        value = getattr(node, field, None)
        for child in value if isinstance(value, list) else [value]:
            if hasattr(child, "_fields"):
                found.append((field, child))
    return found


def dotted(node):
    """The names of a dotted name; None for any other expression, and for what only 2.7 takes for a name."""
    names = []
    while kind_of(node) == "Attribute":
        names.append(node.attr)
        node = node.value
    if kind_of(node) != "Name" or node.id in ("None", "True", "False"):
        return None
    return [to_text(name) for name in [node.id] + names[::-1]]
