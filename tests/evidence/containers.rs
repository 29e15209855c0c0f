//! What is looked for in containers and registries, and what meets in them.

use crate::{Watched, after_reload};

#[test]
fn items_and_what_is_about_to_be_made_are_operands() {
    let more = "class Own(object):\n    def __new__(cls):\n        return 1\nclass Late(Foo):\n    pass\n";
    let step =
        ">>> (isinstance(foo.Late(), foo.Foo), isinstance(foo.Own(), foo.Foo), {'k': [b]}['k'], type(b))";
    let watched = after_reload(">=2.7", more, step);
    watched.tells(&[
        "<stdin>:1 Isinstance foo.Foo: Global, class foo.Foo#2, on foo.Late(): instance of foo.Late#2",
        "<stdin>:1 Name type(b): Global, class foo.Bar#1",
    ]);
    watched.tells_nothing_of("on foo.Own()");
    after_reload(">=2.7", "", ">>> kept = {'k': [b]}\n>>> kept['k'][-1].nothing")
        .tells(&["<stdin>:1 Name kept['k'][-1]: Global, instance b#1 of foo.Bar#1"]);
}

#[test]
fn what_meets_where_no_line_shows_it_is_told_of_the_scenarios_line() {
    let method = "    def __hash__(self):\n        return 1\n    def __eq__(self, other):\n        return self is other\n";
    // Which of two a set asks is a matter of the version.
    for (tag, told) in after_reload(">=2.7", method, ">>> len(set([b, foo.Bar()]))").told() {
        let is_told =
            told.iter().any(|line| line.starts_with("<stdin>:1 Meet one side: Local, instance of foo.Bar#"));
        assert!(is_told, "{tag}:\n{}", told.join("\n"));
    }
    after_reload(">=2.7", method, ">>> len(set([b, b]))").tells_nothing_of("Meet");
}

#[test]
fn objects_that_go_by_identity_are_looked_for_in_containers() {
    let more =
        "class Key(object):\n    pass\nONE = Key()\nTABLE = {ONE: 1}\ndef get(x):\n    return TABLE[x]\n";
    let module = format!("class Foo(object):\n    pass\n{more}");
    let transcript = ">>> import foo\n>>> one = foo.ONE\n>>> m = reload(foo)\n>>> foo.get(one)";
    Watched::new(">=2.7", &[("foo.py", &module)], transcript).tells(&[
        "foo.py:8 Compare x: Local, instance one#1 of foo.Key#1, on a key of TABLE: instance of foo.Key#2",
    ]);
}

#[test]
fn an_enum_is_compared_with_its_members() {
    let module =
        "import enum\nclass Color(enum.Enum):\n    RED = 1\ndef ask(c):\n    return c is Color.RED\n";
    let transcript = ">>> import foo\n>>> red = foo.Color.RED\n>>> m = reload(foo)\n>>> foo.ask(red)";
    Watched::new(">=3.6", &[("foo.py", module)], transcript).tells(&[
        "foo.py:5 Compare c: Local, instance red#1 of foo.Color#1, on Color.RED: instance of foo.Color#2",
    ]);
}

#[test]
fn what_is_pickled_is_told_and_what_is_copied_is_not() {
    for call in ["pickle.dumps(b)", "pickle.dump([b], None)", "pickle.Pickler(None).dump(b)"] {
        let watched = after_reload(">=2.7", "", &format!(">>> import pickle\n>>> {call}"));
        if call.contains("Pickler") {
            watched.tells_nothing_of("Pickle b");
        } else {
            watched.tells(&["<stdin>:1 Pickle b: Global, instance b#1 of foo.Bar#1"]);
        }
    }
    let pickler = ">>> import io, pickle\n>>> p = pickle.Pickler(io.BytesIO(), 2)\n>>> p.dump(b)";
    after_reload(">=2.7", "", pickler).tells(&["<stdin>:1 Pickle b: Global, instance b#1 of foo.Bar#1"]);
    after_reload(">=2.7", "", ">>> import copy\n>>> copy.deepcopy(b)").tells_nothing_of("Pickle");
}

#[test]
fn a_registry_that_a_function_chooses_by_knows_another_generation() {
    let module = "import functools\n@functools.singledispatch\ndef show(x):\n    return 'any'\n";
    let main = "import foo, gen\n@gen.show.register(foo.Foo)\ndef _(x):\n    return 'foo'\n";
    let classes = "class Foo(object):\n    pass\nclass Bar(Foo):\n    pass\n";
    let transcript = ">>> import foo, gen, reg\n>>> m = reload(foo)\n>>> b = foo.Bar()\n>>> gen.show(b)";
    let files = [("foo.py", classes), ("gen.py", module), ("reg.py", main)];
    let line = "<stdin>:1 Dispatch gen.show: Global, class foo.Foo#1, on b: instance b#1 of foo.Bar#2";
    Watched::new(">=3.6", &files, transcript).tells(&[line]);
    let own = "def make():\n    registry = {}\n    def show(x):\n        return registry.get(type(x))\n    \
               show.register = registry.__setitem__\n    return show\nshow = make()\n";
    let main = "import foo, gen\ngen.show.register(foo.Foo, 1)\n";
    let files = [("foo.py", classes), ("gen.py", own), ("reg.py", main)];
    Watched::new(">=2.7", &files, transcript).tells(&[line]);
}

#[test]
fn a_dict_has_another_generation_as_its_key() {
    let function = "KNOWN = {Bar: 1}\ndef ask(x):\n    KNOWN.get(type(x))\n    Foo in KNOWN, x.__class__ in KNOWN\n    \
                    return KNOWN[type(x)]\n";
    let key =
        |line, of| format!("foo.py:{line} Key KNOWN: Global, class foo.Bar#2, on {of}: class foo.Bar#1");
    let watched = after_reload(">=2.7", function, ">>> foo.ask(b)");
    watched.tells(&[&key(7, "type(x)"), &key(8, "x.__class__"), &key(9, "type(x)")]);
    watched.tells_nothing_of("on Foo");
}
