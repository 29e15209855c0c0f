//! The pieces of a settings block of which each can be read without the others.

use std::ops::Range;

/// Where a text can be parted so that a slip in one piece is none in the next: before each line that begins a
/// setting, and before each heading of a table.
pub(super) fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut at, mut in_table) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        let heading = is_heading(line);
        // What stands below a heading belongs to its table.
        if heading || !in_table && begins_setting(line) {
            pieces.push(start..at);
            start = at;
        }
        in_table |= heading;
        at += line.len();
    }
    pieces.push(start..at);
    pieces
}

/// `key = ...`, also where it is written as elsewhere: `key: ...`
fn begins_setting(line: &str) -> bool {
    let after =
        line.trim_start().trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_.".contains(c));
    after.len() < line.trim_start().len() && after.trim_start().starts_with(['=', ':'])
}

/// `[key]`; a list within a list has quotes in it, or a comma behind it.
fn is_heading(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default().trim();
    let key = line.trim_start_matches('[').trim_end_matches(']');
    line.starts_with('[')
        && line.ends_with(']')
        && key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn a_piece_begins_with_a_setting_or_a_table() {
        let parted =
            |text: &'static str| pieces(text).into_iter().map(|piece| &text[piece]).collect::<Vec<_>>();
        assert_eq!(
            parted("# a\nsite = true\ntags: [\n  'a',\n]\n"),
            ["# a\n", "site = true\n", "tags: [\n  'a',\n]\n"]
        );
        assert_eq!(parted("requires = [\n['a']\n]"), ["", "requires = [\n['a']\n]"]);
        assert_eq!(parted("[x]\na = 1\n[y]"), ["", "[x]\na = 1\n", "[y]"]);
        assert_eq!(parted(""), [""]);
    }
}
