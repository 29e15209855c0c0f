//! Where the lines of a text begin.

use std::ops::Range;

/// The lines of a text, counted as `\n` and `\r\n` end them.
#[derive(Debug)]
pub(super) struct Lines<'s> {
    text: &'s str,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The 0-based line that holds a byte.
    pub(super) fn at(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Where a 0-based line begins; beyond the last one, the end of the text.
    pub(super) fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.text.len())
    }

    /// The bytes of a 0-based line without its ending.
    pub(super) fn span(&self, line: usize) -> Range<usize> {
        let range = self.start(line)..self.start(line + 1);
        let whole = &self.text[range.clone()];
        let bare = whole.strip_suffix('\n').unwrap_or(whole);
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        range.start..range.start + bare.len()
    }

    /// The same, as text.
    pub(super) fn text(&self, line: usize) -> &'s str {
        self.slice(&self.span(line))
    }

    /// A range of the text.
    pub(super) fn slice(&self, range: &Range<usize>) -> &'s str {
        &self.text[range.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_on_the_line_it_stands_in() {
        let lines = Lines::new("ab\r\nc\n\nd");
        let found: Vec<_> = (0..9).map(|offset| lines.at(offset)).collect();
        assert_eq!(found, [0, 0, 0, 0, 1, 1, 2, 3, 3]);
        let texts: Vec<_> = (0..5).map(|line| lines.text(line)).collect();
        assert_eq!(texts, ["ab", "c", "", "d", ""]);
    }

    #[test]
    fn an_empty_text_has_one_empty_line() {
        let lines = Lines::new("");
        assert_eq!((lines.at(0), lines.span(0), lines.start(7)), (0, 0..0, 0));
    }
}
