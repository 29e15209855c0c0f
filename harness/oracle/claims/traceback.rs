//! The exception in what an author claims, and as it was raised.

use std::sync::LazyLock;

use regex::Regex;

use super::numbers::constant;
use super::trimmed;
use crate::trace::Raised;

/// What is claimed of output, and of an exception: its own lines, which are the last part of a traceback, or
/// of what is printed of a `SyntaxError`, which has no heading; or just the line itself.
pub(super) fn split(lines: &[String], raised: Option<&Raised>) -> (String, Option<String>) {
    let texts = |lines: &[String]| trimmed(lines.iter().map(String::as_str));
    // Where nothing is raised, a traceback is text that the step printed.
    let Some(raised) = raised else { return (texts(lines), None) };
    if let Some(last) = lines.iter().rposition(|line| is_heading(line)) {
        return (texts(&lines[..beginning(lines, last, raised)]), Some(own_lines(&lines[last..], raised)));
    }
    match lines.iter().rposition(|line| is_of(line, &raised.name)) {
        Some(at) => {
            let printed = |line: &String| line.starts_with("  ");
            let end = lines[..at].iter().rposition(|line| !printed(line)).map_or(0, |last| last + 1);
            (texts(&lines[..end]), Some(texts(&lines[at..])))
        }
        None => (texts(lines), None),
    }
}

/// Whether a traceback begins here: not the one of a member of a group, which stands in a box.
fn is_heading(line: &str) -> bool {
    line.starts_with("Traceback (") || line.starts_with(GROUP)
}

/// Where the traceback with the last heading begins: what an exception came from is printed above it.
fn beginning(lines: &[String], last: usize, raised: &Raised) -> usize {
    let (mut first, mut chain) = (last, raised.chain.iter());
    while let Some(link) = lines[..first].iter().rposition(|line| !line.trim().is_empty())
        && LINKS.contains(&lines[link].trim_end())
    {
        // One that was never raised has no heading.
        let name = chain.next().map_or("", |came_from| &came_from.name);
        let above = &lines[..link];
        let earlier = above.iter().rposition(|line| is_heading(line));
        first = earlier.or_else(|| above.iter().rposition(|line| is_of(line, name))).unwrap_or(link);
    }
    first
}

/// What a traceback says of the exception itself: neither the frames above nor the notes (PEP 678) and the
/// members of a group below.
fn own_lines(traceback: &[String], raised: &Raised) -> String {
    let (heading, below) = (&traceback[0], &traceback[1..]);
    let lines: Vec<&str> = if heading.starts_with(GROUP) {
        let boxed = below.iter().map_while(|line| line.strip_prefix("  |"));
        boxed.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect()
    } else {
        below.iter().map(String::as_str).collect()
    };
    let frames = lines.iter().take_while(|line| line.starts_with(char::is_whitespace) || line.is_empty());
    let length = told(raised, "").lines().count();
    trimmed(lines.iter().skip(frames.count()).take(length).copied())
}

fn is_of(line: &str, name: &str) -> bool {
    line.split([':', ' ']).next().is_some_and(|claimed| same_name(claimed, name))
}

/// An exception as its last line, with the name as it is claimed: versions differ in whether that has
/// the module.
pub(super) fn told(raised: &Raised, claimed: &str) -> String {
    let name = claimed.split([':', '\n']).next().unwrap_or_default().trim();
    let name = if same_name(name, &raised.name) { name } else { &raised.name };
    let text = match raised.name.as_str() {
        // Where it is, the prompt says in lines of their own.
        "SyntaxError" | "IndentationError" | "TabError" => PLACE.replace(&raised.text, "").into_owned(),
        _ => raised.text.clone(),
    };
    let line = if text.is_empty() { name.to_owned() } else { format!("{name}: {text}") };
    trimmed(line.lines())
}

fn same_name(claimed: &str, name: &str) -> bool {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    claimed == name || (!claimed.contains('.') || !name.contains('.')) && last(claimed) == last(name)
}

/// The heading of a group of exceptions.
const GROUP: &str = "  + Exception Group Traceback (";
/// What stands between an exception and the one that came from it.
const LINKS: [&str; 2] = [
    "The above exception was the direct cause of the following exception:",
    "During handling of the above exception, another exception occurred:",
];
/// `(foo.py, line 3)` at the end of the text of a `SyntaxError`.
static PLACE: LazyLock<Regex> = LazyLock::new(|| constant(r" \([^()]*, line \d+\)$"));
