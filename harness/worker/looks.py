"""What is seen on a line: each expression of it that could show a cause, and what it means before it runs.

A part of the evidence.  `SEERS` has a function for each kind of thing on a line, as `lines.py` has sorted them; it is
given a `Look` at the frame, and tells the watch what it sees.
"""

import gc
import sys
import types

PY2 = sys.version_info[0] == 2
raw_get = dict.get
raw_keys = dict.keys
# Given by the probe: raw, lines, values and operands.
class_of, mro_of, qualified_name = raw.class_of, raw.mro_of, raw.qualified_name  # noqa: F821
full_name = raw.full_name  # noqa: F821
to_text, value_module = raw.to_text, raw.value_module  # noqa: F821
COMPREHENSIONS, dotted = lines.COMPREHENSIONS, lines.dotted  # noqa: F821
kind_of = lines.kind_of  # noqa: F821
InstanceOf, MISSING, PLAIN_KINDS = values.InstanceOf, values.MISSING, values.PLAIN_KINDS  # noqa: F821
SEQUENCES, UNKNOWN, its_class = values.SEQUENCES, values.UNKNOWN, values.its_class  # noqa: F821
attribute, in_mro, is_class = values.attribute, values.in_mro, values.is_class  # noqa: F821
is_other_generation, mangled = values.is_other_generation, values.mangled  # noqa: F821
nature_of, other_generation = values.nature_of, values.other_generation  # noqa: F821
Operand, arguments_declared, constant = operands.Operand, operands.arguments_declared, operands.constant  # noqa: F821
elements_of, insides_of, item = operands.elements_of, operands.insides_of, operands.item  # noqa: F821
is_known_by_identity, is_one_of, made_by = operands.is_known_by_identity, operands.is_one_of, operands.made_by  # noqa: F821
is_old_style, is_own_of = values.is_old_style, values.is_own_of  # noqa: F821
other_in, pair_of_generations = operands.other_in, operands.pair_of_generations  # noqa: F821

ELEMENTS = 1000
OPTIMIZED = 0x1  # inspect.CO_OPTIMIZED: locals are not in a namespace
PICKLERS = frozenset(["pickle", "cPickle", "_pickle", "dill", "dill._dill", "cloudpickle", "cloudpickle.cloudpickle"])
INTERPRETERS = frozenset(["_interpreters", "_xxsubinterpreters"])
RUNNERS = frozenset(["run_string", "run_func", "exec", "call"])
MAPPING_PROXY = getattr(types, "MappingProxyType", None)


class Look(object):
    """What the names of one line mean at the moment."""

    def __init__(self, watch, frame, lines, line, hidden):
        self.watch = watch
        self.frame = frame
        self.lines = lines
        self.line = line
        self.hidden = hidden

    def tell(self, role, operand, on=None, **more):
        self.watch.tell(self.frame, self.line, role, operand, on, **more)

    def operand(self, node):
        """What an expression is and means; None where what it means cannot be known."""
        names, kind = dotted(node), kind_of(node)
        operand = None
        if names:
            found, value = self.find(names)
            operand = Operand(u".".join(names), found, value)
        elif kind == "Attribute":
            base = self.operand(node.value)
            value = base and attribute(base.value, mangled(node.attr, self.lines.private))
            operand = base and Operand(u"%s.%s" % (base.text, to_text(node.attr)), base.found, value)
        elif kind == "Subscript":
            operand = self.item(node)
        elif kind == "Call":
            operand = self.result(node)
        if operand is None or operand.value is UNKNOWN or operand.value is MISSING:
            return None
        operand.value = unproxied(operand.value)
        return operand

    def item(self, node):
        """`x[0]`, `x[key]`"""
        container = self.operand(node.value)
        node = node.slice.value if kind_of(node.slice) == "Index" else node.slice  # before 3.9
        key = constant(node)
        text = None if key is UNKNOWN else to_text(repr(key))
        if text is None and dotted(node):
            operand = self.operand(node)
            key, text = (operand.value, operand.text) if operand else (UNKNOWN, None)
        if container is None or text is None:
            return None
        return Operand(u"%s[%s]" % (container.text, text), container.found, item(container.value, key))

    def result(self, node):
        """`type(x)`, `Foo()`"""
        if len(node.args) == 1 and self.means(node.func, type):
            inner = self.operand(node.args[0])
            return inner and Operand(u"type(%s)" % inner.text, inner.found, its_class(inner.value))
        cls = self.operand(node.func)
        is_bare = not any(getattr(node, part, None) for part in ("args", "keywords", "starargs", "kwargs"))
        return cls and Operand(cls.text + (u"()" if is_bare else u"(...)"), cls.found, made_by(cls.value))

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
    if names is None:
        operand = look.operand(node)
        if operand is not None:
            look.tell("name", operand, of=full_name(operand.value) if is_class(operand.value) else None)
        return
    text = u".".join(names)
    found, value = look.find(names)
    is_own = len(names) > 1 and is_own_of(look.find(names[:-1])[1], names[-1])
    if value is MISSING:
        # What the line itself is about to bind is not missing.
        stored = look.lines.stored.get(look.line, ())
        if any(u".".join(names[:count + 1]) in stored for count in range(len(names))):
            return
    if value is not UNKNOWN:
        look.tell("name", Operand(text, found, value), of=full_name(value) if is_class(value) else None, own=is_own)


def see_call(look, node):
    names = dotted(node.func)
    if names and len(names) > 1:
        see_call_of_class(look, node.func)
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
            for inside in insides_of(argument):
                look.tell("pickle", inside)
        return
    if is_run_elsewhere(callee):
        look.tell("interpreter", Operand(u".".join(names), found, callee))
        return
    see_foreign_call(look, names, found, callee, node)
    argument = look.operand(node.args[0])
    if argument is None:
        return
    if callee is set or callee is frozenset:
        tell_pair(look, elements_of(argument))
    elif base and names[-1] in ("remove", "index", "count") and id(type(base.value)) in SEQUENCES:
        tell_other(look, argument, elements_of(base))
    if base and names[-1] == "get" and issubclass(type(base.value), dict):
        tell_key(look, base, argument)
    elif type(callee) is types.FunctionType and nature_of(argument.value) == "instance":
        name = mangled(names[-1], look.lines.private)
        if base and is_class(base.value) and in_mro(base.value, name) is callee:
            look.tell("unbound_call", base, argument)
        tell_dispatch(look, Operand(u".".join(names), found, callee), argument)


def see_call_of_class(look, node):
    """`Foo.foo()`, where that is a class or static method, in a method of an object that descends from another `Foo`."""
    base = look.operand(node.value)
    if base is None or not is_class(base.value):
        return
    if type(in_mro(base.value, mangled(node.attr, look.lines.private))) not in (classmethod, staticmethod):
        return
    code = look.frame.f_code
    first = code.co_varnames[0] if code.co_argcount else None
    found, owner = look.find([first]) if first else (None, UNKNOWN)
    if owner is not UNKNOWN and nature_of(owner) == "instance":
        if other_generation(base.value, mro_of(class_of(owner))) is not None:
            look.tell("unbound_call", base, Operand(to_text(first), found, owner))


def see_foreign_call(look, names, found, callee, node):
    """The classes that a function of C was told to take, each on its argument."""
    for (text, cls), argument in zip(arguments_declared(callee), node.args):
        if kind_of(argument) == "Call" and argument.args:  # ctypes.byref(x)
            argument = argument.args[0]
        on = look.operand(argument)
        if on and is_class(cls):
            look.tell("isinstance", Operand(u"%s.%s" % (u".".join(names), text), found, cls), on)


def see_operation(look, node):
    """`a & b`, and of two sets what they have in common or not."""
    sides = [elements_of(side) if side else [] for side in (container(look, node.left), container(look, node.right))]
    pair = pair_of_generations(*sides)
    if pair:
        look.tell("compare", *pair)


def container(look, node):
    """A container, or one that is made of it: `set(x)`."""
    if kind_of(node) == "Call" and len(node.args) == 1 and any(look.means(node.func, kind) for kind in (set, frozenset)):
        node = node.args[0]
    return look.operand(node)


def see_subscript(look, node):
    key = look.operand(node.slice.value if kind_of(node.slice) == "Index" else node.slice)  # before 3.9
    if key and kind_of(node.value) == "Dict":
        tell_other(look, key, [one for one in map(look.operand, filter(None, node.value.keys)) if one])
    mapping = look.operand(node.value)
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
            tell_comparison(look, one, look.operand(right), kind_of(operator) in ("Is", "IsNot"))


def see_membership(look, one, node):
    """What a container has in place of what is looked for: something of another class of the same name."""
    container = look.operand(node)
    if container and issubclass(type(container.value), dict):
        tell_key(look, container, one)
        return
    elements = elements_of(container) if container else map(look.operand, parts(node))
    tell_other(look, one, [element for element in elements if element is not None])


def tell_other(look, one, elements):
    """What is in place of what is looked for."""
    other = other_in(one, elements)
    if other is not None:
        look.tell("compare", one, other)


def tell_pair(look, elements):
    """Two of one container, which will not count as one."""
    for at, one in enumerate(elements):
        pair = pair_of_generations([one], elements[:at]) if is_known_by_identity(one.value) else None
        if pair:
            look.tell("compare", *pair)
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


def tell_comparison(look, one, other, is_identity=False):
    if not other or any(id(type(side.value)) in PLAIN_KINDS for side in (one, other)):
        return
    holds = None
    if InstanceOf not in (type(one.value), type(other.value)):
        is_identity = is_identity or is_known_by_identity(one.value) and is_known_by_identity(other.value)
        holds = one.value is other.value if is_identity else None
    look.tell("compare", one, other, holds=holds)
    if id(type(one.value)) in SEQUENCES and type(one.value) is type(other.value) and not is_identity:
        for pair in zip(elements_of(one), elements_of(other)):
            if is_other_generation(pair[0].value, pair[1].value) and is_known_by_identity(pair[0].value):
                look.tell("compare", *pair)
                return


def tell_classes(look, role, node, on):
    """Each class that an expression means: one, or a tuple of them, or a union."""
    for part in parts(node) if on else ():
        operand = look.operand(part)
        todo = [(operand.text, operand.value)] if operand else []
        for text, value in todo:
            if is_class(value):
                if role == "super" and is_old_style(value):
                    continue  # it refuses those, of whatever generation
                holds = is_one_of(on.value, value) if role == "isinstance" else None
                look.tell(role, Operand(text, operand.found, value), on, of=full_name(value), holds=holds)
            elif type(value) is tuple:
                todo.extend((u"%s[%d]" % (text, at), item) for at, item in enumerate(value))


def tell_key(look, mapping, key):
    """The class in a mapping that is another generation of the class that is looked up."""
    if is_class(key.value) and len(mapping.value) <= ELEMENTS:
        other = other_generation(key.value, list(raw_keys(mapping.value)))
        if other is not None:
            look.tell("key", Operand(mapping.text, mapping.found, other), key)
    elif nature_of(key.value) == "instance" and id(type(key.value)) not in PLAIN_KINDS:
        if type(mapping.value) is dict and is_known_by_identity(key.value):
            tell_other(look, key, elements_of(mapping))


def tell_dispatch(look, function, argument):
    """The class in a function's registry that is another generation of one that its argument is of."""
    registry = registry_of(function.value)
    keys = [] if registry is None else list(raw_keys(registry))
    for cls in mro_of(its_class(argument.value)):
        other = other_generation(cls, keys)
        if other is not None:
            look.tell("dispatch", Operand(function.text, function.found, other), argument)
        if other is not None or any(key is cls for key in keys):
            break


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
        for cls in mro_of(its_class(base.value)):
            if value_module(cls) in PICKLERS and qualified_name(cls) in ("Pickler", "_Pickler"):
                return True
    if type(callee) is types.FunctionType:
        return value_module(callee) in PICKLERS and callee.__name__ in ("dump", "dumps", "_dump", "_dumps")
    if type(callee) is types.BuiltinFunctionType and callee.__name__ in ("dump", "dumps"):
        module = callee.__module__
        return type(module) is str and module in PICKLERS
    return False


def is_run_elsewhere(callee):
    """Whether a function has another interpreter of the process run code."""
    if type(callee) is not types.BuiltinFunctionType or callee.__name__ not in RUNNERS:
        return False
    module = callee.__module__
    return type(module) is str and module in INTERPRETERS


def unproxied(value):
    """The dict behind a read-only view of one."""
    if MAPPING_PROXY is not None and type(value) is MAPPING_PROXY:
        behind = (gc.get_referents(value) or [None])[0]
        return behind if type(behind) is dict else value
    return value


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
        value = unproxied(value)
        if type(value) is dict and len(value) <= ELEMENTS:
            return value
    return None


SEERS = {
    "name": see_name, "call": see_call, "subscript": see_subscript, "comparison": see_comparison,
    "operation": see_operation,
    "handler": see_handler, "class_pattern": see_class_pattern, "value_pattern": see_value_pattern,
}
