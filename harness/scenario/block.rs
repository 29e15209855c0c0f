//! A fenced block, with a way back from its content to the Markdown file.

use std::ops::Range;

use super::lines::Lines;

/// A fenced block.
#[derive(Debug)]
pub(super) struct Block {
    /// What the line above says it is.
    pub(super) label: Option<Label>,
    /// The opening fence with its info string.
    pub(super) fence: Range<usize>,
    /// The first word after the fence; may be empty.
    pub(super) language: Word,
    /// The other words after the fence; may be empty.
    pub(super) extra: Word,
    /// The exact content: container prefixes gone, lines ended by `\n`.
    pub(super) content: String,
    /// The 1-based line of the file on which the content begins.
    pub(super) line: usize,
    /// Whether there is a closing fence.
    pub(super) closed: bool,
    rows: Vec<Row>,
}

/// A paragraph that is nothing but a code span, and a colon perhaps: `` `foo.py`: ``.
#[derive(Debug, Clone)]
pub(super) struct Label {
    /// What the code span says, and where.
    pub(super) word: Word,
    /// Whether the colon is there, without which it names nothing.
    pub(super) colon: bool,
}

/// A piece of text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// One line of content.
#[derive(Debug)]
struct Row {
    /// Where it begins in the content.
    start: usize,
    /// Where it stands in the file: without the container's prefix where it is exact.
    span: Range<usize>,
    /// Whether the file has these very characters there. Not where a tab was split between the
    /// container and the content.
    exact: bool,
}

impl Block {
    /// A block out of what the Markdown parser says of it: the bytes it covers and its content.
    pub(super) fn new(
        lines: &Lines<'_>,
        range: &Range<usize>,
        content: String,
        label: Option<Label>,
    ) -> Self {
        let first = lines.at(range.start);
        let fence = range.start..lines.span(first).end.max(range.start);
        let opening = &lines.text(first)[fence.start - lines.start(first)..];
        let info = opening.trim_start_matches(['`', '~']);
        let (language, extra) = words(info, fence.end - info.len());

        let mut start = 0;
        let rows: Vec<_> = content
            .split_inclusive('\n')
            .zip(first + 1..)
            .map(|(text, line)| {
                let row = Row::new(start, lines, line, text.trim_end_matches('\n'));
                start += text.len();
                row
            })
            .collect();
        // What ends an unclosed block (the file, a quote, a list item) begins where the block ends.
        let closed = lines.start(first + 1 + rows.len()) < range.end;
        let trimmed = opening.trim_end().len();
        Self {
            label,
            fence: fence.start..fence.start + trimmed,
            language,
            extra,
            content,
            line: first + 2,
            closed,
            rows,
        }
    }

    /// The 0-based line of the content that holds a byte of it.
    pub(super) fn row(&self, offset: usize) -> usize {
        self.rows.partition_point(|row| row.start <= offset).saturating_sub(1)
    }

    /// The place in the file of a range of the content; where that spans lines, of its first line.
    pub(super) fn place(&self, range: &Range<usize>) -> Range<usize> {
        match self.rows.get(self.row(range.start)) {
            None => self.fence.clone(),
            Some(Row { span, exact: false, .. }) => span.clone(),
            Some(Row { start, span, exact: true }) => {
                let clamp = |offset: usize| (span.start + offset.saturating_sub(*start)).min(span.end);
                clamp(range.start)..clamp(range.end)
            }
        }
    }
}

impl Row {
    fn new(start: usize, lines: &Lines<'_>, line: usize, text: &str) -> Self {
        let span = lines.span(line);
        let exact = lines.text(line).ends_with(text);
        Self { start, span: if exact { span.end - text.len()..span.end } else { span }, exact }
    }
}

/// Splits an info string that begins at an offset into its first word and the rest.
fn words(info: &str, offset: usize) -> (Word, Word) {
    let trimmed = info.trim();
    let start = offset + (info.len() - info.trim_start().len());
    let (first, rest) = trimmed.split_at(trimmed.find(char::is_whitespace).unwrap_or(trimmed.len()));
    let rest_trimmed = rest.trim_start();
    let rest_start = start + trimmed.len() - rest_trimmed.len();
    let word = |text: &str, start: usize| Word { text: text.to_owned(), span: start..start + text.len() };
    (word(first, start), word(rest_trimmed, rest_start))
}
