//! What still held superseded objects at the end of a run, as a table.

use crate::report::Report;
use crate::report::lines::thousands;
use crate::worker::Hold;

/// A line for each holder, shortest path first; none where nothing is held.
pub(super) fn lines(report: &Report) -> Vec<String> {
    let width =
        |cell: fn(&Row) -> usize| report.held.iter().map(row).map(|row| cell(&row)).max().unwrap_or(0);
    let (labels, words) = (width(|row| row.label.chars().count()), width(|row| row.word.len()));
    let mut lines: Vec<String> = report
        .held
        .iter()
        .map(row)
        .map(|Row { label, word, path }| format!("{label:labels$}  {word:words$}  {path}"))
        .collect();
    if report.more_held > 0 {
        lines.push(format!("... {} more", thousands(report.more_held)));
    }
    lines
}

struct Row {
    label: String,
    word: &'static str,
    path: String,
}

fn row(held: &crate::trace::Held) -> Row {
    let more = if held.more > 0 { format!(", and {} more", thousands(held.more)) } else { String::new() };
    Row { label: held.what.label.to_string(), word: word(held.how), path: format!("{}{more}", held.path) }
}

/// What the superseded object is to its holder, in words.
pub(super) fn word(how: Hold) -> &'static str {
    match how {
        Hold::Name => "name",
        Hold::ModuleAttribute => "module attribute",
        Hold::Attribute => "attribute",
        Hold::Subclass => "subclass",
        Hold::Instance => "instance",
        Hold::Container => "container",
        Hold::Registry => "registry",
        Hold::Closure => "closure",
        Hold::DefaultArgument => "default argument",
        Hold::Annotation => "annotation",
        Hold::BoundMethod => "bound method",
        Hold::LocalVariable => "local variable",
        Hold::Running => "running",
        Hold::Object => "object",
    }
}
