//! The colours of the command line, each named after what it means, and aligned columns. Whether
//! colours reach the output is `anstream`'s to decide (`--color`, `NO_COLOR`, `CLICOLOR_FORCE`, pipes).

use std::fmt;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

/// Headings.
pub(crate) const HEADING: Style = Style::new().bold();
/// Something is wrong.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// Went away.
pub(crate) const GONE: Style = AnsiColor::Red.on_default();
/// Something may be wrong.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default();
/// What was chosen, or is as it should be.
pub(crate) const STATEMENT: Style = AnsiColor::Cyan.on_default();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What one may skip.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Neither.
pub(crate) const PLAIN: Style = Style::new();

/// A text in a style.
#[derive(Debug, Clone)]
pub(crate) struct Styled {
    text: String,
    style: Style,
}

impl Styled {
    pub(crate) fn new(style: Style, text: impl Into<String>) -> Self {
        Styled { text: text.into(), style }
    }
}

impl fmt::Display for Styled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = self.style;
        if style == PLAIN || self.text.is_empty() {
            return f.write_str(&self.text);
        }
        write!(f, "{style}{}{style:#}", self.text)
    }
}

/// Rows with columns two spaces apart, as wide as they are on a terminal, and without trailing
/// spaces.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Styled>>,
}

impl Table {
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Styled>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.text.width());
            }
        }
        for row in &self.rows {
            let mut gap = 0;
            for (cell, width) in row.iter().zip(&widths) {
                if !cell.text.is_empty() {
                    write!(f, "{:gap$}{cell}", "")?;
                    gap = 0;
                }
                gap += width - cell.text.width() + 2;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Styled {
        Styled::new(PLAIN, text)
    }

    #[test]
    fn columns_stand_below_each_other_with_nothing_behind_the_last() {
        let mut table = Table::default();
        table.row(["*", "cp27", "/opt/日本/python", "spawned"].map(plain));
        table.row(["", "cp311", "/usr", ""].map(plain));
        table.row(["", "", "/usr/bin/python3", "embedded"].map(plain));
        let lines = [
            "*  cp27   /opt/日本/python  spawned\n",
            "   cp311  /usr\n",
            "          /usr/bin/python3  embedded\n",
        ];
        assert_eq!(table.to_string(), lines.concat());
    }

    #[test]
    fn colours_take_no_room() {
        let mut table = Table::default();
        table.row([Styled::new(GOOD, "a"), plain("b")]);
        table.row([plain("aa"), plain("b")]);
        assert_eq!(table.to_string(), "\u{1b}[32ma\u{1b}[0m   b\naa  b\n");
    }
}
