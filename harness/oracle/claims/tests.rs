use super::*;
use crate::trace::made_up::{Run, id, id_call, surroundings, value};
use crate::worker::{Chained, Event, Relation};

/// Each claimed text, against a step that shows an `id`, a value or raises.
fn checked(run: Run, claimed: &[&str]) -> Vec<Option<String>> {
    let mut run = run;
    let mut texts = claimed.iter();
    for step in &mut run.scenario.steps {
        if let Step::Statement(statement) = step
            && !statement.source.starts_with("import")
        {
            let lines = texts.next().unwrap().lines();
            statement.claims =
                lines.map(|text| crate::scenario::Claim { text: text.to_owned(), line: 1 }).collect();
        }
    }
    let trace = crate::trace::observe(&run.scenario, &run.play, &surroundings());
    claims(&run.scenario, &trace)
        .into_values()
        .map(|claimed| match claimed {
            Claimed::Holds => None,
            Claimed::Differs { why, .. } => Some(why.unwrap_or_else(|| "differs".to_owned())),
        })
        .collect()
}

fn ids(tokens: &[u64]) -> Run {
    let run = Run::new().import_foo();
    tokens.iter().fold(run, |run, token| run.step("id(x)", Event::default().show(id_call(id(*token)))))
}

fn shows(text: &str) -> Run {
    Run::new().step("f()", Event::default().show(value(text)))
}

fn raises(name: &str, text: &str) -> Run {
    Run::new().step("f()", Event::default().raise(name, text, Vec::new()))
}

fn printing(text: &str, event: Event) -> Run {
    let mut run = Run::new().step("f()", event);
    run.play.steps[0].output.stdout = text.as_bytes().to_vec();
    run
}

fn differs() -> [Option<String>; 1] {
    [Some("differs".to_owned())]
}

#[test]
fn a_number_stands_for_one_identity_everywhere() {
    assert_eq!(checked(ids(&[2, 4, 2]), &["3217664", "3218592", "3217664"]), [None, None, None]);
    assert_eq!(
        checked(ids(&[2, 4]), &["3217664", "3217664"]),
        [None, Some("3217664 stands for foo.Bar#1 here and for foo.Foo#1 above".to_owned())]
    );
    assert_eq!(
        checked(ids(&[2, 2]), &["3217664", "3218592"]),
        [None, Some("3218592 stands for foo.Foo#1 here, which is 3217664 above".to_owned())]
    );
    assert_eq!(
        checked(ids(&[2, 2]), &["0x111111", "0x222222"]),
        [None, Some("0x222222 stands for foo.Foo#1 here, which is 0x111111 above".to_owned())],
        "as the author has written it"
    );
}

#[test]
fn an_address_is_a_number_like_an_id() {
    let run =
        |token| ids(&[4]).step("b", Event::default().show(value(format!("<class at {:#x}>", id(token)))));
    assert_eq!(checked(run(4), &["4096000", "<class at 0x3e8000>"]), [None, None]);
    assert!(checked(run(2), &["4096000", "<class at 0x3e8000>"])[1].is_some());
}

#[test]
fn a_number_that_is_just_a_number_must_be_the_same() {
    assert_eq!(checked(shows("100000"), &["100000"]), [None]);
    assert_eq!(checked(shows("100001"), &["100000"]), differs());
}

#[test]
fn an_ellipsis_stands_for_anything() {
    assert_eq!(checked(shows("<module 'foo' from 'foo.py'>"), &["<module 'foo' from '...'>"]), [None]);
    assert_eq!(checked(shows("[1, 2]"), &["[1...3]"]), differs());
}

#[test]
fn a_traceback_is_its_last_line() {
    let claimed =
        "Traceback (most recent call last):\n  File \"<stdin>\", line 1, in ?\n    x\nTypeError: no";
    assert_eq!(checked(raises("TypeError", "no"), &[claimed]), [None]);
    assert_eq!(checked(raises("TypeError", "no"), &["TypeError: no"]), [None]);
    assert_eq!(checked(raises("TypeError", "yes"), &[claimed]), differs());
    assert_eq!(checked(shows("1"), &[claimed]), differs());
    assert_eq!(checked(raises("foo.Error", ""), &["Error"]), [None]);
}

#[test]
fn what_the_prompt_prints_of_a_syntax_error_is_its_last_line_too() {
    let claimed = "  File \"foo.py\", line 3\n    return (\n          ^\nSyntaxError: invalid syntax";
    assert_eq!(checked(raises("SyntaxError", "invalid syntax (foo.py, line 3)"), &[claimed]), [None]);
}

#[test]
fn space_at_the_end_of_a_line_does_not_count() {
    assert_eq!(checked(shows("a \n\nb"), &["a\n<BLANKLINE>\nb"]), [None]);
}

#[test]
fn a_claim_may_have_escapes_and_characters_that_cannot_be_seen() {
    for text in [
        r"b'\x00\xff'",
        r"u'\xe9'",
        r"C:\x41",
        "a\tb",
        "a\u{a0}",
        "a\u{200b}b",
        "\u{1b}[1mbold",
        "a\\",
        r"'\\xe9'",
    ] {
        assert_eq!(checked(shows(text), &[text]), [None], "{text:?}");
        assert_eq!(
            checked(raises("ValueError", text), &[&format!("ValueError: {text}")]),
            [None],
            "{text:?}"
        );
    }
    assert_eq!(checked(shows("a\tb"), &[r"a\x09b"]), differs());
}

/// A traceback of one frame, and what stands below that.
fn traceback(below: &str) -> String {
    format!("Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\n    f()\n{below}")
}

const CAUSE: &str = "\n\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\n\nDuring handling of the above exception, another exception occurred:\n\n";

#[test]
fn of_a_chain_of_tracebacks_the_last_one_counts() {
    let last = traceback("TypeError: no");
    for link in [CAUSE, CONTEXT] {
        let chain =
            ["KeyError: 'a'", "foo.Error", "ValueError: x"].map(|line| traceback(line) + link).concat();
        assert_eq!(checked(raises("TypeError", "no"), &[&format!("{chain}{last}")]), [None]);
        assert_eq!(checked(raises("KeyError", "'a'"), &[&format!("{chain}{last}")]), differs());
    }
    let (before, chain) = (traceback("OSError: y"), traceback("KeyError: 'a'") + CAUSE);
    let claimed = format!("{before}\nout\n{chain}{last}");
    let raised = || Event::default().raise("TypeError", "no", Vec::new());
    let run = |text: &str| printing(text, raised());
    assert_eq!(checked(run(&format!("{before}\nout\n")), &[&claimed]), [None]);
    assert_eq!(checked(run("out\n"), &[&claimed]), differs());
}

#[test]
fn a_cause_that_was_never_raised_has_no_heading() {
    let mut raised = Event::default().raise("TypeError", "no", Vec::new());
    let cause = Chained { relation: Relation::Cause, name: "KeyError".to_owned(), text: "'a'".to_owned() };
    raised.exception.as_mut().unwrap().chain.push(cause);
    let claimed = format!("out\nKeyError: 'a'{CAUSE}{}", traceback("TypeError: no"));
    assert_eq!(checked(printing("out\n", raised), &[&claimed]), [None]);
}

#[test]
fn a_traceback_that_the_step_printed_is_text() {
    let printed = traceback("TypeError: no");
    assert_eq!(checked(printing(&printed, Event::default()), &[&printed]), [None]);
    assert_eq!(checked(printing("", Event::default()).stderr(&printed), &[&printed]), [None]);
    assert_eq!(checked(printing(&printed, Event::default()), &[&traceback("TypeError: yes")]), differs());
    let heading = "Traceback (most recent call last):";
    assert_eq!(checked(printing(heading, Event::default()), &[heading]), [None]);
}

#[test]
fn notes_below_an_exception_may_be_pasted() {
    let noted = traceback("ValueError: x\n\n  y\nfirst note\nsecond note");
    assert_eq!(checked(raises("ValueError", "x\n\n  y"), &[&noted]), [None]);
    assert_eq!(checked(raises("ValueError", "x\n\n  z"), &[&noted]), differs());
    assert_eq!(checked(raises("ValueError", "x"), &["ValueError: x\nno heading"]), differs());
}

#[test]
fn a_group_of_exceptions_is_its_own_line() {
    let group = "  + Exception Group Traceback (most recent call last):
  |   File \"<stdin>\", line 1, in <module>
  |     f()
  | ExceptionGroup: g (2 sub-exceptions)
  | a note
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File \"<stdin>\", line 1, in <module>
    | ValueError: 1
    +---------------- 2 ----------------
    | TypeError: 2
    +------------------------------------";
    let raised = |text: &str| raises("ExceptionGroup", text);
    assert_eq!(checked(raised("g (2 sub-exceptions)"), &[group]), [None]);
    assert_eq!(checked(raised("h (2 sub-exceptions)"), &[group]), differs());
    assert_eq!(
        checked(raised("g (2 sub-exceptions)"), &[&(traceback("OSError: x") + CONTEXT + group)]),
        [None]
    );
    let within = format!("{group}{CONTEXT}{}", traceback("OSError: x"));
    assert_eq!(checked(raises("OSError", "x"), &[&within]), [None]);
}

/// A step of which each stream has some lines.
fn streams(stdout: &str, stderr: &str, values: &[&str]) -> Run {
    let event = values.iter().fold(Event::default(), |event, text| event.show(value(*text)));
    printing(stdout, event).stderr(stderr)
}

#[test]
fn output_and_values_may_come_by_turns() {
    let run = || streams("a\nb\n", "warn\n", &["1", "2"]);
    for claimed in
        ["a\n1\nb\n2", "1\na\nb\n2", "1\n2\na\nb", "a\nb\n1\n2", "1\nwarn\na\n2\nb", "warn\na\nb\n1\n2"]
    {
        assert_eq!(checked(run(), &[claimed]), [None], "{claimed:?}");
    }
    for claimed in ["a\n2\nb\n1", "b\na\n1\n2", "a\n1\nb", "a\n1\nb\n2\n3", "a\n1\nwarn\nwarn\nb\n2"] {
        assert_eq!(checked(run(), &[claimed]), differs(), "{claimed:?}");
    }
}

#[test]
fn a_line_that_is_in_both_streams_is_sought_in_each() {
    let run = || streams("x\na\n", "", &["x", "b"]);
    assert_eq!(checked(run(), &["x\nb\nx\na"]), [None]);
    assert_eq!(checked(run(), &["x\na\nb\nx"]), differs());
    let many = ["x\n"; 200].concat();
    assert_eq!(checked(streams(&many, &many, &["y"]), &[&format!("{many}y\n{many}")]), [None]);
    assert_eq!(checked(streams(&many, &many, &["y"]), &[&format!("{many}z\n{many}")]), differs());
}

#[test]
fn lines_in_turns_may_be_empty_or_left_out() {
    assert_eq!(checked(streams("\nb\n\n", "", &["1"]), &["<BLANKLINE>\n1\nb"]), [None]);
    assert_eq!(checked(streams("a\nb\nc\n", "", &["1", "2"]), &["1\na\n...\nc\n2"]), [None]);
    assert_eq!(checked(streams("abc\nxyz\n", "", &["1", "2"]), &["1\na...\n2"]), [None]);
    assert_eq!(checked(streams("abc\nxyz\n", "", &["1", "2"]), &["1\na...q\n2"]), differs());
}

#[test]
fn numbers_in_turns_stand_for_one_identity_each() {
    let event = [2, 4].iter().fold(Event::default(), |event, token| event.show(id_call(id(*token))));
    let mut run = Run::new().import_foo().step("f()", event);
    run.play.steps[2].output.stdout = format!("<at {:#x}>\n<at {:#x}>\n", id(2), id(4)).into_bytes();
    let claimed = "4096000\n<at 0x3e8000>\n4096001\n<at 0x3e8001>";
    assert_eq!(checked(run.clone(), &[claimed]), [None]);
    assert_eq!(checked(run, &["4096000\n<at 0x3e8001>\n4096001\n<at 0x3e8000>"]), differs());
}
