//! The exception in what an author claims, and as it was raised.

use std::sync::LazyLock;

use regex::Regex;

use super::numbers::constant;
use super::trimmed;
use crate::trace::Raised;

/// What is claimed of output, and of an exception: the last part of a traceback, or of what is printed
/// of a `SyntaxError`, which has no heading; or just the line itself.
pub(super) fn split(lines: &[String], raised: Option<&Raised>) -> (String, Option<String>) {
    let heading = lines.iter().position(|line| line.trim_end().starts_with("Traceback ("));
    let texts = |lines: &[String]| trimmed(lines.iter().map(String::as_str));
    if let Some(at) = heading {
        let indented = |line: &&String| line.starts_with(char::is_whitespace) || line.is_empty();
        let frames = lines[at + 1..].iter().take_while(indented).count();
        return (texts(&lines[..at]), Some(texts(&lines[at + 1 + frames..])));
    }
    let Some(raised) = raised else { return (texts(lines), None) };
    let named =
        |line: &String| line.split([':', ' ']).next().is_some_and(|name| same_name(name, &raised.name));
    match lines.iter().rposition(named) {
        Some(at) => {
            let printed = |line: &String| line.starts_with("  ");
            let end = lines[..at].iter().rposition(|line| !printed(line)).map_or(0, |last| last + 1);
            (texts(&lines[..end]), Some(texts(&lines[at..])))
        }
        None => (texts(lines), None),
    }
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

/// `(foo.py, line 3)` at the end of the text of a `SyntaxError`.
static PLACE: LazyLock<Regex> = LazyLock::new(|| constant(r" \([^()]*, line \d+\)$"));
