"""What kind of step a statement is: an import, an instantiation, a reload, a call, or something else.

Part of the probe.
"""

PATH_CHARACTERS = u"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."
STATEMENTS = (  # and what else is not called, though it looks like it: `not(b)`
    "print", "exec", "not", "del", "assert", "raise", "return", "yield", "await", "None", "True", "False",
)


def kind_of(tree):
    """What kind of step a statement is, whether it is a bare call of `id`, and whether it ends with a value."""
    statement = tree.body[0] if len(tree.body) == 1 else None
    name = type(statement).__name__
    if name in ("Import", "ImportFrom"):
        return "import", False, False
    call = getattr(statement, "value", None)
    if name not in ("Expr", "Assign", "AnnAssign") or type(call).__name__ != "Call":
        return "other", False, name == "Expr"
    return kind_of_call(getattr(call.func, "attr", None) or getattr(call.func, "id", None), name == "Expr")


def kind_of_call(callee, ends_with_it):
    if callee == "reload":
        return "reload", False, ends_with_it
    if callee is not None and callee[:1].isupper():
        return "instantiate", False, ends_with_it
    return "call", callee == "id" and ends_with_it, ends_with_it


def kind_at_sight(source):
    """The same for `import foo`, `b = foo.make(c, d)` and `foo.make().foo()`; nothing for what is less plain.

    A syntax tree for each statement of each run would cost as much as its code.
    """
    if source[:7] == "import " and is_path(source[7:]):
        return "import", False, False
    target, equals, call = source.rpartition(" = ")
    before, dot, call = call.rpartition("().")
    callee, _, arguments = call.partition("(")
    if arguments[-1:] != ")" or not is_path(callee) or callee in STATEMENTS:
        return None
    calls = before.split("().")
    if dot and not (all([is_path(called) for called in calls]) and calls[0] not in STATEMENTS):
        return None
    if equals and not is_path(target) or "__debug__" in target:
        return None
    if arguments != ")" and not all([is_path(argument) for argument in arguments[:-1].split(", ")]):
        return None
    return kind_of_call(callee.rpartition(".")[2], not equals)


def is_path(text):
    """Whether a text is nothing but names with dots between them, if it is Python."""
    # What is stripped of all that a name has leaves nothing; what is before "A" begins with a digit, or is empty.
    return not text.strip(PATH_CHARACTERS) and min(text.split(".")) >= "A"
