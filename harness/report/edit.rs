//! What the writing of a file changes.

use similar::{ChangeTag, TextDiff};

use crate::report::lines::{output_line, plural, thousands};
use crate::trace::visible::visible;

/// How many changed lines are shown.
const LINES: usize = 20;

/// What is different in a file from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// There was no such file.
    New,
    /// Nothing.
    Same,
    /// These lines, made visible.
    Lines(Vec<Line>),
    /// It holds NUL bytes, before or after.
    Binary {
        /// How many bytes it had; none where there was no such file.
        before: Option<usize>,
        /// How many bytes it has.
        after: usize,
    },
}

/// A changed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether it is gone or new.
    pub sign: Sign,
    /// Without its newline, as a report shows it.
    pub text: String,
}

/// Whether a line is gone or new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `-`
    Gone,
    /// `+`
    New,
}

impl Change {
    pub(super) fn between(before: Option<&[u8]>, after: &[u8]) -> Self {
        let is_binary = |content: &[u8]| content.contains(&0);
        if before.is_some_and(is_binary) || is_binary(after) {
            return match before {
                Some(before) if before == after => Self::Same,
                _ => Self::Binary { before: before.map(<[u8]>::len), after: after.len() },
            };
        }
        let Some(before) = before else { return Self::New };
        if before == after {
            return Self::Same;
        }
        let (before, after) = (visible(before), visible(after));
        let lines = TextDiff::from_lines(before.as_str(), after.as_str())
            .iter_all_changes()
            .filter_map(|change| {
                let sign = match change.tag() {
                    ChangeTag::Equal => return None,
                    ChangeTag::Delete => Sign::Gone,
                    ChangeTag::Insert => Sign::New,
                };
                Some(Line { sign, text: output_line(change.value(), true) })
            })
            .collect();
        Self::Lines(lines)
    }

    /// What follows the file's name.
    pub(super) fn heading(&self) -> String {
        let bytes = |count: usize| {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            format!("{} {}", thousands(count), plural(count, "byte"))
        };
        match self {
            Self::New | Self::Lines(_) => String::new(),
            Self::Same => ": no change".to_owned(),
            Self::Binary { before: None, after } => format!(": {}", bytes(*after)),
            Self::Binary { before: Some(before), after } => {
                format!(": {} -> {}", bytes(*before), bytes(*after))
            }
        }
    }

    /// The changed lines, as many as are shown.
    pub(super) fn lines(&self) -> Vec<String> {
        let Self::Lines(changed) = self else { return Vec::new() };
        let mut lines: Vec<String> = changed
            .iter()
            .take(LINES)
            .map(|line| {
                let sign = if line.sign == Sign::Gone { "-" } else { "+" };
                format!("{sign} {}", line.text).trim_end().to_owned()
            })
            .collect();
        if let Some(more) = changed.len().checked_sub(LINES).filter(|more| *more > 0) {
            let more = u64::try_from(more).unwrap_or(u64::MAX);
            lines.push(format!("... {} more {}", thousands(more), plural(more, "line")));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::Change;

    #[test]
    fn only_changed_lines_are_shown() {
        let change = Change::between(Some(b"a\nb\nc\n"), b"a\nB \nc\n\xff");
        assert_eq!(change.lines(), ["- b", "+ B·", "+ \\xff\\"]);
    }

    #[test]
    fn many_changed_lines_are_counted() {
        let after = "x\n".repeat(32);
        let lines = Change::between(Some(b""), after.as_bytes()).lines();
        assert_eq!((lines.len(), lines[20].as_str()), (21, "... 12 more lines"));
    }

    #[test]
    fn a_binary_file_is_told_by_its_size() {
        assert_eq!(Change::between(Some(b"\0"), b"\0\x01").heading(), ": 1 byte -> 2 bytes");
        assert_eq!(Change::between(None, &[0; 1234]).heading(), ": 1,234 bytes");
    }

    #[test]
    fn an_edit_may_change_nothing() {
        assert_eq!(Change::between(Some(b"a"), b"a").heading(), ": no change");
    }
}
