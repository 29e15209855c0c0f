//! What is wrong with a scenario, and how it is shown.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, normalize_untrusted_str};

use super::lines::Lines;

/// One error in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The bytes of [`Problems::source`] it is about; empty at 0 where it is about the whole file.
    pub span: Range<usize>,
    /// What is wrong: a lowercase fragment.
    pub message: String,
    /// What stands at the span, to be read next to it; may be empty.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Another place that plays a part, and which.
    pub context: Option<(Range<usize>, String)>,
}

impl Problem {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), label: String::new(), help: None, context: None }
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(super) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    pub(super) fn context(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.context = Some((span, label.into()));
        self
    }
}

/// Where in a file something begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
}

/// Every error of one scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The Markdown file.
    pub path: PathBuf,
    /// Its text, without a byte order mark; bytes that are not UTF-8 read as U+FFFD, and a file that
    /// could not be read is empty.
    pub source: String,
    /// The errors, in the order of their places; never none.
    pub problems: Vec<Problem>,
}

impl Problems {
    /// Where a problem begins.
    pub fn place(&self, problem: &Problem) -> Place {
        let lines = Lines::new(&self.source);
        let start = problem.span.start.min(self.source.len());
        let line = lines.at(start);
        let before = self.source.get(lines.start(line)..start).unwrap_or_default();
        Place { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The problems as a person reads them: message, place, source line and help of each, with an
    /// empty line between them and no newline at the end.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let lines = Lines::new(&self.source);
        let shown: Vec<_> =
            self.problems.iter().map(|problem| self.show(problem, &lines, &renderer)).collect();
        shown.join("\n\n")
    }

    fn show(&self, problem: &Problem, lines: &Lines<'_>, renderer: &Renderer) -> String {
        let context = problem.context.as_ref();
        let first = context.map_or(problem.span.start, |(span, _)| span.start.min(problem.span.start));
        let last = context.map_or(problem.span.end, |(span, _)| span.end.max(problem.span.end));
        // The renderer walks all the text it is given, for each problem anew.
        let (top, bottom) = (lines.at(first), lines.at(last));
        let window = lines.start(top)..lines.span(bottom).end.max(last);
        let within = |span: &Range<usize>| span.start - window.start..span.end - window.start;

        let label = Some(harmless(&problem.label)).filter(|label| !label.is_empty());
        let mut snippet = Snippet::source(without_c1(&self.source[window.clone()]))
            .path(harmless(&self.path.display().to_string()))
            .line_start(top + 1)
            .annotation(AnnotationKind::Primary.span(within(&problem.span)).label(label));
        if let Some((span, label)) = context {
            snippet = snippet.annotation(AnnotationKind::Context.span(within(span)).label(harmless(label)));
        }
        let mut group = Level::ERROR.primary_title(harmless(&problem.message)).element(snippet);
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(harmless(help)));
        }
        renderer.render(&[group])
    }
}

/// A text that no terminal obeys: scenarios come from anyone.
fn harmless(text: &str) -> String {
    normalize_untrusted_str(&without_c1(text))
}

/// The renderer makes C0 control characters of a source visible, but not these. The replacement is as
/// many bytes long, so that places stay.
fn without_c1(text: &str) -> String {
    text.replace(|c| matches!(c, '\u{80}'..='\u{9f}'), "\u{b7}")
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(source: &str, problems: Vec<Problem>) -> Problems {
        Problems { path: "scenarios/x.md".into(), source: source.into(), problems }
    }

    #[test]
    fn a_problem_shows_its_place_its_line_and_its_help() {
        let found = problems(
            "# T\n\npyhton = 1\n",
            vec![
                Problem::new(5..11, "unknown key `pyhton`")
                    .label("not a setting")
                    .help(Some("did you mean `python`?".into())),
            ],
        );
        let expected = "\
error: unknown key `pyhton`
 --> scenarios/x.md:3:1
  |
3 | pyhton = 1
  | ^^^^^^ not a setting
  |
  = help: did you mean `python`?";
        assert_eq!(found.render(false), expected);
        assert_eq!(found.to_string(), expected);
        assert!(found.render(true).contains("\u{1b}["));
    }

    #[test]
    fn columns_count_characters_and_agree_with_what_is_shown() {
        let found = problems("é\r\n\täöx\r\n", vec![Problem::new(9..10, "an x")]);
        assert_eq!(found.place(&found.problems[0]), Place { line: 2, column: 4 });
        assert!(found.render(false).contains(" --> scenarios/x.md:2:4\n"), "{found}");
    }

    #[test]
    fn a_second_place_is_shown_with_the_lines_between_folded() {
        let source = "first\n\n\n\n\n\n\n\n\n\nsecond\n";
        let found =
            problems(source, vec![Problem::new(15..21, "twice").label("again").context(0..5, "first here")]);
        let shown = found.render(false);
        assert!(shown.contains(" 1 | first") && shown.contains("first here"), "{shown}");
        assert!(shown.contains("11 | second") && shown.contains("again"), "{shown}");
    }

    #[test]
    fn problems_stand_apart_and_an_empty_source_can_have_some() {
        let found = problems("", vec![Problem::new(0..0, "a"), Problem::new(0..0, "b")]);
        assert_eq!(found.render(false).matches("error: ").count(), 2);
        assert!(found.render(false).contains("\n\nerror: b"), "{found}");
    }

    #[test]
    fn a_source_cannot_send_escapes_to_the_terminal() {
        let escape = "\u{1b}[2J \u{9b}2J \u{202e}";
        let problem = Problem::new(0..1, escape).label(escape).help(escape.to_owned()).context(4..5, escape);
        let mut found = problems(escape, vec![problem]);
        found.path = escape.into();
        let shown = found.render(false);
        assert!(!shown.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{shown:?}");
    }
}
