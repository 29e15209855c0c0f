use super::*;
use crate::scenario::Statement;

fn pycon(lines: &str) -> String {
    format!("# T\n\n```pycon\n{lines}\n```\n")
}

fn read(lines: &str) -> Vec<(String, Vec<(String, usize)>)> {
    let claims =
        |statement: Statement| statement.claims.into_iter().map(|claim| (claim.text, claim.line)).collect();
    let steps = parse(&pycon(lines)).steps.into_iter().map(|step| match step {
        Step::Statement(statement) => (statement.source.clone(), claims(statement)),
        Step::Write(write) => panic!("a transcript wrote {}", write.path),
    });
    steps.collect()
}

fn sources(lines: &str) -> Vec<String> {
    read(lines).into_iter().map(|(source, _)| source).collect()
}

#[test]
fn a_statement_goes_on_over_lines() {
    assert_eq!(
        sources(">>> with a:\n...     b\n...\n...     c\n...\n>>> d"),
        ["with a:\n    b\n\n    c", "d"]
    );
    assert_eq!(statements(&parse(&pycon(">>> a(\n... )\n>>> b"))), [("a(\n)", 4), ("b", 6)]);
}

#[test]
fn code_is_kept_to_the_blank() {
    assert_eq!(sources(">>> if a:\n... \tb  \n>>>  c"), ["if a:\n\tb  ", " c"]);
}

#[test]
fn output_below_a_statement_is_claimed_line_by_line() {
    let found = read(">>> a\nb\n  c\n\n>>> d\n<BLANKLINE>\n...");
    let claims = |claims: &[(&str, usize)]| {
        claims.iter().map(|&(text, line)| (text.to_owned(), line)).collect::<Vec<_>>()
    };
    assert_eq!(found[0], ("a".to_owned(), claims(&[("b", 5), ("  c", 6)])));
    assert_eq!(found[1], ("d".to_owned(), claims(&[("<BLANKLINE>", 9), ("...", 10)])));
}

#[test]
fn an_empty_line_within_output_is_output_and_one_after_it_is_not() {
    let found = read(">>> a\n\nb\n\n\nc\n\n\n>>> d\n\n");
    let texts: Vec<_> = found[0].1.iter().map(|(text, line)| (text.as_str(), *line)).collect();
    assert_eq!(texts, [("", 5), ("b", 6), ("", 7), ("", 8), ("c", 9)]);
    assert_eq!(found[1].1, []);
}

#[test]
fn a_bare_prompt_and_a_comment_are_no_statements() {
    assert_eq!(sources(">>>\n>>> \n>>> # why\n>>> a"), ["a"]);
    assert_eq!(sources(">>> # why\n... a"), ["# why\na"]);
    assert_eq!(faults(&pycon(">>> # why\nout\nmore\n>>> a")), ["5:1 output of no statement"]);
}

#[test]
fn a_prompt_without_a_space_is_an_error() {
    assert_eq!(
        faults(&pycon(">>>a\n>>> def f():\n...    b\n...c")),
        ["4:1 there is no space after `>>>`", "7:1 there is no space after `...`"]
    );
    assert_eq!(help(&pycon(">>>import foo")), "write `>>> import foo`");
    assert_eq!(help(&pycon(">>> (\n...)")), "write `... )`");
}

#[test]
fn lines_before_the_first_prompt_are_one_error() {
    assert_eq!(faults(&pycon("... a\nb\n>>> c")), ["4:1 this stands before the first `>>>`"]);
    assert_eq!(faults(&pycon("a\nb")), ["4:1 this stands before the first `>>>`"]);
}

#[test]
fn going_on_after_an_empty_line_is_an_error() {
    let source = pycon(">>> def f():\n...     a\n\n...     b");
    assert_eq!(faults(&source), ["7:1 this goes on with no statement"]);
    assert!(help(&source).contains("a bare `...`"));
}

#[test]
fn indented_prompts_are_taken_back() {
    assert_eq!(sources("  >>> if a:\n  ...     b\n  c\n\n  >>> d"), ["if a:\n    b", "d"]);
    assert_eq!(read("  >>> a\n    b")[0].1, [("  b".to_owned(), 5)]);
    assert_eq!(sources("\t>>> a\n\tb"), ["a"]);
}

#[test]
fn uneven_indentation_is_an_error() {
    assert_eq!(
        faults(&pycon("  >>> a\n b\n>>> c")),
        [
            "5:1 the line is not indented as its prompt is",
            "6:1 the prompt is not indented as the first one is"
        ]
    );
    assert_eq!(faults(&pycon(">>> a\n    >>> b")), ["5:1 the prompt is not indented as the first one is"]);
}

#[test]
fn several_blocks_are_one_transcript_with_edits_between() {
    let source = "# T\n\n```pycon\n>>> a\n```\n\n`f`:\n\n```\n```\n\n```pycon\n>>> b\nc\n```\n";
    let scenario = parse(source);
    assert_eq!(statements(&scenario), [("a", 4), ("b", 13)]);
    assert!(matches!(scenario.steps[1], Step::Write(_)));
}

#[test]
fn a_transcript_without_a_statement_is_an_error() {
    assert_eq!(faults("# T\n\n```pycon\n```\n"), ["3:1 the transcript has no statement"]);
    assert_eq!(faults(&pycon("\n\n")), ["3:1 the transcript has no statement"]);
    assert_eq!(faults(&pycon(">>> # nothing")), ["3:1 the transcript has no statement"]);
}
