//! Contents of made-up scenarios.

use std::path::Path;

use super::{Entry, contents};
use crate::scenario::{Name, Scenario};
use crate::snapshot::Epoch;

fn entry(group: &str, name: &str, prose: &str, epochs: &[(&str, &str)]) -> Entry {
    let markdown = format!("# Title of `{name}`\n\n{prose}\n\n```pycon\n>>> 1\n```\n");
    let name = Name { group: group.into(), name: name.into() };
    let scenario = Scenario::parse(name, Path::new("x.md"), markdown.as_bytes(), Vec::new()).unwrap();
    let epoch = |&(tag, line): &(&str, &str)| Epoch::new(tag.parse().unwrap(), line);
    Entry { scenario, epochs: epochs.iter().map(epoch).collect() }
}

#[test]
fn each_group_is_a_table_with_a_line_for_each_scenario() {
    let entries = [
        entry("class_identity", "a", "See [`b`](b.md)\nfirst. Then.", &[("cp27", "verdicts: 1 same")]),
        entry(
            "class_identity",
            "b",
            "*All* of it",
            &[("cp27", "verdicts: 1 broken, 1 same"), ("cp36", "verdicts: 2 mixed")],
        ),
        entry("controls", "c", "`f`:\n\n```\n```", &[("cp27", "verdicts: 3 same")]),
    ];
    let expected = "\
The verdict is that of the worst step after a reload, compared with a process that was
restarted with the same source, by version of CPython:
*clean* does what a restart does,
*broken* raises, where a restart does not,
*mixed* silently answers as neither source would.

- [Class identity](#class-identity): 2 scenarios, 1 of them clean
- [Controls](#controls): 1 scenario, clean

## Class identity

| scenario | what happens | verdict |
| --- | --- | --- |
| [Title of a](class_identity/a.md) | See `b` first. | clean |
| [Title of b](class_identity/b.md) | All of it | 2.7: broken, 3.6+: mixed |

## Controls

| scenario | what happens | verdict |
| --- | --- | --- |
| [Title of c](controls/c.md) |  | clean |
";
    assert_eq!(contents(&entries), expected);
}

#[test]
fn a_report_of_a_newer_python_makes_that_the_newest() {
    let entries = [entry("g", "a", "A.", &[("cp27", "verdicts: 1 same"), ("cp314", "verdicts: 1 stale")])];
    assert!(contents(&entries).contains("| 2.7 to 3.13: clean, 3.14+: stale |"), "{}", contents(&entries));
}

#[test]
fn without_reports_nothing_is_said_about_verdicts() {
    let text = contents(&[entry("", "a", "A.", &[])]);
    assert!(text.starts_with("No report was accepted yet.\n\n## In no group\n"), "{text}");
    assert!(text.ends_with("| [Title of a](a.md) | A. | no report |\n"), "{text}");
}
