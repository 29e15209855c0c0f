//! What is read of objects of the interpreter's own: they give it out as it is, and run no code for it.

use crate::{Watched, after_reload};

#[test]
fn bases_defaults_and_cells_are_containers_as_others_are() {
    after_reload(">=2.7", "", ">>> b.__class__.__bases__[0] is foo.Foo").tells(&[
        "<stdin>:1 Compare b.__class__.__bases__[0]: Global, class foo.Foo#1, on foo.Foo: class foo.Foo#2",
    ]);
    let takes = "def make():\n    inner = Foo\n    return lambda: inner\n";
    let kept = "import foo\nf = foo.make()\ndef g(of=foo.Foo):\n    return of\n";
    let module = format!("class Foo(object):\n    pass\n{takes}");
    let transcript = |step: &str| format!(">>> import foo, kept\n>>> m = reload(foo)\n>>> {step}");
    for text in ["kept.f.__closure__[0].cell_contents", "kept.g.__defaults__[0]"] {
        let files = [("foo.py", module.as_str()), ("kept.py", kept)];
        let line = format!("<stdin>:1 Compare {text}: Global, class foo.Foo#1, on foo.Foo: class foo.Foo#2");
        Watched::new(">=2.7", &files, &transcript(&format!("{text} is foo.Foo"))).tells(&[&line]);
    }
    let empty = "def make():\n    if 0:\n        inner = 1\n    return lambda: inner\n";
    let step = transcript("kept.f.__closure__[0].cell_contents is foo.make");
    let watched =
        Watched::new(">=2.7", &[("foo.py", empty), ("kept.py", "import foo\nf = foo.make()\n")], &step);
    watched.tells_nothing_of("Compare");
}

#[test]
fn a_read_only_view_of_a_dict_is_looked_up_in_as_the_dict_is() {
    let function =
        "import types\nKNOWN = types.MappingProxyType({Bar: 1})\ndef ask(x):\n    return type(x) in KNOWN\n";
    after_reload(">=3.6", function, ">>> foo.ask(b)")
        .tells(&["foo.py:8 Key KNOWN: Global, class foo.Bar#2, on type(x): class foo.Bar#1"]);
}

#[test]
fn a_dict_that_is_written_out_has_keys() {
    let module =
        "import enum\nclass State(enum.Enum):\n    HELD = 1\ndef ask(s):\n    return {State.HELD: 1}[s]\n";
    let transcript = ">>> import foo\n>>> held = foo.State.HELD\n>>> m = reload(foo)\n>>> foo.ask(held)";
    Watched::new(">=3.6", &[("foo.py", module)], transcript).tells(&[
        "foo.py:5 Compare s: Local, instance held#1 of foo.State#1, on State.HELD: instance of foo.State#2",
    ]);
}

#[test]
fn the_value_of_an_enums_member_is_its_own() {
    let module = "import enum\nclass State(enum.Enum):\n    HELD = 1\n";
    let transcript = ">>> import foo\n>>> held = foo.State.HELD\n>>> m = reload(foo)\n>>> held.value";
    for (tag, play) in Watched::new(">=3.6", &[("foo.py", module)], transcript).plays() {
        let uses = &play.steps.last().unwrap().event.uses;
        assert!(uses.iter().any(|used| used.text == "held.value" && used.own), "{tag}: {uses:#?}");
    }
}

/// On 2.7 it has a property that is called `__dict__`, and its methods were not told.
#[test]
fn a_named_tuple_has_methods_and_nothing_of_its_own() {
    let module = "from collections import namedtuple\nclass Price(namedtuple('Price', 'cents')):\n    \
                  __slots__ = ()\n    def twice(self):\n        return 2 * self[0]\n";
    let transcript = ">>> import foo\n>>> p = foo.Price(1)\n>>> m = reload(foo)\n>>> p.twice()";
    for (tag, told) in Watched::new(">=2.7", &[("foo.py", module)], transcript).told() {
        let is_told = told
            .iter()
            .any(|line| line.contains(" Name p.twice: Global, method foo.Price.twice#1 of foo.Price#"));
        assert!(is_told, "{tag}:\n{}", told.join("\n"));
    }
}

/// It raises of those whatever their generation.
#[test]
fn super_has_nothing_to_do_with_old_style_classes() {
    let module =
        "class Foo:\n    pass\nclass Bar(Foo):\n    def go(self):\n        return super(Bar, self).go()\n";
    let transcript = ">>> import foo\n>>> b = foo.Bar()\n>>> m = reload(foo)\n>>> b.go()";
    Watched::new("<3", &[("foo.py", module)], transcript).tells_nothing_of(" Super ");
}
