//! By which names what there is goes, on every Python of this machine.

use crate::Machine;

#[test]
fn a_base_goes_by_the_path_to_it_whichever_module_is_looked_at_first() {
    let base = "import abc\nBase = abc.ABCMeta('Base', (object,), {})";
    Machine::new().each_says(
        "",
        &[("app.py", "import foo\nclass Sub(foo.Base): pass"), ("foo.py", base)],
        ">>> import app, foo\n>>> reload(foo)",
        &[
            "foo.Base #1 metaclass: abc.ABCMeta",
            "app.Sub #1 mro: app.Sub#1, foo.Base#1, object; metaclass: abc.ABCMeta",
            "foo.Base #1 -> #2 metaclass: abc.ABCMeta",
        ],
    );
}

#[test]
fn classes_of_another_interpreters_library_are_not_the_scenarios() {
    let foo =
        "try:\n    import _xxsubinterpreters as sub\nexcept ImportError:\n    import _interpreters as sub";
    let transcript =
        ">>> import foo\n>>> other = foo.sub.create()\n>>> foo.sub.run_string(other, 'import json')";
    for (tag, report) in Machine::new().reports("python = '>=3.8'", &[("foo.py", foo)], transcript) {
        assert!(!report.contains("metaclass"), "{tag}:\n{report}");
    }
}

#[test]
fn a_name_is_gone_only_where_nothing_is_there() {
    Machine::new().each_says(
        "",
        &[("foo.py", "class A(object):\n    def f(self): pass\n    def g(self): pass\nclass B(object): pass\nC = B")],
        ">>> import foo, sys\n>>> foo.A.f = None; del foo.A.g\n>>> foo.B = len; del foo.C\n>>> sys.modules['foo'] = None\n\
         >>> def f(): pass\n>>> f = [1]",
        &[
            "foo.A.f now something else",
            "foo.A.g gone",
            "foo.B now something else",
            "foo.C gone",
            "sys.modules['foo'] now something else",
            "__main__.f now something else",
        ],
    );
}

#[test]
fn a_function_that_a_decorator_of_the_library_made_is_the_scenarios() {
    let foo = "import contextlib, functools\ndef plain(): pass\n@contextlib.contextmanager\ndef busy():\n    yield\n\
               def loud(function):\n    @functools.wraps(function)\n    def call(): return function()\n    return call";
    Machine::new().each_says(
        "",
        &[("foo.py", foo), ("app.py", "from foo import busy, loud\n@loud\ndef shout(): pass")],
        ">>> import app, foo\n>>> from foo import busy\n>>> @foo.contextlib.contextmanager\n... def idle():\n...     yield\n...\n\
         >>> reload(foo)",
        &[
            "foo.busy #1",
            "app.busy foo.busy#1",
            "app.shout #1",
            "busy foo.busy#1",
            "__main__.idle #1",
            "foo.busy #1 -> #2",
            "busy is the superseded foo.busy#1",
        ],
    );
}
