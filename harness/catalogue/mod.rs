//! The table of contents of a scenarios folder: what each scenario shows, and what came of it by Python
//! version. Pure: from scenarios and accepted reports, never from what happens to run here.

mod cell;
mod outcome;
mod page;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod versions;

use std::collections::BTreeSet;
use std::fmt::Write as _;

pub use page::{Unplaced, placed};

use crate::oracle::Verdict;
use crate::python::Implementation;
use crate::scenario::Scenario;
use crate::snapshot::{Epochs, Minor};
use outcome::Outcome;
use versions::Verdicts;

/// A scenario and what was accepted of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The scenario.
    pub scenario: Scenario,
    /// Its accepted reports.
    pub epochs: Epochs,
}

/// The newest CPython that a range without an end is told for, unless a report begins with a later one.
const NEWEST: Minor = Minor { major: 3, minor: 13 };

/// The contents as Markdown: a list of the groups, and for each a table. Links lead to the scenarios from the
/// folder that they are in.
pub fn contents(entries: &[Entry]) -> String {
    let newest = newest(entries);
    let mut groups: Vec<(&str, Vec<Row<'_>>)> = Vec::new();
    for entry in entries {
        let row = Row::new(entry, newest);
        match groups.last_mut() {
            Some((group, rows)) if *group == entry.scenario.name.group => rows.push(row),
            _ => groups.push((&entry.scenario.name.group, vec![row])),
        }
    }
    let mut text = legend(groups.iter().flat_map(|(_, rows)| rows));
    if groups.len() > 1 {
        text.push('\n');
        for (group, rows) in &groups {
            let heading = heading(group);
            let _ = writeln!(text, "- [{heading}](#{}): {}", anchor(&heading), sum(rows));
        }
    }
    for (group, rows) in &groups {
        let _ = write!(text, "\n## {}\n\n| scenario | what happens | verdict |\n", heading(group));
        text.push_str("| --- | --- | --- |\n");
        for Row { scenario, verdicts } in rows {
            let (title, link) = (cell::plain(&scenario.title), cell::link(&scenario.name));
            let summary = cell::prose(&scenario.summary);
            let _ = writeln!(text, "| [{title}]({link}) | {summary} | {verdicts} |");
        }
    }
    text
}

struct Row<'a> {
    scenario: &'a Scenario,
    verdicts: Verdicts,
}

impl<'a> Row<'a> {
    fn new(entry: &'a Entry, newest: Minor) -> Self {
        let Entry { scenario, epochs } = entry;
        Self { scenario, verdicts: Verdicts::of(scenario.settings.python.as_ref(), epochs, newest) }
    }
}

fn newest(entries: &[Entry]) -> Minor {
    let tags = entries.iter().flat_map(|entry| &entry.epochs).map(crate::snapshot::Epoch::tag);
    let ours = tags.filter(|tag| tag.implementation == Implementation::CPython);
    ours.map(Minor::of).fold(NEWEST, Minor::max)
}

/// `class_identity` as a heading.
fn heading(group: &str) -> String {
    let text = group.replace(['_', '-'], " ");
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "In no group".to_owned(),
    }
}

/// What a code host calls a heading within its page.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

/// `12 scenarios, 3 of them clean`
fn sum(rows: &[Row<'_>]) -> String {
    let count = rows.len();
    let clean = rows.iter().filter(|row| row.verdicts.is_clean()).count();
    let scenarios = if count == 1 { "1 scenario".to_owned() } else { format!("{count} scenarios") };
    match clean {
        0 => scenarios,
        _ if clean == count => format!("{scenarios}, clean"),
        _ => format!("{scenarios}, {clean} of them clean"),
    }
}

/// What the words in the last column mean, those that are there.
fn legend<'r, 'a: 'r>(rows: impl Iterator<Item = &'r Row<'a>>) -> String {
    let told: BTreeSet<Outcome> = rows.flat_map(|row| row.verdicts.outcomes()).collect();
    let clean = [Outcome::Clean, Outcome::Silent].into_iter();
    let all = clean.chain(Verdict::ALL.map(Outcome::Worst)).filter(|outcome| told.contains(outcome));
    let words: Vec<String> = all.map(|outcome| format!("*{outcome}* {}", outcome.meaning())).collect();
    if words.is_empty() {
        return "No report was accepted yet.\n".to_owned();
    }
    let verdict = "The verdict is that of the worst step after a reload, compared with a process that was\n\
         restarted with the same source, by version of CPython:";
    format!("{verdict}\n{}.\n", words.join(",\n"))
}
