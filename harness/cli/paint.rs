//! Colours a report, so that an eye that skims it stops at the right lines.

use std::sync::LazyLock;

use anstyle::Style;
use regex::Regex;

use super::style::{ERROR, FAINT, GONE, GOOD, HEADING, PLAIN, STATEMENT, Styled, WARNING};

/// An exception's last line, as a traceback has it.
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static EXCEPTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^    (\w+\.)*[A-Z]\w*(Error|Exception|Interrupt|Exit|Iteration|Warning)(: |$)").unwrap()
});
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static FRAME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^        \S+:\d+ in ").unwrap());
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static ENDING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^    ((crashed|hung|silent|garbled|swarmed): |exited with status \d|killed its worker|left )",
    )
    .unwrap()
});
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static VERDICT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^    (verdict: (broken|stale|mixed|masked|outlives|crashed|hung)\b|claim does not hold)")
        .unwrap()
});
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static REASON: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^    (diagnosis: |silently: |verdict: unsteady)").unwrap());
/// What is summed up at the end.
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static SUM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(verdicts: .*(broken|stale|mixed|masked|outlives|crashed|hung)|claims: .*not)").unwrap()
});
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static SUPERSEDED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^    \S+( is a superseded |: .*\bsuperseded\b)").unwrap());

/// The report with styles, line by line. It goes by the looks of a line: what a program prints in
/// the words of a report is coloured as a report.
pub(crate) fn paint(report: &str) -> String {
    let mut painted = String::new();
    let mut edits = false;
    for (number, line) in report.lines().enumerate() {
        if !line.starts_with(' ') {
            edits = line.starts_with("edit ");
        }
        let style = if number == 0 { HEADING } else { style(line, edits) };
        painted.push_str(&Styled::new(style, line).to_string());
        painted.push('\n');
    }
    painted
}

/// A sweep with styles: each outcome in its colour, so that the lines at which a reload hurts stand out.
pub(crate) fn sweep(report: &str) -> String {
    let mut painted = String::new();
    for (number, line) in report.lines().enumerate() {
        let words = line.trim_start();
        let word = words.split([' ', '/', ',']).next().unwrap_or_default();
        let style = match word {
            _ if number == 0 => HEADING,
            "safe" | "same" | "before" | "after" => GOOD,
            "stale" | "mixed" | "neither" | "waits" => WARNING,
            "broken" | "crashed" | "hung" | "raises" => ERROR,
            _ => PLAIN,
        };
        let is_group = line.starts_with(word);
        let (marked, rest) = if is_group || style == HEADING {
            (line, "")
        } else {
            line.split_at(line.len() - words.len() + word.len())
        };
        painted.push_str(&Styled::new(style, marked).to_string());
        painted.push_str(rest);
        painted.push('\n');
    }
    painted
}

fn style(line: &str, edits: bool) -> Style {
    let flush = !line.starts_with(' ');
    match line {
        _ if flush && (line.starts_with(">>>") || line.starts_with("...")) => STATEMENT,
        _ if flush && (line.starts_with("edit ") || line.starts_with("write ")) => STATEMENT,
        _ if edits && line.starts_with("    - ") => GONE,
        _ if edits && line.starts_with("    + ") => GOOD,
        _ if EXCEPTION.is_match(line) || ENDING.is_match(line) => ERROR,
        _ if VERDICT.is_match(line) || SUM.is_match(line) => ERROR,
        _ if line.starts_with("verdicts: ") || line.starts_with("claims: ") || line == "    claim holds" => {
            GOOD
        }
        _ if REASON.is_match(line) => WARNING,
        _ if SUPERSEDED.is_match(line) => WARNING,
        _ if FRAME.is_match(line) => FAINT,
        _ => PLAIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_line_has_its_colour() {
        for (line, expected) in [
            (">>> b.foo()", STATEMENT),
            ("... pass", STATEMENT),
            ("edit foo.py", STATEMENT),
            ("    Bar.foo", PLAIN),
            ("    TypeError: unbound method", ERROR),
            ("    foo.Problem: x", PLAIN),
            ("    foo.MyError", ERROR),
            ("        foo.py:12 in foo: Foo.foo(self)", FAINT),
            ("    b is a superseded foo.Bar#1", WARNING),
            ("    crashed: killed by SIGABRT", ERROR),
            ("    verdict: stale, as before the edit; a restart gives", ERROR),
            ("    verdict: mixed; a restart gives", ERROR),
            ("    verdict: masked; a restart raises", ERROR),
            ("    verdict: unsteady; two restarts differ", WARNING),
            ("    diagnosis: deleted-name: the name f", WARNING),
            ("    claim holds", GOOD),
            ("    claim does not hold; the author wrote", ERROR),
            ("verdicts: 3 same", GOOD),
            ("verdicts: 3 same, 1 mixed", ERROR),
            ("claims: 3 hold, 1 does not", ERROR),
            ("    - gone", PLAIN),
            ("1 step was not reached", PLAIN),
        ] {
            assert_eq!(style(line, false), expected, "{line}");
        }
        assert_eq!(style("    - gone", true), GONE);
        assert_eq!(style("    + new", true), GOOD);
    }

    #[test]
    fn the_text_stays_what_it_is() {
        let report = "g/a: A title\n\n>>> f()\n    ValueError: x\n        <step> in f\nedit a.py\n    - x\n";
        assert_eq!(anstream::adapter::strip_str(&paint(report)).to_string(), report);
    }
}
