//! Reads a `pycon` block as doctest reads an example: statements, and the output written below them.

use std::ops::Range;

use super::block::Block;
use super::problem::Problem;
use super::{Claim, Statement};

/// The statements of a block, in order.
///
/// As in doctest, `>>> ` begins a statement and `... ` goes on with it, a bare `>>>` or a comment is no
/// statement, and prompts may be indented. Unlike in doctest, an empty line between two lines of output
/// is a line of output: there is no prose here that it could part them from.
pub(super) fn read(block: &Block, problems: &mut Vec<Problem>) -> Vec<Statement> {
    let mut reader =
        Reader { block, problems, indent: None, example: None, complained: false, statements: Vec::new() };
    let mut start = 0;
    for (text, number) in block.content.split_inclusive('\n').zip(block.line..) {
        reader.take(&Line { text: text.trim_end_matches('\n'), number, start });
        start += text.len();
    }
    reader.close();
    let Reader { statements, complained, .. } = reader;
    if statements.is_empty() && !complained {
        let problem = Problem::new(block.fence.clone(), "the transcript has no statement");
        problems.push(problem.help("begin with a line like `>>> import foo`".to_owned()));
    }
    statements
}

struct Reader<'b, 'p> {
    block: &'b Block,
    problems: &'p mut Vec<Problem>,
    /// What stands before the first prompt.
    indent: Option<&'b str>,
    example: Option<Example<'b>>,
    /// Whether lines before the first prompt were complained about.
    complained: bool,
    statements: Vec<Statement>,
}

struct Line<'b> {
    text: &'b str,
    /// 1-based, in the file.
    number: usize,
    /// Where it begins in the block's content.
    start: usize,
}

/// A prompt and what stands below it.
struct Example<'b> {
    source: Vec<&'b str>,
    line: usize,
    claims: Vec<Claim>,
    /// Empty lines after the last claim.
    blanks: Vec<Claim>,
    /// Whether output below something that is no statement was complained about.
    complained: bool,
}

impl Example<'_> {
    fn in_source(&self) -> bool {
        self.claims.is_empty() && self.blanks.is_empty()
    }

    fn is_statement(&self) -> bool {
        !self.source.iter().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
    }
}

impl<'b> Reader<'b, '_> {
    fn take(&mut self, line: &Line<'b>) {
        let rest = line.text.trim_start_matches([' ', '\t']);
        let indent = &line.text[..line.text.len() - rest.len()];
        if let Some(after) = rest.strip_prefix(">>>") {
            self.prompt(line, indent, after);
        } else if rest.is_empty() {
            self.blank(line);
        } else {
            self.below(line, indent);
        }
    }

    fn prompt(&mut self, line: &Line<'b>, indent: &'b str, after: &'b str) {
        self.close();
        let expected = *self.indent.get_or_insert(indent);
        if indent != expected {
            let problem =
                self.problem(line, 0..indent.len() + 3, "the prompt is not indented as the first one is");
            let help = format!(
                "indent all prompts of a block alike; the first one has {} before it",
                count(expected)
            );
            self.problems.push(problem.help(help));
        }
        let source = self.code(line, indent.len(), ">>>", after);
        let (claims, blanks) = (Vec::new(), Vec::new());
        self.example =
            Some(Example { source: vec![source], line: line.number, claims, blanks, complained: false });
    }

    /// The Python text after a prompt.
    fn code(&mut self, line: &Line<'b>, column: usize, prompt: &str, after: &'b str) -> &'b str {
        if let Some(code) = after.strip_prefix(' ') {
            return code;
        }
        if !after.is_empty() {
            let width = after.chars().next().map_or(0, char::len_utf8);
            let message = format!("there is no space after `{prompt}`");
            let problem = self.problem(line, column..column + prompt.len() + width, message);
            let help = format!("write `{prompt} {}`", after.trim());
            self.problems.push(problem.label("a space belongs here").help(help));
        }
        after
    }

    fn blank(&mut self, line: &Line<'b>) {
        if let Some(example) = &mut self.example {
            example.blanks.push(Claim { text: String::new(), line: line.number });
        }
    }

    /// A line without `>>>`: more source, or output.
    fn below(&mut self, line: &Line<'b>, found: &str) {
        let indent = self.indent.unwrap_or_default();
        let Some(rest) = line.text.strip_prefix(indent) else {
            let problem = self.problem(line, 0..found.len(), "the line is not indented as its prompt is");
            let help =
                format!("the prompt has {} before it, and so has all that belongs to it", count(indent));
            self.problems.push(problem.help(help));
            return;
        };
        let span = indent.len()..line.text.len();
        let Some(example) = &self.example else {
            if !std::mem::replace(&mut self.complained, true) {
                let problem = self.problem(line, span, "this stands before the first `>>>`");
                self.problems.push(
                    problem.help("a statement begins with `>>> `; only output stands below it".to_owned()),
                );
            }
            return;
        };
        let Some(after) = rest.strip_prefix("...") else { return self.output(line, rest) };
        if example.in_source() {
            let code = self.code(line, indent.len(), "...", after);
            self.example.as_mut().map(|example| example.source.push(code)).unwrap_or_default();
        } else if example.claims.is_empty() && (after.is_empty() || after.starts_with(' ')) {
            let problem =
                self.problem(line, indent.len()..indent.len() + 3, "this goes on with no statement");
            let help = "an empty line ended it; within a statement, an empty line is a bare `...`".to_owned();
            self.problems.push(problem.help(help));
        } else {
            self.output(line, rest);
        }
    }

    fn output(&mut self, line: &Line<'b>, text: &str) {
        let Some(example) = &mut self.example else { return };
        if example.is_statement() {
            example.claims.append(&mut example.blanks);
            example.claims.push(Claim { text: text.to_owned(), line: line.number });
        } else if !std::mem::replace(&mut example.complained, true) {
            let problem =
                self.problem(line, line.text.len() - text.len()..line.text.len(), "output of no statement");
            self.problems.push(problem.label("the prompt above is empty or a comment"));
        }
    }

    fn close(&mut self) {
        if let Some(example) = self.example.take().filter(Example::is_statement) {
            let source = example.source.join("\n").trim_end_matches('\n').to_owned();
            self.statements.push(Statement { source, line: example.line, claims: example.claims });
        }
    }

    fn problem(&self, line: &Line<'_>, columns: Range<usize>, message: impl Into<String>) -> Problem {
        Problem::new(self.block.place(&(line.start + columns.start..line.start + columns.end)), message)
    }
}

fn count(indent: &str) -> String {
    match indent.chars().count() {
        0 => "nothing".to_owned(),
        1 => "1 blank".to_owned(),
        n => format!("{n} blanks"),
    }
}
