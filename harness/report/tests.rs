use std::time::Duration;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::{Report, text};
use crate::trace::made_up::{
    Run, attribute, class, code, defines_foo, frame, function, gone, id, id_call, instance, module, prompt,
    renumbered, statement, surroundings, sys, value,
};
use crate::worker::{Chained, Ending, Event, Exception, Hold, Made, Reference, Relation, Scope, Value};

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
fn purge_and_import_makes_a_second_module() {
    let again = defines_foo(10).with(module(11, "foo")).bind(sys("foo", 11));
    let run = Run::new()
        .import_foo()
        .step("b = foo.Bar()", Event::default().instance(6, "b", 4))
        .step(
            "old = sys.modules.pop('foo')",
            Event::default()
                .bind(gone(Scope::Modules, "foo"))
                .bind(prompt("old", 1))
                .bind(gone(Scope::Attributes, "foo.Foo"))
                .bind(gone(Scope::Attributes, "foo.Foo.foo"))
                .bind(gone(Scope::Attributes, "foo.Bar"))
                .bind(gone(Scope::Attributes, "foo.Bar.foo")),
        )
        .step("__import__('foo') and None", again)
        .step("import foo", Event::default().bind(prompt("foo", 11)));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> b = foo.Bar()
        b  #1   a foo.Bar#1
    >>> old = sys.modules.pop('foo')
        sys.modules['foo']  gone
        old                 foo#1
    >>> __import__('foo') and None
        sys.modules['foo']  #2
        foo.Foo             #2
        foo.Bar             #2   mro: foo.Bar#2, foo.Foo#2, object
        foo is the superseded foo#1
        old is the superseded foo#1
        b is a superseded foo.Bar#1
    >>> import foo
        foo  #1 -> #2
    ");
}

#[test]
fn a_reload_supersedes_classes_functions_and_instances_at_the_prompt() {
    let first = defines_foo(0)
        .with(function(7, "foo.run"))
        .bind(attribute("foo.run", 7))
        .with(module(1, "foo"))
        .bind(sys("foo", 1))
        .bind(prompt("foo", 1));
    let second = defines_foo(10).with(function(17, "foo.run")).bind(attribute("foo.run", 17));
    let run = Run::new()
        .step("import foo", first)
        .step("from foo import Bar, run", Event::default().bind(prompt("Bar", 4)).bind(prompt("run", 7)))
        .step("b = c = Bar()", Event::default().instance(8, "b", 4).bind(prompt("c", 8)))
        .step("reload(foo)", second)
        .step("d = Bar()", Event::default().instance(18, "d", 4))
        .step("e = b", Event::default().bind(prompt("e", 8)))
        .step("from foo import Bar", Event::default().bind(prompt("Bar", 14)))
        .step("reload(foo)", defines_foo(20).with(function(27, "foo.run")).bind(attribute("foo.run", 27)));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
        foo.run  #1
    >>> from foo import Bar, run
        Bar  foo.Bar#1
        run  foo.run#1
    >>> b = c = Bar()
        b  #1    a foo.Bar#1
        c  b#1
    >>> reload(foo)
        foo.Foo  #1 -> #2
        foo.Bar  #1 -> #2   mro: foo.Bar#2, foo.Foo#2, object
        foo.run  #1 -> #2
        Bar is the superseded foo.Bar#1
        run is the superseded foo.run#1
        b is a superseded foo.Bar#1
        c is a superseded foo.Bar#1
    >>> d = Bar()
        d  #1   a superseded foo.Bar#1
    >>> e = b
        e  b#1   superseded
    >>> from foo import Bar
        Bar  foo.Bar#1 -> foo.Bar#2
    >>> reload(foo)
        foo.Foo  #2 -> #3
        foo.Bar  #2 -> #3   mro: foo.Bar#3, foo.Foo#3, object
        foo.run  #2 -> #3
        Bar is the superseded foo.Bar#2
    ");
}

#[test]
fn an_alias_that_moves_is_told_by_both_labels() {
    let base = Event::default()
        .with(class(1, "base.Foo", &[1]))
        .bind(attribute("base.Foo", 1))
        .bind(attribute("foo.Foo", 1));
    let run = Run::new()
        .step("import foo", base)
        .step(
            "foo.Foo = foo.Baz",
            Event::default()
                .with(class(2, "foo.Baz", &[2, 1]))
                .bind(attribute("foo.Baz", 2))
                .bind(attribute("foo.Foo", 2)),
        )
        .step("del foo.Foo", Event::default().bind(gone(Scope::Attributes, "foo.Foo")));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        base.Foo  #1
        foo.Foo   base.Foo#1
    >>> foo.Foo = foo.Baz
        foo.Baz  #1                        mro: foo.Baz#1, base.Foo#1, object
        foo.Foo  base.Foo#1 -> foo.Baz#1
    >>> del foo.Foo
        foo.Foo  gone
    ");
}

#[test]
fn nested_and_local_classes_are_told_once() {
    let event = |offset| {
        let [outer, inner, run] = [1_u64, 2, 3].map(|token| token + offset);
        Event::default()
            .with(class(outer, "foo.Outer", &[outer]))
            .with(class(inner, "foo.Outer.Inner", &[inner]))
            .with(function(run, "foo.Outer.Inner.run"))
            .bind(attribute("foo.Outer", outer))
            .bind(attribute("foo.Outer.Inner", inner))
            .bind(attribute("foo.Outer.Inner.run", run))
    };
    let local = Event::default()
        .with(class(5, "foo.make.<locals>.C", &[5]))
        .with(function(6, "foo.make.<locals>.C.run"))
        .with(instance(7, "c", 5))
        .bind(prompt("c", 7));
    let run = Run::new()
        .step("import foo", event(0))
        .step("i = foo.Outer.Inner()", Event::default().instance(4, "i", 2))
        .step("c = foo.make()", local)
        .step("reload(foo)", event(10))
        .step(
            "c = foo.make()",
            Event::default()
                .with(class(20, "foo.make.<locals>.C", &[20]))
                .with(instance(21, "c", 20))
                .bind(prompt("c", 21))
                .free(&[7]),
        );
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo.Outer  #1
    >>> i = foo.Outer.Inner()
        i  #1   a foo.Outer.Inner#1
    >>> c = foo.make()
        foo.make.<locals>.C  #1
        c                    #1   a foo.make.<locals>.C#1
    >>> reload(foo)
        foo.Outer  #1 -> #2
        i is a superseded foo.Outer.Inner#1
    >>> c = foo.make()
        foo.make.<locals>.C  #2
        c                    #1 -> #2   a foo.make.<locals>.C#2
    ");
}

#[test]
fn classes_without_a_module_and_classes_of_the_prompt() {
    let plain = Made { reachable: false, ..class(1, "C", &[1]) };
    let run = Run::new()
        .step("C = type('C', (), {})", Event::default().with(plain).bind(prompt("C", 1)))
        .step("c = C()", Event::default().instance(2, "c", 1))
        .step(
            "class D(object): pass",
            Event::default().with(class(3, "__main__.D", &[3])).bind(prompt("D", 3)),
        )
        .step("d = D()", Event::default().instance(4, "d", 3))
        .step(
            "class D(object): pass",
            Event::default().with(class(5, "__main__.D", &[5])).bind(prompt("D", 5)),
        );
    assert_snapshot!(shown(&run), @"
    >>> C = type('C', (), {})
        C  #1
    >>> c = C()
        c  #1   a C#1
    >>> class D(object): pass
        D  #1
    >>> d = D()
        d  #1   a __main__.D#1
    >>> class D(object): pass
        D  #1 -> #2
        d is a superseded __main__.D#1
    ");
}

#[test]
fn a_metaclass_is_told_of_and_an_old_style_class_has_no_object() {
    let meta = class(1, "foo.Meta", &[1]);
    let with_meta = Made { class: Some(Reference::Token(1)), ..class(2, "foo.Foo", &[2]) };
    let both =
        Made { class: Some(Reference::Name("abc.ABCMeta".to_owned())), ..class(3, "foo.Bar", &[3, 2]) };
    let old = Made { mro: vec![Reference::Token(4), Reference::Token(2)], ..class(4, "foo.Old", &[]) };
    let oldest = Made { mro: vec![Reference::Token(5)], ..class(5, "foo.Oldest", &[]) };
    let mut event = Event::default();
    for (made, name) in [(meta, "Meta"), (with_meta, "Foo"), (both, "Bar"), (old, "Old"), (oldest, "Oldest")]
    {
        let token = made.token;
        event = event.with(made).bind(attribute(&format!("foo.{name}"), token));
    }
    assert_snapshot!(shown(&Run::new().step("import foo", event)), @"
    >>> import foo
        foo.Meta    #1
        foo.Foo     #1   metaclass: foo.Meta#1
        foo.Bar     #1   mro: foo.Bar#1, foo.Foo#1, object; metaclass: abc.ABCMeta
        foo.Old     #1   mro: foo.Old#1, foo.Foo#1
        foo.Oldest  #1
    ");
}

#[test]
fn a_monkeypatched_method_is_told_of() {
    let run = Run::new()
        .import_foo()
        .step(
            "def patched(self): pass",
            Event::default().with(function(6, "__main__.patched")).bind(prompt("patched", 6)),
        )
        .step("foo.Bar.foo = patched", Event::default().bind(attribute("foo.Bar.foo", 6)))
        .step("del foo.Bar.foo", Event::default().bind(gone(Scope::Attributes, "foo.Bar.foo")))
        .step(
            "del foo.Foo",
            Event::default()
                .bind(gone(Scope::Attributes, "foo.Foo"))
                .bind(gone(Scope::Attributes, "foo.Foo.foo")),
        );
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> def patched(self): pass
        patched  #1
    >>> foo.Bar.foo = patched
        foo.Bar.foo  foo.Bar.foo#1 -> __main__.patched#1
    >>> del foo.Bar.foo
        foo.Bar.foo  gone
    >>> del foo.Foo
        foo.Foo  gone
    ");
}

#[test]
fn assigning_class_and_bases_is_told_of() {
    let run = Run::new()
        .import_foo()
        .step("b = foo.Bar()", Event::default().instance(6, "b", 4))
        .reload_foo()
        .step("b.__class__ = foo.Bar", Event::default().reclass(6, 14))
        .step("foo.Bar.__bases__ = (Old,)", Event::default().relinearize(14, &[14, 2]))
        .step("b.__class__ = Old", Event::default().reclass(6, 4));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> b = foo.Bar()
        b  #1   a foo.Bar#1
    >>> reload(foo)
        foo.Foo  #1 -> #2
        foo.Bar  #1 -> #2   mro: foo.Bar#2, foo.Foo#2, object
        b is a superseded foo.Bar#1
    >>> b.__class__ = foo.Bar
        b: foo.Bar#1 -> foo.Bar#2
    >>> foo.Bar.__bases__ = (Old,)
        mro of foo.Bar#2 is now foo.Bar#2, foo.Foo#1, object
    >>> b.__class__ = Old
        b: foo.Bar#2 -> foo.Bar#1
        b is a superseded foo.Bar#1
    ");
}

#[test]
fn a_name_that_changes_its_kind_says_so() {
    let constant = |token| Made {
        plain: true,
        class: Some(Reference::Name("int".to_owned())),
        ..instance(token, "n", 0)
    };
    let list = Made { class: Some(Reference::Name("list".to_owned())), ..instance(9, "n", 0) };
    let object = Made { class: Some(Reference::Name("object".to_owned())), ..instance(10, "o", 0) };
    let run = Run::new()
        .import_foo()
        .step("foo = foo.Foo()", Event::default().instance(6, "foo", 2))
        .step("n = 1", Event::default().with(constant(7)).bind(prompt("n", 7)))
        .step(
            "n = 2",
            Event::default()
                .with(constant(8))
                .bind(prompt("n", 8))
                .show(Value { token: Some(8), ..value("2") }),
        )
        .step("n = []", Event::default().with(list).bind(prompt("n", 9)))
        .step("o = object()", Event::default().with(object).bind(prompt("o", 10)))
        .step("del n", Event::default().bind(gone(Scope::Prompt, "n")));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> foo = foo.Foo()
        foo  module foo#1 -> instance foo#1   a foo.Foo#1
    >>> n = 1
    >>> n = 2
        2
    >>> n = []
        n  #2 -> #3   a list
    >>> o = object()
        o  #1   an object
    >>> del n
        n  gone
    ");
}

#[test]
fn a_module_that_the_prompt_has_and_sys_modules_has_not_is_told_apart() {
    let run = Run::new()
        .import_foo()
        .step(
            "del sys.modules['foo']; import foo as f",
            defines_foo(10).with(module(11, "foo")).bind(sys("foo", 11)).bind(prompt("f", 11)),
        )
        .step("del sys.modules['foo']", Event::default().bind(gone(Scope::Modules, "foo")));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> del sys.modules['foo']; import foo as f
        sys.modules['foo']  #1 -> #2
        foo.Foo             #1 -> #2
        foo.Bar             #1 -> #2   mro: foo.Bar#2, foo.Foo#2, object
        f                   foo#2
        foo is the superseded foo#1
    >>> del sys.modules['foo']
        sys.modules['foo']  gone
    ");
}

#[test]
fn edits_are_shown_and_first_sources_are_not() {
    let run = Run::new()
        .write("foo.py", "X = 1\nY = 2\n")
        .printing("import foo", "")
        .write("foo.py", "X = 2\nY = 2\nZ = 3")
        .write("bar.py", "X = 1\n")
        .write("bar.py", "X = 1\n")
        .write("data.bin", b"\0\x01\x02");
    assert_snapshot!(shown(&run), @r"
    >>> import foo
    edit foo.py
        - X = 1
        + X = 2
        + Z = 3\
    write bar.py
    edit bar.py: no change
    write data.bin: 3 bytes
    ");
}

#[test]
fn whatever_was_written_is_seen() {
    let run = Run::new()
        .printing("shout()", b"caf\xe9\x1b[0m\n\ntrailing \nno newline".as_slice())
        .stderr("<stdin>:1: DeprecationWarning: old\n")
        .printing("write(b'\\\\')", b"\\".as_slice())
        .step("def f():\n\n    return 1", Event::default().show(value("two\nlines")));
    assert_snapshot!(shown(&run), @r"
    >>> shout()
        caf\xe9\x1b[0m

        trailing·
        no newline\
        stderr: <stdin>:1: DeprecationWarning: old
    >>> write(b'\\')
        \\\
    >>> def f():
    ...
    ...     return 1
        two
        lines
    ");
}

#[test]
fn exceptions_show_their_frames_and_what_they_came_from() {
    let link =
        |relation, name: &str, text: &str| Chained { relation, name: name.to_owned(), text: text.to_owned() };
    let raised = Exception {
        name: "foo.Error".to_owned(),
        text: format!("two\nlines at /tmp/w1/foo.py, not {}", id(2)),
        frames: vec![
            statement(),
            frame("foo.py", 3, "foo", code(3)),
            frame("/opt/python/lib/python3.11/abc.py", 119, "check", 1),
            frame("<frozen importlib._bootstrap>", 1000, "_load", 1),
            frame("<string>", 1, "g", 1),
        ],
        dropped: 0,
        chain: vec![link(Relation::Cause, "KeyError", "'a'"), link(Relation::Context, "StopIteration", "")],
    };
    let run = Run::new().import_foo().step("x()", Event { exception: Some(raised), ..Event::default() });
    assert_snapshot!(shown(&run), @r#"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> x()
        foo.Error: two
        lines at foo.py, not id of foo.Foo#1
            foo.py:3 in foo: print("Foo.foo")
            <prefix>/lib/python/abc.py in check
            <string>:1 in g
            caused by KeyError: 'a'
            while handling StopIteration
    "#);
}

#[test]
fn endless_recursion_reads_alike_whatever_the_depth() {
    let recursion = |depth: usize, text: &str| {
        let mut frames = vec![statement()];
        frames.extend((0..depth).map(|_| frame("foo.py", 9, "foo", code(5))));
        let run =
            Run::new().import_foo().step("b.foo()", Event::default().raise("RecursionError", text, frames));
        shown(&run)
    };
    let report = recursion(40, "maximum recursion depth exceeded");
    assert_eq!(recursion(61, "maximum recursion depth exceeded while calling a Python object"), report);
    assert_snapshot!(report, @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> b.foo()
        RecursionError: maximum recursion depth exceeded
            foo.py:9 in foo: Foo.foo(self)
            the last line repeated
    ");
}

#[test]
fn a_crash_is_told_at_its_step() {
    let mut run = Run::new()
        .import_foo()
        .unplayed("crash()")
        .unplayed("1 + 1")
        .unplayed("2 + 2")
        .ending(Ending::Crashed { signal: "SIGSEGV".to_owned() });
    run.play.rest.stdout = b"going\n".to_vec();
    run.play.leaked = true;
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> crash()
        going
        crashed: killed by SIGSEGV
        left processes behind
    2 steps were not reached
    ");
}

#[test]
fn a_crash_while_a_file_is_written_shows_the_file() {
    let mut run = Run::new().write("foo.py", "x").ending(Ending::Silent);
    run.play.steps.clear();
    assert_snapshot!(shown(&run), @"
    write foo.py
        silent: it ended with status 0, but its end marker never came
    ");
}

#[test]
fn a_hang_does_not_count_what_was_written_until_the_kill() {
    let hung = |lines: usize| {
        let mut run =
            Run::new().unplayed("spin()").ending(Ending::Hung { limit: Duration::from_millis(500) });
        run.play.rest.stdout = b"x\n".repeat(lines);
        run.play.rest.dropped = u64::try_from(lines).unwrap();
        shown(&run)
    };
    assert_eq!(hung(100), hung(2000));
    assert!(
        hung(100).ends_with("    x\n    ... and more\n    hung: still running after 500 ms\n"),
        "{}",
        hung(100)
    );
}

#[test]
fn what_is_left_after_the_last_step_is_told_of() {
    let mut run = Run::new().printing("start()", "");
    run.play.rest.stderr = b"late\n".to_vec();
    run.play.leaked = true;
    run.play.threads = vec!["Thread-1".to_owned(), "Thread-2".to_owned()];
    assert_snapshot!(shown(&run), @"
    >>> start()
    after the last step:
        stderr: late
        left processes behind
        left threads: Thread-1, Thread-2
    ");
}

#[test]
fn a_crash_after_the_last_step_is_told_there() {
    let run = Run::new().printing("start()", "").ending(Ending::Exited { status: 3 });
    assert_snapshot!(shown(&run), @"
    >>> start()
    after the last step:
        exited with status 3
    ");
}

#[test]
fn a_step_that_leaves_is_the_one_at_which_the_run_ended() {
    let leaves = Event { leaves: Some(3), ..Event::default() };
    let mut run =
        Run::new().step("sys.exit(3)", leaves).unplayed("never()").ending(Ending::Exited { status: 3 });
    run.play.rest.stdout = b"bye\n".to_vec();
    assert_snapshot!(shown(&run), @"
    >>> sys.exit(3)
        bye
        exited with status 3
    1 step was not reached
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

/// It used to be told of the first alone.
#[test]
fn each_source_that_does_not_start_is_told_with_its_own_exception() {
    use crate::oracle::{Judged, Judgement, Restarted, Verdict};
    let raises = |text: &str| {
        let run = Run::new().step("import foo", Event::default().raise("SyntaxError", text, Vec::new()));
        let report = Report::new(&run.scenario, &run.play, &surroundings());
        let raised = report.steps[0].observation.clone().unwrap().exception.unwrap();
        let restart = Restarted::NotStarted(Box::new(raised));
        Judged { verdict: Verdict::Outlives, restart, diagnoses: Vec::new() }
    };
    let steps = [raises("one"), raises("one"), raises("two")].into_iter().enumerate().collect();
    let run = Run::new().printing("f()", "").printing("f()", "").printing("f()", "");
    let report = Report::new(&run.scenario, &run.play, &surroundings());
    let text = text(&report.judged(Judgement { steps, ..Judgement::default() }));
    assert_eq!(text.matches("SyntaxError: one").count(), 1, "{text}");
    assert_eq!(text.matches("SyntaxError: two").count(), 1, "{text}");
}

proptest! {
    #[test]
    fn identities_do_not_depend_on_the_values_of_ids(key in any::<u64>(), factor in any::<u64>()) {
        // An odd factor and a shift by rotation make every number another one, and no two the same.
        let number = |id: u64| {
            let mixed = (id ^ key).wrapping_mul(factor | 1).rotate_left(32);
            if mixed < 1 << 20 { mixed | 1 << 63 } else { mixed }
        };
        prop_assert_eq!(shown(&renumbered(founding(), number)), shown(&founding()));
    }

    #[test]
    fn two_equal_runs_give_equal_reports(
        printed in prop::collection::vec("[ -~\n]{0,30}", 1..6), reloads in 0_usize..4, key in any::<u64>(),
    ) {
        let run = || {
            let begun = (0..reloads).fold(Run::new().import_foo(), |run, _| run.reload_foo());
            let run = printed.iter().fold(begun, |run, text| run.printing("f()", text.as_bytes()));
            run.step("x", Event::default().instance(90, "x", 4).show(value(format!("<X at {:#x}>", id(90)))))
        };
        // In another process, ids and the order of hash tables are others.
        let other = renumbered(run(), |id| (1 << 40) + (id ^ (key >> 24)));
        prop_assert_eq!(shown(&run()), shown(&run()));
        prop_assert_eq!(shown(&run()), shown(&other));
    }

    #[test]
    fn no_line_of_a_report_ends_in_a_space(stdout in prop::collection::vec(any::<u8>(), 0..60), shown_value in any::<String>()) {
        let run = Run::new()
            .printing("x", stdout)
            .step("y", Event::default().show(value(shown_value.clone())).raise("E", &shown_value, Vec::new()));
        let text = shown(&run);
        prop_assert!(text.ends_with('\n'));
        for line in text.split('\n') {
            prop_assert!(!line.ends_with(char::is_whitespace), "{:?}", line);
            prop_assert!(!line.contains(char::is_control), "{:?}", line);
        }
    }
}

#[test]
fn what_is_still_held_is_told_at_the_end() {
    let mut run = founding()
        .held(4, Hold::Instance, "b", Some(6))
        .held(3, Hold::BoundMethod, "app.JOBS[0]", None)
        .held(4, Hold::DefaultArgument, "app.make(kind=...)", None);
    run.play.held[1].more = 1200;
    run.play.more_held = 3;
    let shown = shown(&run);
    let (_, told) = shown.split_once("still held at the end:\n").unwrap();
    assert_snapshot!(told, @r"
    foo.Bar#1      instance          b
    foo.Foo.foo#1  bound method      app.JOBS[0], and 1,200 more
    foo.Bar#1      default argument  app.make(kind=...)
    ... 3 more
    ");
}

#[test]
fn what_is_not_superseded_is_not_told_as_held() {
    let run = Run::new().import_foo().held(4, Hold::Name, "Bar", None);
    assert!(!shown(&run).contains("still held"));
}

#[test]
fn a_path_has_neither_addresses_nor_what_cannot_be_seen() {
    let path = format!("app.BY_NAME['/tmp/w1/foo.py \u{200b} {:#x}']", id(4));
    let run = founding().held(4, Hold::Container, &path, None);
    let shown = shown(&run);
    assert_eq!(
        shown.lines().last().map(str::trim),
        Some("foo.Bar#1  container  app.BY_NAME['foo.py \\u{200b} id of foo.Bar#1']")
    );
}
