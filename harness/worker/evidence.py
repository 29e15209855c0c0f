"""The evidence: what the names on a watched step's lines mean while they run.

Part of the probe, whose rules hold here too, and what is told is in `evidence.rs`.  A tracer hears of
each line of the scenario's code just before it runs.  What stands on the line is in the syntax tree of
the source that the code was made of (`Lines`); what it means is looked up as Python would, but raw, and
not at all where that would run code (`Look`).  Tokens are for the end of the step, when the census has
given them out; until then objects are known by weak references here as well.
"""

import gc
import sys
import types
import weakref

PY2 = sys.version_info[0] == 2
text_type = type(u"")
gettrace, settrace, exc_info = sys.gettrace, sys.settrace, sys.exc_info
getrecursionlimit = sys.getrecursionlimit
loaded = sys.modules
raw_get = dict.get
raw_keys = dict.keys
raw_mro = census.raw_mro  # noqa: F821
class_of, class_types, mro_of = census.class_of, census.class_types, census.mro_of  # noqa: F821 - given by the probe
class_namespace, module_dict, value_module = census.class_namespace, census.module_dict, census.value_module  # noqa: F821
full_name, public_name, to_text = census.full_name, census.public_name, census.to_text  # noqa: F821
qualified_name = census.qualified_name  # noqa: F821

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
OPTIMIZED = 0x1  # inspect.CO_OPTIMIZED: locals are not in a namespace
USES = 200  # of a step
MEANINGS = 3  # of the same expression
VISITS = 30  # of a line
EVENTS = 100000  # of a step
PLAIN = 60  # characters
ELEMENTS = 1000
QUIET = ("ignore", None, Warning, None, 0)

UNKNOWN = object()  # what cannot be known without running code
MISSING = object()  # what is not there

DEFINITIONS = frozenset(["FunctionDef", "AsyncFunctionDef", "ClassDef"])
MATCH = frozenset(["MatchAs", "MatchStar"])
BLOCKS = frozenset(["body", "orelse", "finalbody", "handlers", "cases"])
COMPREHENSIONS = {
    "ListComp": "<listcomp>", "SetComp": "<setcomp>", "DictComp": "<dictcomp>", "GeneratorExp": "<genexpr>",
}
PICKLERS = frozenset(["pickle", "cPickle", "_pickle", "dill", "dill._dill", "cloudpickle", "cloudpickle.cloudpickle"])

# Types are compared by identity only: a metaclass may have an `__eq__`.
SEQUENCES = frozenset(id(kind) for kind in (list, tuple))
SETS = frozenset(id(kind) for kind in (set, frozenset))
SIZED = SEQUENCES | SETS | frozenset(id(kind) for kind in (dict, bytearray) + (() if PY2 else (bytes,)))
NUMBERS = frozenset(id(kind) for kind in (int, type(sys.maxsize + 1)))
TEXTS = frozenset(id(kind) for kind in (str, text_type))
PLAIN_KINDS = NUMBERS | TEXTS | frozenset(id(kind) for kind in (type(None), bool, float))
SLOT = type(object.__getattribute__)
MEMBER, GETSET = types.MemberDescriptorType, types.GetSetDescriptorType
MAPPING_PROXY = getattr(types, "MappingProxyType", None)
# Their attributes are not where other objects have theirs.
PROXIES = frozenset(id(kind) for kind in (super, weakref.ProxyType, weakref.CallableProxyType))


class Watch(object):
    """The tracer of a run's watched steps, and the sources of the run's code."""

    def __init__(self, census, relative):
        self.census = census
        self.relative = relative
        self.statements = []
        self.files = {}
        self.parsed = {}
        self.tracer, self.local = self.on_call, self.on_event
        self.thread_tracer = self.on_call_in_thread
        self.main, self.ident = 0, int
        self.forget()
        self.own_files = (is_deep.__code__.co_filename, mro_of.__code__.co_filename)

    def begin(self, send):
        """Begins with a step.  `send` is told at once of what is seen, where the step may be the run's end."""
        self.forget()
        self.send = send
        self.full = False

    def forget(self):
        self.send = None
        self.full = True  # a generator may still have the tracer when it is resumed in a later step
        self.uses = []
        self.told = {}
        self.lines = {}
        self.functions = {}
        self.visits = {}
        self.raised = {}
        self.calls = self.events = 0

    def note_statement(self, code, tree):
        self.statements.append((code, tree))

    def note_file(self, name, content):
        self.files.setdefault(to_text(name), []).append(content)

    def take(self):
        """The uses of the step, as data; only after the census has taken its look."""
        uses = []
        # Which thread came first is a matter of chance.
        self.uses.sort(key=lambda use: (use["file"], use["line"], use["role"], use["text"]) if use["thread"] else ("",))
        for use in self.uses:
            uses.append(self.as_data(use))
        self.forget()
        return uses

    def as_data(self, use):
        on = use["on"]
        on = on and {"text": on[0], "meaning": self.in_tokens(on[1])}
        return dict(use, meaning=self.in_tokens(use["meaning"]), on=on)

    def in_tokens(self, meaning):
        if meaning is None:
            return None
        cls = meaning["class"]
        return dict(
            meaning,
            token=self.token(meaning["token"]),
            mro=[self.reference(base) for base in meaning["mro"]],
            **{"class": cls and self.reference(cls)}
        )

    def token(self, reference):
        address, weak, kind = reference
        if weak is None:
            entry = self.census.known.get(address)
            return entry[0] if entry is not None and entry[1] is None and entry[2] is kind() else None
        value = weak()
        return None if value is None else self.census.token(value)

    def reference(self, cls):
        reference, name = cls
        token = self.token(reference)
        return name if token is None else token

    # -- the tracer

    def on_call(self, frame, event, arg):
        try:
            self.calls += 1
            if self.calls % 16 == 0 and is_deep(frame):
                self.stop()  # the limit of recursion is the scenario's to reach
            return None if self.full or self.lines_of(frame.f_code) is None else self.local
        except BaseException:
            if not self.is_own_failure():
                raise

    def on_event(self, frame, event, arg):
        try:
            if self.full:
                pass
            elif event == "line":
                self.on_line(frame)
            elif event == "exception":
                self.raised[id(frame)] = refer(arg[0])[1]
            elif event == "return":
                self.raised.pop(id(frame), None)
        except BaseException:
            if not self.is_own_failure():
                raise
        return self.local

    def on_line(self, frame):
        self.events += 1
        lines, line = self.lines_of(frame.f_code), frame.f_lineno
        items = lines.items.get(line)
        if not items:
            return
        key = (id(frame.f_code), line)
        self.visits[key] = self.visits.get(key, 0) + 1
        if self.visits[key] <= VISITS:
            for see, node, hidden in items:
                see(Look(self, frame, lines, line, hidden), node)
        if len(self.uses) >= USES or self.events >= EVENTS:
            self.stop()

    def stop(self):
        self.full = True
        if gettrace() is self.tracer:
            settrace(None)

    def is_own_failure(self):
        """Whether what was raised is the tracer's own, and not a signal handler's that ran in its midst."""
        kind, _, trace = exc_info()
        while trace.tb_next is not None:
            trace = trace.tb_next
        return kind is not KeyboardInterrupt and trace.tb_frame.f_code.co_filename in self.own_files

    # -- threads

    def follow_threads(self):
        """Has threads traced from their start: a job that is in flight at a watched step began before it."""
        thread = __import__("thread" if PY2 else "_thread")
        start, self.main = thread.start_new_thread, thread.get_ident()
        self.ident = thread.get_ident

        def start_new_thread(function, args, kwargs={}):
            return start(self.run_thread, (function, args, kwargs))
        replaced = {"start_new_thread": start_new_thread}
        if hasattr(thread, "start_joinable_thread"):  # 3.13
            joinable = thread.start_joinable_thread

            def start_joinable_thread(function, handle=None, daemon=True):
                return joinable(lambda: self.run_thread(function, (), {}), handle=handle, daemon=daemon)
            replaced["start_joinable_thread"] = start_joinable_thread
        for name, function in replaced.items():
            setattr(thread, name, function)
            if "_" + name in vars(loaded.get("threading", types)):
                setattr(loaded["threading"], "_" + name, function)

    def run_thread(self, function, args, kwargs):
        settrace(self.thread_tracer)
        return function(*args, **kwargs)

    def on_call_in_thread(self, frame, event, arg):
        try:
            return None if self.lines_of(frame.f_code) is None else self.local
        except BaseException:
            if not self.is_own_failure():
                raise

    # -- the sources

    def lines_of(self, code):
        """What there is to see on the lines of a code object; None where it is not the scenario's."""
        known = self.lines.get(id(code))
        if known is None:
            known = self.lines[id(code)] = (code, self.find_lines(code))  # which keeps the id from being reused
        return known[1]

    def find_lines(self, code):
        if code.co_filename == "<stdin>":
            for own, tree in reversed(self.statements):
                if any(inner is code for inner in codes_in(own)):
                    return find_scope(scopes_in(tree), code)
            return None
        name = self.relative(code.co_filename)
        for content in reversed(self.files.get(name, ())):
            if (name, content) not in self.parsed:
                self.parsed[name, content] = parse(content, code.co_filename)
            codes, scopes = self.parsed[name, content]
            if any(is_same_code(inner, code) for inner in codes):
                return find_scope(scopes, code)
        return None

    # -- the records

    def tell(self, frame, line, role, operand, on):
        """Records a use; the value of the operand may be MISSING."""
        code = frame.f_code
        in_thread = self.ident() != self.main
        if in_thread and role == "name":
            return  # how far a thread is at a step is a matter of chance; what a class is used on is not
        means = None if operand.value is MISSING else meaning_of(operand.value)
        on = on and (on.text, meaning_of(on.value))
        told = self.told.setdefault((id(code), line, role, operand.text), [])
        key = (operand.found, key_of(means), on and (on[0], key_of(on[1])))
        if key in told or len(told) >= MEANINGS or len(self.uses) >= USES:
            return
        told.append(key)
        self.uses.append({
            "file": self.relative(code.co_filename),
            "line": line,
            "function": to_text(code.co_name),
            "code": id(code),
            "role": role,
            "text": operand.text,
            "found": operand.found,
            "meaning": means,
            "on": on,
            "thread": in_thread,
        })
        if self.send is not None:
            self.send({"frame": "use", "seen": self.as_data(self.uses[-1])})

    def functions_of(self, code):
        """The functions that run a code object."""
        known = self.functions.get(id(code))
        if known is None:
            found = [value for value in gc.get_referrers(code) if type(value) is types.FunctionType]
            known = self.functions[id(code)] = [weakref.ref(value) for value in found if value.__code__ is code]
        return [function for function in [reference() for reference in known] if function is not None]


def is_deep(frame):
    """Whether the limit of recursion may be near, so that the tracer's calls could reach it first.

    A frame may count for several calls, those of C code.
    """
    depth, limit = 0, getrecursionlimit() // 4
    while frame is not None and depth < limit:
        frame = frame.f_back
        depth += 1
    return frame is not None


# ---- from code to source


def parse(content, path):
    """The code objects and the scopes of a source, without the warnings: an import has given those."""
    filters = []
    for name in ("warnings", "_warnings"):
        module = loaded.get(name)
        own = module_dict(module).get("filters") if issubclass(type(module), types.ModuleType) else None
        if type(own) is list and not any(own is other for other in filters):
            filters.append(own)
    for own in filters:
        own.insert(0, QUIET)
    try:
        content += b"\n"
        whole = compile(content, path, "exec", 0, True)
        return codes_in(whole), scopes_in(compile(content, path, "exec", ONLY_AST, True))
    except Exception:
        return [], {}  # what cannot be compiled is not what runs
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


class Lines(object):
    """What there is to see on each line of one scope: nothing of the scopes inside it.

    An item is a function of this module, the syntax that it looks at, and the names that a comprehension
    binds in this very scope (2.7, and 3.12 and later).
    """

    def __init__(self, scope, private, code):
        self.private = private
        self.code = code
        self.items = {}
        self.stored = {}
        self.hidden = frozenset()
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
            self.add(line, see_name, node.target)
        if kind == "ExceptHandler" and node.type is not None:
            self.add(line, see_handler, node.type)
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
                self.add(pattern.lineno, see_class_pattern, (pattern.cls, subject))
            elif kind == "MatchValue":
                self.add(pattern.lineno, see_value_pattern, (pattern.value, subject))
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
                self.add(line, see_name, node)
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
            self.add(line, see_call, node)
        else:
            if kind in MATCH and node.name:
                self.store(line, node.name)
            for _, child in children(node):
                self.read(child, line)
            if kind == "Compare":
                self.add(line, see_comparison, node)
            elif kind == "Subscript" and kind_of(node.ctx) == "Load":
                self.add(line, see_subscript, node)

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


# ---- what is seen


class Operand(object):
    """An expression, where its first name was found, and what it means."""

    def __init__(self, text, found, value):
        self.text = text
        self.found = found
        self.value = value


class Look(object):
    """What the names of one line mean at the moment."""

    def __init__(self, watch, frame, lines, line, hidden):
        self.watch = watch
        self.frame = frame
        self.lines = lines
        self.line = line
        self.hidden = hidden

    def tell(self, role, operand, on=None):
        self.watch.tell(self.frame, self.line, role, operand, on)

    def operand(self, node):
        """A dotted name or a `type(x)`; None where what it means cannot be known."""
        names = dotted(node)
        if names:
            found, value = self.find(names)
            return None if value is UNKNOWN or value is MISSING else Operand(u".".join(names), found, value)
        if kind_of(node) == "Call" and len(node.args) == 1 and self.means(node.func, type):
            inner = self.operand(node.args[0]) if dotted(node.args[0]) else None
            return inner and Operand(u"type(%s)" % inner.text, inner.found, class_of(inner.value))
        return None

    def means(self, node, value):
        names = dotted(node)
        return names is not None and self.find(names)[1] is value

    def find(self, names):
        """Where the first name is found, and what all of them mean."""
        names = [mangled(name, self.lines.private) for name in names]
        found, value = self.find_first(names[0])
        for name in names[1:]:
            if value is not UNKNOWN and value is not MISSING:
                value = attribute(value, name)
        return found, value

    def find_first(self, name):
        frame, code = self.frame, self.frame.f_code
        if code.co_flags & OPTIMIZED:
            if name in code.co_varnames or name in code.co_cellvars or name in code.co_freevars:
                try:
                    value = frame.f_locals[name]
                except KeyError:
                    return "local", UNKNOWN  # not bound yet
                return self.local(name, value), value
        else:
            namespace = self.namespace()
            if not issubclass(type(namespace), dict) or name in self.hidden and not PY2:
                return "local", UNKNOWN
            value = raw_get(namespace, name, MISSING)
            if value is not MISSING:
                return "global" if namespace is frame.f_globals else "local", value
            if name in code.co_freevars:
                return "free", UNKNOWN
        for found, namespace in (("global", frame.f_globals), ("builtin", frame.f_builtins)):
            value = raw_get(namespace, name, MISSING)
            if value is not MISSING:
                return found, value
        return "nowhere", UNKNOWN if name in self.hidden else MISSING

    def namespace(self):
        """The namespace in which a module's or a class's code runs; UNKNOWN where asking for it shows."""
        frame = self.frame
        if sys.version_info[:2] == (3, 12) and frame.f_code.co_varnames:  # of an inlined comprehension: 3.12 warns
            return frame.f_globals if frame.f_code.co_name == "<module>" else UNKNOWN
        return frame.f_locals

    def local(self, name, value):
        """How a function has a variable."""
        frame = self.frame
        while name in frame.f_code.co_freevars:
            # A comprehension with code of its own has the variables of its function in a closure.
            if frame.f_code.co_name not in COMPREHENSIONS.values():
                return "free"
            outer = frame.f_back
            if outer is None or not any(const is frame.f_code for const in outer.f_code.co_consts):
                return "local"
            frame = outer
        code = frame.f_code
        count = code.co_argcount
        names = code.co_varnames[:count + getattr(code, "co_kwonlyargcount", 0)]
        if name in names:
            for function in self.watch.functions_of(code):
                defaults = function.__defaults__ or ()
                kept = dict(zip(code.co_varnames[count - len(defaults):count], defaults))
                kept.update(getattr(function, "__kwdefaults__", None) or {})
                if name in kept and kept[name] is value:
                    return "default"
        return "local"


def see_name(look, node):
    names = dotted(node)
    text = u".".join(names)
    found, value = look.find(names)
    if value is MISSING:
        # What the line itself is about to bind is not missing.
        stored = look.lines.stored.get(look.line, ())
        if any(u".".join(names[:count + 1]) in stored for count in range(len(names))):
            return
    if value is not UNKNOWN:
        look.tell("name", Operand(text, found, value))


def see_call(look, node):
    names = dotted(node.func)
    if not names or not node.args:
        return
    found, callee = look.find(names)
    if callee is super:
        if len(node.args) == 2:
            tell_classes(look, "super", node.args[0], look.operand(node.args[1]))
        return
    if callee is isinstance or callee is issubclass:
        if len(node.args) == 2:
            tell_classes(look, "isinstance", node.args[1], look.operand(node.args[0]))
        return
    base = look.operand(node.func.value) if len(names) > 1 else None
    if is_pickling(callee, base, names[-1]):
        for argument in filter(None, map(look.operand, parts(node.args[0]))):
            look.tell("pickle", argument)
        return
    argument = look.operand(node.args[0])
    if argument is None:
        return
    if base and names[-1] == "get" and issubclass(type(base.value), dict):
        tell_key(look, base, argument)
    elif type(callee) is types.FunctionType and nature_of(argument.value) == "instance":
        name = mangled(names[-1], look.lines.private)
        if base and is_class(base.value) and in_mro(base.value, name) is callee:
            look.tell("unbound_call", base, argument)
        tell_dispatch(look, Operand(u".".join(names), found, callee), argument)


def see_subscript(look, node):
    mapping = look.operand(node.value)
    key = look.operand(node.slice.value if kind_of(node.slice) == "Index" else node.slice)  # before 3.9
    if mapping and key and issubclass(type(mapping.value), dict):
        tell_key(look, mapping, key)


def see_comparison(look, node):
    sides = [node.left] + node.comparators
    for operator, left, right in zip(node.ops, sides, sides[1:]):
        one = look.operand(left)
        if one is None:
            continue
        if kind_of(operator) in ("In", "NotIn"):
            see_membership(look, one, right)
        elif kind_of(operator) in ("Eq", "NotEq", "Is", "IsNot"):
            tell_comparison(look, one, look.operand(right))


def see_membership(look, one, node):
    """What a container has in place of what is looked for: something of another class of the same name."""
    container = look.operand(node)
    if container and issubclass(type(container.value), dict):
        tell_key(look, container, one)
        return
    elements = elements_of(container) if container else map(look.operand, parts(node))
    elements = [element for element in elements if element is not None]
    if not any(element.value is one.value for element in elements):
        for element in elements:
            if is_other_generation(one.value, element.value):
                look.tell("compare", one, element)
                return


def see_handler(look, node):
    reference = look.watch.raised.get(id(look.frame))
    cls = reference() if reference is not None else None
    if cls is not None:
        tell_classes(look, "except", node, Operand(u"the exception", None, InstanceOf(cls)))


def see_class_pattern(look, pair):
    tell_classes(look, "case", pair[0], look.operand(pair[1]))


def see_value_pattern(look, pair):
    subject = look.operand(pair[1])
    if subject:
        tell_comparison(look, subject, look.operand(pair[0]))


def tell_comparison(look, one, other):
    if other and not any(id(type(side.value)) in PLAIN_KINDS for side in (one, other)):
        look.tell("compare", one, other)


def tell_classes(look, role, node, on):
    """Each class that an expression means: one, or a tuple of them, or a union."""
    for part in parts(node) if on else ():
        operand = look.operand(part)
        todo = [operand.value] if operand else []
        for value in todo:
            if is_class(value):
                look.tell(role, Operand(operand.text, operand.found, value), on)
            elif type(value) is tuple:
                todo.extend(value)


def tell_key(look, mapping, key):
    """The class in a mapping that is another generation of the class that is looked up."""
    if is_class(key.value) and len(mapping.value) <= ELEMENTS:
        other = other_generation(key.value, list(raw_keys(mapping.value)))
        if other is not None:
            look.tell("key", Operand(mapping.text, mapping.found, other), key)


def tell_dispatch(look, function, argument):
    """The class in a function's registry that is another generation of one that its argument is of."""
    registry = registry_of(function.value)
    keys = [] if registry is None else list(raw_keys(registry))
    for cls in mro_of(class_of(argument.value)):
        other = other_generation(cls, keys)
        if other is not None:
            look.tell("dispatch", Operand(function.text, function.found, other), argument)
        if other is not None or any(key is cls for key in keys):
            break


def elements_of(container):
    """The elements of a plain container."""
    value, kind = container.value, id(type(container.value))
    if kind not in SEQUENCES and kind not in SETS or len(value) > ELEMENTS:
        return []
    if kind in SEQUENCES:
        return [Operand(u"%s[%d]" % (container.text, at), container.found, item) for at, item in enumerate(value)]
    return [Operand(u"an element of %s" % container.text, container.found, item) for item in value]


def parts(node):
    """The expressions in a literal of several, or in a union."""
    found, todo = [], [node]
    while todo:
        node = todo.pop(0)
        kind = kind_of(node)
        if kind in ("Tuple", "List", "Set"):
            todo = node.elts + todo
        elif kind == "BinOp" and kind_of(node.op) == "BitOr":
            todo = [node.left, node.right] + todo
        else:
            found.append(node)
    return found


def is_pickling(callee, base, name):
    """Whether a call pickles its first argument: by a function of a pickling module, or with a Pickler."""
    if name == "dump" and base is not None and nature_of(base.value) == "instance":
        for cls in mro_of(class_of(base.value)):
            if value_module(cls) in PICKLERS and qualified_name(cls) in ("Pickler", "_Pickler"):
                return True
    if type(callee) is types.FunctionType:
        return value_module(callee) in PICKLERS and callee.__name__ in ("dump", "dumps", "_dump", "_dumps")
    if type(callee) is types.BuiltinFunctionType and callee.__name__ in ("dump", "dumps"):
        module = callee.__module__
        return type(module) is str and module in PICKLERS
    return False


def registry_of(function):
    """The dict that a function chooses by: `registry` is its attribute, or in its closure."""
    found = [raw_get(function.__dict__, "registry")]
    names = function.__code__.co_freevars
    if "registry" in names:
        try:
            found.append(function.__closure__[names.index("registry")].cell_contents)
        except ValueError:
            pass  # an empty cell
    for value in found:
        if MAPPING_PROXY is not None and type(value) is MAPPING_PROXY:
            value = (gc.get_referents(value) or [None])[0]
        if type(value) is dict and len(value) <= ELEMENTS:
            return value
    return None


# ---- from names to values


def mangled(name, private):
    """A name as a class body has it (`__x` is `_Foo__x`)."""
    if private is None or not name.startswith("__") or name.endswith("__") or not private.strip("_"):
        return str(name)
    return "_%s%s" % (private.lstrip("_"), name)


def attribute(value, name):
    """What `value.name` is; MISSING, or UNKNOWN where code would run."""
    if name == "__class__":
        return class_of(value) if in_mro_of_kind(value, name)[0] is object or is_old_style(value) else UNKNOWN
    if is_class(value):
        return attribute_of_class(value, name)
    kind = class_of(value)
    owner, getter = in_mro_of_kind(value, "__getattribute__")
    if getter is not MISSING and type(getter) is not SLOT or id(owner) in PROXIES:
        return UNKNOWN
    _, inherited = in_mro_of_kind(value, name)
    if type(inherited) is MEMBER:
        try:
            return inherited.__get__(value)
        except AttributeError:
            return UNKNOWN
    if inherited is not MISSING and has_any(inherited, "__set__", "__delete__"):
        return UNKNOWN
    namespace = namespace_of(value)
    if namespace is UNKNOWN:
        return UNKNOWN
    own = raw_get(namespace, name, MISSING)
    if own is not MISSING:
        return own
    if inherited is not MISSING:
        return bound(inherited, value, kind)
    if issubclass(type(value), types.ModuleType):
        return UNKNOWN if "__getattr__" in namespace or in_mro(kind, "__getattr__") is not MISSING else MISSING
    generic = owner is object or is_old_style(value)
    return MISSING if generic and in_mro(kind, "__getattr__") is MISSING else UNKNOWN


def attribute_of_class(cls, name):
    meta = type(cls)
    owner, inherited = (None, MISSING) if is_old_style(cls) else in_mro_of_kind(cls, name)
    if inherited is not MISSING and has_any(inherited, "__set__", "__delete__"):
        return UNKNOWN
    if not is_old_style(cls) and type(in_mro(meta, "__getattribute__")) is not SLOT:
        return UNKNOWN
    own = in_mro(cls, name)
    if own is not MISSING:
        return own if type(own) is types.FunctionType else bound(own, None, cls)
    member = member_of_enum(cls, name)
    if member is not MISSING:
        return member
    if inherited is not MISSING:
        return bound(inherited, cls, meta)
    return MISSING if is_old_style(cls) or in_mro(meta, "__getattr__") is MISSING else UNKNOWN


def bound(value, instance, cls):
    """What a value in a class's namespace is when it is asked for through an instance or the class."""
    kind = type(value)
    if kind is types.FunctionType:
        return types.MethodType(value, instance)
    if kind is staticmethod:
        return value.__func__
    if kind is classmethod:
        return types.MethodType(value.__func__, cls) if type(value.__func__) is types.FunctionType else UNKNOWN
    return value if kind is types.MethodType or not has_any(value, "__get__") else UNKNOWN


def member_of_enum(cls, name):
    """Before 3.12 the members of an enum are found by its metaclass."""
    members = class_namespace(cls).get("_member_map_")
    is_enum = any(value_module(meta) == "enum" for meta in mro_of(type(cls)))
    return raw_get(members, name, MISSING) if is_enum and issubclass(type(members), dict) else MISSING


def namespace_of(value):
    """The raw `__dict__` of an object that is no class; an empty one where it has none."""
    if issubclass(type(value), types.ModuleType):
        return module_dict(value)
    if is_old_style(value):
        return value.__dict__
    owner, getter = in_mro_of_kind(value, "__dict__")
    if getter is MISSING:
        return {}
    if type(getter) is not GETSET:
        return UNKNOWN
    namespace = getter.__get__(value)
    return namespace if issubclass(type(namespace), dict) else UNKNOWN


def in_mro_of_kind(value, name):
    """The class of an object's MRO that has a name in its namespace, and what it means there."""
    for cls in mro_of(class_of(value)):
        found = (class_namespace(cls) or {}).get(name, MISSING)
        if found is not MISSING:
            return cls, found
    return None, MISSING


def in_mro(cls, name):
    for base in mro_of(cls):
        found = class_namespace(base).get(name, MISSING)
        if found is not MISSING:
            return found
    return MISSING


def has_any(value, *names):
    """Whether an object's type has one of some methods; 2.7 has types that are not ready, all of descriptors."""
    if raw_mro(type(value)) is None:
        return True
    return any(in_mro_of_kind(value, name)[1] is not MISSING for name in names)


def is_old_style(value):
    return PY2 and (type(value) is types.InstanceType or type(value) is types.ClassType)


def is_class(value):
    return issubclass(type(value), class_types)


def other_generation(cls, classes):
    """The class of the same name among some that do not have the class itself."""
    if any(other is cls for other in classes):
        return None
    for other in classes:
        if is_class(other) and is_other_generation(cls, other):
            return other
    return None


def is_other_generation(one, other):
    """Whether two classes, or the classes of two instances, are different ones of the same name."""
    if is_class(one) != is_class(other):
        return False
    if not is_class(one):
        one, other = class_of(one), class_of(other)
    return one is not other and full_name(one) == full_name(other)


# ---- from values to meanings


class InstanceOf(object):
    """Stands for an object of which only the class is known."""

    def __init__(self, cls):
        self.cls = cls


def nature_of(value):
    kind = type(value)
    if issubclass(kind, types.ModuleType):
        return "module"
    if issubclass(kind, class_types):
        return "class"
    if kind is types.MethodType and type(value.__func__) is types.FunctionType:
        return "function" if value.__self__ is None else "method"  # 2.7 has methods that are not bound
    return "function" if kind is types.FunctionType else "instance"


def meaning_of(value):
    """What `evidence.rs` calls a meaning, with references for tokens."""
    nature = nature_of(value)
    plain = size = cls = None
    if nature == "method":
        cls = class_of(value.__self__)
    elif nature == "instance":
        cls = value.cls if type(value) is InstanceOf else class_of(value)
        plain = plain_text(value)
        size = len(value) if id(type(value)) in SIZED else None
    if type(value) is types.MethodType:
        value = value.__func__
    mro = mro_of(value if nature == "class" else cls) if cls is not None or nature == "class" else []
    return {
        "nature": nature,
        "token": (0, None, None) if type(value) is InstanceOf else refer(value),
        "class": None if cls is None else (refer(cls), public_name(cls)),
        "mro": [(refer(base), public_name(base)) for base in mro],
        "plain": plain,
        "size": size,
    }


def key_of(meaning):
    """What tells a meaning from another."""
    if meaning is None:
        return None
    cls = meaning["class"]
    return meaning["nature"], meaning["token"][0], cls and cls[0][0], meaning["plain"], meaning["size"]


def refer(value):
    """An object's id and a weak reference, or else its type, so as not to hold it."""
    try:
        return id(value), weakref.ref(value), None
    except TypeError:
        return id(value), None, weakref.ref(type(value))


def plain_text(value):
    """The repr of a plain value."""
    kind = id(type(value))
    if kind not in PLAIN_KINDS or kind in NUMBERS and abs(value) >> 128:
        return None
    return to_text(repr(value[:PLAIN] if kind in TEXTS else value))[:PLAIN]
