//! Makes bytes visible without losing any.
//!
//! Bytes that are no UTF-8 and control characters read `\xff`, other characters that cannot be
//! seen `\u{200b}`. A backslash stands for itself, unless what follows it would read as such an
//! escape: then it, and all backslashes directly before it, are doubled. So every text stands for
//! one sequence of bytes only.

use std::fmt::Write as _;

/// Makes bytes visible. Newlines stay.
pub fn visible(bytes: &[u8]) -> String {
    let mut shown = Shown::default();
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        for (at, character) in valid.char_indices() {
            shown.character(character, &valid[at + character.len_utf8()..]);
        }
        for byte in chunk.invalid() {
            shown.escape(format_args!("\\x{byte:02x}"));
        }
    }
    shown.text
}

/// What is visible so far.
#[derive(Default)]
struct Shown {
    text: String,
    /// How many backslashes that stand for themselves it ends with.
    backslashes: usize,
}

impl Shown {
    fn character(&mut self, character: char, rest: &str) {
        match character {
            '\n' => self.plain('\n'),
            '\\' => {
                self.text.push('\\');
                self.backslashes += 1;
                if !rest.starts_with('\\') && reads_as_escape(rest) {
                    self.double();
                }
            }
            _ if character.is_ascii_control() => {
                self.escape(format_args!("\\x{:02x}", u32::from(character)));
            }
            _ if is_unseen(character) => self.escape(format_args!("\\u{{{:x}}}", u32::from(character))),
            _ => self.plain(character),
        }
    }

    fn plain(&mut self, character: char) {
        self.text.push(character);
        self.backslashes = 0;
    }

    fn escape(&mut self, escape: std::fmt::Arguments<'_>) {
        self.double();
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(escape);
    }

    fn double(&mut self) {
        self.text.extend(std::iter::repeat_n('\\', self.backslashes));
        self.backslashes = 0;
    }
}

/// Whether `\` before this would read as an escape.
fn reads_as_escape(rest: &str) -> bool {
    rest.starts_with("u{")
        || rest.strip_prefix('x').is_some_and(|digits| {
            digits.len() >= 2 && digits.bytes().take(2).all(|digit| digit.is_ascii_hexdigit())
        })
}

/// Characters that leave no mark of their own or change how others are laid out: C1 controls,
/// soft hyphen, zero-width and bidirectional marks, line and paragraph separators, tags, BOM.
pub(crate) fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{2000}'..='\u{200f}'
        | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{3000}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use proptest::prelude::*;

    use super::visible;

    /// The way back, to show that nothing is lost.
    fn bytes(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let run = rest.len() - rest.trim_start_matches('\\').len();
            if run == 0 {
                bytes.extend(next.encode_utf8(&mut [0; 4]).bytes());
                rest = &rest[next.len_utf8()..];
                continue;
            }
            rest = &rest[run..];
            if !super::reads_as_escape(rest) {
                bytes.extend(std::iter::repeat_n(b'\\', run));
                continue;
            }
            bytes.extend(std::iter::repeat_n(b'\\', run / 2));
            if run % 2 == 1 {
                if let Some(digits) = rest.strip_prefix("u{") {
                    let (digits, after) = digits.split_once('}').unwrap();
                    let character = char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap();
                    bytes.extend(character.encode_utf8(&mut [0; 4]).bytes());
                    rest = after;
                } else {
                    bytes.push(u8::from_str_radix(&rest[1..3], 16).unwrap());
                    rest = &rest[3..];
                }
            }
        }
        bytes
    }

    #[test]
    fn bytes_that_are_not_utf8_are_escaped() {
        assert_eq!(visible(b"caf\xe9 \xff\n"), "caf\\xe9 \\xff\n");
    }

    #[test]
    fn control_and_unseen_characters_are_escaped() {
        assert_eq!(visible("\x1b[31m\ta\r\n\u{200b}b".as_bytes()), "\\x1b[31m\\x09a\\x0d\n\\u{200b}b");
    }

    #[test]
    fn a_backslash_stays_single_where_it_reads_as_nothing_else() {
        assert_eq!(visible(br"C:\temp\new \x1 \u1234 \"), r"C:\temp\new \x1 \u1234 \");
    }

    #[test]
    fn a_written_escape_differs_from_the_byte_it_names() {
        assert_eq!(visible(br"\xff"), r"\\xff");
        assert_eq!(visible(b"\\\xff"), r"\\\xff");
        assert_eq!(visible(br"\\u{41}"), r"\\\\u{41}");
    }

    proptest! {
        #[test]
        fn nothing_is_lost(pieces in prop::collection::vec(prop_oneof![
            Just(b"\\".to_vec()), Just(b"x41".to_vec()), Just(b"u{41}".to_vec()), Just(b"\xff".to_vec()),
            Just("\u{2028}".as_bytes().to_vec()), prop::collection::vec(any::<u8>(), 0..3),
        ], 0..12)) {
            let original = pieces.concat();
            prop_assert_eq!(bytes(&visible(&original)), original);
        }
    }
}
