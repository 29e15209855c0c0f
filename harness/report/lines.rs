//! Lines of a report: nothing invisible, nothing endless.
//!
//! - A space at the end of a line reads `·` (a `·` there reads `\u{b7}`).
//! - Output whose last line has no newline ends in `\` (a backslash at the end of a line is doubled).
//! - What is long is cut, and a digest of the rest tells whether that is the same.

use std::fmt::Write as _;

/// How much of a text is shown: this many lines,
const LINES: usize = 40;
/// and this many characters.
const CHARACTERS: usize = 4000;

/// What the length of a cut text is given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Bytes,
    Characters,
}

/// How the rest of a cut text is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// By its length and digest.
    Counted,
    /// Just that there was more: how much depends on when the process was killed.
    Uncounted,
}

/// The lines of a displayed value or an exception's text, and a note where it was cut.
pub(super) fn of_text(text: &str, dropped: u64) -> Vec<String> {
    let (kept, rest) = split(text);
    let mut lines: Vec<String> = kept.split('\n').map(marked).collect();
    lines.extend(note(rest, dropped, Unit::Characters, Rest::Counted));
    lines
}

/// The lines of some output, and a note where it was cut.
pub(super) fn of_output(output: &str, dropped: u64, told: Rest) -> Vec<String> {
    let (kept, rest) = split(output);
    let mut lines: Vec<String> =
        kept.split_inclusive('\n').map(|line| output_line(line, rest.is_empty())).collect();
    lines.extend(note(rest, dropped, Unit::Bytes, told));
    lines
}

/// A line of output or of a file, with its newline; `ends` says whether a missing newline means
/// that there was none.
pub(super) fn output_line(line: &str, ends: bool) -> String {
    let (line, missing) = match line.strip_suffix('\n') {
        Some(line) => (line, false),
        None => (line, ends),
    };
    let mut shown = marked(line);
    let backslashes = shown.len() - shown.trim_end_matches('\\').len();
    shown.extend(std::iter::repeat_n('\\', backslashes + usize::from(missing)));
    shown
}

fn marked(line: &str) -> String {
    let kept = line.trim_end_matches([' ', '·']);
    let mut shown = kept.to_owned();
    for character in line[kept.len()..].chars() {
        shown.push_str(if character == ' ' { "·" } else { "\\u{b7}" });
    }
    shown
}

fn split(text: &str) -> (&str, &str) {
    let lines = text.match_indices('\n').nth(LINES - 1).map(|(at, _)| at + 1);
    let characters = text.char_indices().nth(CHARACTERS).map(|(at, _)| at);
    match lines.into_iter().chain(characters).min() {
        Some(at) => text.split_at(at),
        None => (text, ""),
    }
}

fn note(rest: &str, dropped: u64, unit: Unit, told: Rest) -> Option<String> {
    if rest.is_empty() && dropped == 0 {
        return None;
    }
    if told == Rest::Uncounted {
        return Some("... and more".to_owned());
    }
    let (here, unit) = match unit {
        Unit::Bytes => (rest.len(), "byte"),
        Unit::Characters => (rest.chars().count(), "character"),
    };
    let count = u64::try_from(here).unwrap_or(u64::MAX).saturating_add(dropped);
    let mut note = format!("... {} more {}", thousands(count), plural(count, unit));
    // What was dropped may have cut an address in two, before it could be normalized.
    if dropped == 0 {
        let _ = write!(note, ", crc32 {:08x}", crc32fast::hash(rest.as_bytes()));
    }
    Some(note)
}

/// `1 line`, `2 lines`: the noun alone.
pub(super) fn plural(count: u64, noun: &str) -> String {
    format!("{noun}{}", if count == 1 { "" } else { "s" })
}

/// `9,999,000`
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{Rest, of_output, of_text, thousands};

    fn output(text: &str) -> Vec<String> {
        of_output(text, 0, Rest::Counted)
    }

    #[test]
    fn spaces_at_the_end_of_a_line_are_seen() {
        assert_eq!(output("a  \n \nb·\n"), ["a··", "·", "b\\u{b7}"]);
    }

    #[test]
    fn a_missing_newline_is_seen() {
        assert_eq!(output("a\nb"), ["a", "b\\"]);
        assert_eq!(output("a\\\n"), ["a\\\\"]);
        assert_eq!(output("a\\"), ["a\\\\\\"]);
        assert_eq!(output(""), Vec::<String>::new());
    }

    #[test]
    fn long_output_is_cut_with_a_digest_of_the_rest() {
        let lines = (0..50).map(|line| line.to_string()).collect::<Vec<_>>().join("\n") + "\n";
        let shown = output(&lines);
        assert_eq!(shown.len(), 41);
        assert_eq!(shown[39], "39");
        assert!(shown[40].starts_with("... 30 more bytes, crc32 "), "{}", shown[40]);
        assert_ne!(shown[40], output(&lines.replace("45", "54"))[40]);
    }

    #[test]
    fn bytes_that_the_worker_dropped_are_counted_without_a_digest() {
        let shown = of_output(&"x".repeat(4001), 129_000_000, Rest::Counted);
        assert_eq!(shown[1], "... 129,000,001 more bytes");
    }

    #[test]
    fn what_was_cut_by_a_kill_is_not_counted() {
        let shown = of_output(&"x\n".repeat(99), 0, Rest::Uncounted);
        assert_eq!(shown.last().map(String::as_str), Some("... and more"));
    }

    #[test]
    fn a_long_value_is_counted_in_characters() {
        let shown = of_text(&"é".repeat(5000), 0);
        assert_eq!(shown[0].chars().count(), 4000);
        assert!(shown[1].starts_with("... 1,000 more characters, crc32 "), "{}", shown[1]);
        assert_eq!(of_text("short", 9_999_000)[1], "... 9,999,000 more characters");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 9_999_000].map(thousands), ["0", "999", "1,000", "9,999,000"]);
    }
}
