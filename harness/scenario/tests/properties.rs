use proptest::prelude::*;

use super::*;

/// Lines that mean something, in any order, in and out of lists and quotes.
fn scenario() -> impl Strategy<Value = String> {
    let lines = [
        "",
        "# T",
        "##",
        "text é",
        "`foo.py`:",
        "`../é`:",
        "`a/b`:",
        "`a`",
        "```python",
        "```pycon",
        "```toml",
        "```",
        "~~~~",
        "    ```",
        ">>> é = 1",
        ">>>é",
        ">>>",
        "... x",
        "...é",
        "...",
        "é",
        "  >>> y",
        "\t>>> z",
        "site = é",
        "tags = ['é', \"a\", 'a',",
        "]",
        "python = '3.8, é, >=4'",
        "python = \"\\u003e4é\"",
        "timeout = '\u{1F600}'",
        "<div>",
        "<!--",
        "-->",
        "===",
        "---",
        "[é]: x",
        "\u{feff}",
        "[é]",
        "\0",
        "'''",
        "a\rb",
        "\u{85}\u{2028}",
    ];
    let prefix = proptest::sample::select(
        &["", "", "", "> ", ">", "- ", "  ", "   ", "1. ", "\t", "-\t", ">\t", "    "][..],
    );
    let line = (prefix, proptest::sample::select(lines.to_vec()))
        .prop_map(|(prefix, line)| format!("{prefix}{line}"));
    (proptest::collection::vec(line, 0..24), proptest::sample::select(&["\n", "\r\n"][..]))
        .prop_map(|(lines, end)| lines.join(end))
}

/// Pieces of TOML, well put together or not.
fn settings() -> impl Strategy<Value = String> {
    let pieces = [
        "python",
        "timeout",
        "tags",
        "site",
        "é",
        " = ",
        "=",
        "\"",
        "'",
        "\"\"\"",
        "\\u00e9",
        "\\",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        "\n",
        "#",
        "1",
        "-0x_f",
        "1e999",
        "2020-01-01",
        "true",
        "\u{1F600}",
        ">=2.7",
        "3.8",
        "==é",
        "\0",
        "\u{feff}",
        " ",
        "\t",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..16)
        .prop_map(|pieces| pieces.concat())
}

fn holds(source: &[u8]) -> Result<(), TestCaseError> {
    let Err(found) = parse_bytes(source, &[]) else { return Ok(()) };
    prop_assert!(!found.problems.is_empty());
    for problem in &found.problems {
        for span in
            [Some(&problem.span), problem.context.as_ref().map(|(span, _)| span)].into_iter().flatten()
        {
            prop_assert!(found.source.get(span.clone()).is_some(), "{:?} in {:?}", problem, found.source);
        }
        let place = found.place(problem);
        prop_assert!(place.line <= found.source.split('\n').count() && place.column >= 1);
    }
    prop_assert_eq!(found.render(false).matches("error").count() >= found.problems.len(), true);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_read_or_refused_at_a_place_within_it(source in any::<String>()) {
        holds(source.as_bytes())?;
    }

    #[test]
    fn any_bytes_are_read_or_refused_at_a_place_within_them(source in proptest::collection::vec(any::<u8>(), 0..80)) {
        holds(&source)?;
    }

    #[test]
    fn any_jumble_of_settings_is_read_or_refused_at_a_place_within_it(toml in settings()) {
        holds(around(&format!("```toml\n{toml}\n```")).as_bytes())?;
    }

    #[test]
    fn any_jumble_of_scenario_lines_is_read_or_refused_at_a_place_within_it(source in scenario()) {
        holds(source.as_bytes())?;
    }

    #[test]
    fn a_file_is_written_as_it_stands_on_the_line_it_is_said_to_stand_on(
        lines in proptest::collection::vec("[ \ta-zé>.#'-]{0,12}", 0..8),
        list in any::<bool>(),
    ) {
        let indent = if list { "  " } else { "" };
        let body: Vec<_> = lines.iter().map(|line| format!("{indent}{line}\n")).collect();
        let body = body.concat();
        let first = if list { "- " } else { "" };
        let source = around(&format!("{first}`f`:\n\n{indent}```\n{body}{indent}```\n"));
        let scenario = parse(&source);
        let (_, content, edit, line) = writes(&scenario)[0];
        let expected: Vec<_> = lines.iter().map(|line| format!("{line}\n")).collect();
        let expected = expected.concat();
        prop_assert_eq!((content, edit, line), (expected.as_str(), false, Some(6)));
    }
}
