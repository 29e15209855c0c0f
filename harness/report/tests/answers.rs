//! What a step wrote, edited and raised.

use super::*;

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
        chain: vec![link(Relation::Cause, "KeyError", "'a'"), link(Relation::Context, "StopIteration", "")],
        ..Exception::default()
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
