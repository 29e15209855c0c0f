//! Text in a table of Markdown.

use std::fmt::Write;

use crate::scenario::Name;

/// What would be read as anything but itself.
const SPECIAL: &str = "\\`*_[]<>|~&";

/// A text as itself.
pub(super) fn plain(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if SPECIAL.contains(c) {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

/// A text in which code stands between backticks.
pub(super) fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let shown = parts.map(|(at, part)| match at % 2 {
        0 => plain(part),
        // A table is cut at bars before anything else is read.
        _ => format!("`{}`", part.replace('|', "\\|")),
    });
    shown.collect()
}

/// The file of a scenario, from the folder of all of them.
pub(super) fn link(name: &Name) -> String {
    let path = format!("{name}.md");
    path.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_cell_or_means_something_else() {
        assert_eq!(plain("a|b `c` *d*"), "a\\|b \\`c\\` \\*d\\*");
        assert_eq!(prose("`a|b` means __c__ | `d`"), "`a\\|b` means \\_\\_c\\_\\_ \\| `d`");
    }

    #[test]
    fn a_link_has_no_bracket_in_it() {
        let name = Name { group: "g".to_owned(), name: "a(b)ä".to_owned() };
        assert_eq!(link(&name), "g/a%28b%29%C3%A4.md");
    }
}
