//! Reports of made-up runs, as text.

use std::time::Duration;

use insta::assert_snapshot;

use super::{Report, text};
use crate::trace::made_up::{
    Run, attribute, class, code, defines_foo, frame, function, gone, id, id_call, instance, module, prompt,
    renumbered, statement, surroundings, sys, value,
};
use crate::worker::{Chained, Ending, Event, Exception, Hold, Made, Reference, Relation, Scope, Value};

mod answers;
mod endings;
mod held;
mod identities;
mod properties;

/// Without its heading.
fn shown(run: &Run) -> String {
    let text = text(&Report::new(&run.scenario, &run.play, &surroundings()));
    text.strip_prefix("made_up/run: A made-up run\n\n").unwrap().to_owned()
}

fn founding() -> Run {
    let bases = Value { holds: vec![2], ..value("(<class 'foo.Foo'>,)") };
    let class = Value { token: Some(14), ..value("<class 'foo.Bar'>") };
    let frames = vec![statement(), frame("foo.py", 9, "foo", code(5))];
    Run::new()
        .import_foo()
        .step("b = foo.Bar()", Event::default().instance(6, "b", 4))
        .printing("b.foo()", "Bar.foo\nFoo.foo\n")
        .step("id(foo.Bar)", Event::default().show(id_call(id(4))))
        .reload_foo()
        .step("b", Event::default().show(value(format!("<foo.Bar object at {:#x}>", id(6)))))
        .step("foo.Bar", Event::default().show(class))
        .step("b.foo()", Event::default().raise("TypeError", "unbound method foo() must be called", frames))
        .step("b.__class__.__bases__", Event::default().show(bases))
        .step("id(foo.Bar)", Event::default().show(id_call(id(14))))
}

#[test]
fn the_founding_case() {
    assert_snapshot!(text(&Report::new(&founding().scenario, &founding().play, &surroundings())), @"
    made_up/run: A made-up run

    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> b = foo.Bar()
        b  #1   a foo.Bar#1
    >>> b.foo()
        Bar.foo
        Foo.foo
    >>> id(foo.Bar)
        id of foo.Bar#1
    >>> reload(foo)
        foo.Foo  #1 -> #2
        foo.Bar  #1 -> #2   mro: foo.Bar#2, foo.Foo#2, object
        b is a superseded foo.Bar#1
    >>> b
        <foo.Bar object at b#1>
    >>> foo.Bar
        <class 'foo.Bar'>  is foo.Bar#2
    >>> b.foo()
        TypeError: unbound method foo() must be called
            foo.py:9 in foo: Foo.foo(self)
    >>> b.__class__.__bases__
        (<class 'foo.Foo'>,)  holds foo.Foo#1
    >>> id(foo.Bar)
        id of foo.Bar#2
    ");
}

#[test]
fn raw_ids_show_the_numbers() {
    let run = founding();
    let surroundings = crate::trace::Surroundings { raw_ids: true, ..surroundings() };
    let text = text(&Report::new(&run.scenario, &run.play, &surroundings));
    assert!(text.contains(&format!(">>> id(foo.Bar)\n    {}\n", id(14))), "{text}");
    assert!(text.contains(&format!("<foo.Bar object at {:#x}>\n", id(6))), "{text}");
}
