//! What differs, for people: unified diffs, equal ones once.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use crate::python::Tag;
use crate::scenario::Name;

use super::file_name::{FileName, State};

/// How many unchanged lines are shown around a change.
const CONTEXT: usize = 3;

/// A report that is not the accepted one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Whose report.
    pub scenario: Name,
    /// The interpreter that ran.
    pub tag: Tag,
    /// The interpreter with which the accepted report's epoch begins; none if nothing was accepted.
    pub epoch: Option<Tag>,
    /// The accepted report, or nothing.
    pub expected: String,
    /// The report of this run.
    pub actual: String,
}

/// Interpreters whose reports of one scenario differ from the accepted ones in the same lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Whose reports.
    pub scenario: Name,
    /// The interpreters, sorted.
    pub tags: Vec<Tag>,
    /// The epochs they were compared with, sorted.
    pub epochs: Vec<Tag>,
    hunks: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Hunk(String),
    Same(String),
    Gone(String),
    New(String),
}

/// Puts equal diffs of one scenario together, in the order in which the first of each stands.
pub fn group(differences: &[Difference]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for difference in differences {
        let hunks = hunks(&difference.expected, &difference.actual);
        let equal = |group: &Group| group.scenario == difference.scenario && group.hunks == hunks;
        let at = groups.iter().position(equal).unwrap_or_else(|| {
            let scenario = difference.scenario.clone();
            groups.push(Group { scenario, tags: Vec::new(), epochs: Vec::new(), hunks });
            groups.len() - 1
        });
        groups[at].tags.push(difference.tag);
        groups[at].epochs.extend(difference.epoch);
    }
    for group in &mut groups {
        for tags in [&mut group.tags, &mut group.epochs] {
            tags.sort_unstable();
            tags.dedup();
        }
    }
    groups
}

impl Group {
    /// The unified diff: a `---` line for each epoch, `+++ this run`, the hunks. `folder` is how the
    /// snapshots folder is to be shown.
    pub fn render(&self, folder: &str, colour: bool) -> String {
        let style = |style: Style| if colour { style } else { Style::new() };
        let bold = style(Style::new().bold());
        let (gone, new) = (style(AnsiColor::Red.on_default()), style(AnsiColor::Green.on_default()));
        let cyan = style(AnsiColor::Cyan.on_default());
        let mut out = String::new();
        let mut line = |style: Style, mark: &str, text: &str| {
            // Writing into a String cannot fail.
            let _ = writeln!(out, "{style}{mark}{text}{style:#}");
        };
        let folder = folder.trim_end_matches('/');
        for epoch in &self.epochs {
            let file = FileName { scenario: self.scenario.clone(), tag: *epoch, state: State::Accepted };
            line(bold, "--- ", &format!("{folder}/{file}"));
        }
        if self.epochs.is_empty() {
            line(bold, "--- ", "no snapshot");
        }
        line(bold, "+++ ", "this run");
        for hunk in &self.hunks {
            match hunk {
                Line::Hunk(text) => line(cyan, "", text),
                Line::Same(text) => line(Style::new(), " ", text),
                Line::Gone(text) => line(gone, "-", text),
                Line::New(text) => line(new, "+", text),
            }
        }
        out
    }
}

fn hunks(expected: &str, actual: &str) -> Vec<Line> {
    let (expected, actual): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let diff = TextDiff::from_slices(&expected, &actual);
    let mut lines = Vec::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        lines.push(Line::Hunk(hunk.header().to_string()));
        lines.extend(hunk.iter_changes().map(|change| {
            let text = change.value().to_owned();
            match change.tag() {
                ChangeTag::Equal => Line::Same(text),
                ChangeTag::Delete => Line::Gone(text),
                ChangeTag::Insert => Line::New(text),
            }
        }));
    }
    lines
}

/// A list of tags in few words: `cp27, cp36 to cp313`. Three or more that follow each other among `all`
/// the interpreters found become a range; a range never leaves out an interpreter that was found, nor
/// mixes implementations or build flavours.
pub fn ranges(tags: &[Tag], all: &[Tag]) -> String {
    let line = |tag: Tag| (tag.implementation, tag.free_threaded, tag.debug);
    let sorted = |tags: &[Tag]| {
        let mut tags = tags.to_vec();
        tags.sort_unstable_by_key(|tag| (line(*tag), *tag));
        tags.dedup();
        tags
    };
    let tags = sorted(tags);
    let all = sorted(&[tags.as_slice(), all].concat());
    let follows =
        |a: &Tag, b: &Tag| line(*a) == line(*b) && all.windows(2).any(|pair| pair[0] == *a && pair[1] == *b);
    let words: Vec<String> = tags
        .chunk_by(follows)
        .flat_map(|run| match run {
            [first, _, .., last] => vec![format!("{first} to {last}")],
            few => few.iter().map(Tag::to_string).collect(),
        })
        .collect();
    words.join(", ")
}
