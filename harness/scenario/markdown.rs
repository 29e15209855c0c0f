//! Finds the title, the fenced blocks and their labels in a Markdown text. What the blocks mean is
//! decided elsewhere.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::block::{Block, Label, Word};
use super::lines::Lines;
use super::problem::Problem;

/// What of a Markdown text can mean something.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The text of the first heading.
    pub(super) title: String,
    /// The first paragraph below it, with backticks around code; empty where there is none.
    pub(super) prose: String,
    /// The fenced blocks, in order.
    pub(super) blocks: Vec<Block>,
}

/// Reads a Markdown text.
pub(super) fn read(source: &str, problems: &mut Vec<Problem>) -> Document {
    let mut reader = Reader {
        lines: Lines::new(source),
        problems,
        document: Document::default(),
        place: Place::Flow,
        run: Run::default(),
        label: None,
        headings: 0,
        paragraph: None,
    };
    for (event, range) in Parser::new(source).into_offset_iter() {
        reader.take(event, range);
    }
    reader.drop_label();
    if reader.headings == 0 {
        let help = "begin with a line `# What this scenario shows`".to_owned();
        reader.problems.push(Problem::new(0..0, "the scenario has no title").help(help));
    }
    reader.document
}

struct Reader<'s, 'p> {
    lines: Lines<'s>,
    problems: &'p mut Vec<Problem>,
    document: Document,
    place: Place,
    run: Run,
    label: Option<Label>,
    headings: usize,
    /// The paragraph that it is in, if that may be the first one.
    paragraph: Option<String>,
}

/// What the reader is in the middle of.
enum Place {
    Flow,
    Heading { level: HeadingLevel, text: String },
    Fenced { content: String, label: Option<Label> },
    Indented { start: Option<usize> },
    Html { comment: bool },
}

/// Inline text since the last block began or ended, as far as it may be a label.
#[derive(Default)]
struct Run {
    code: Option<Word>,
    colon: bool,
    other: bool,
}

impl Reader<'_, '_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                self.settle();
                self.place = Place::Fenced { content: String::new(), label: self.label.take() };
            }
            Event::End(TagEnd::Paragraph) => {
                self.end_paragraph();
                self.settle();
            }
            Event::Start(tag) if is_block(&tag) => {
                self.settle();
                self.drop_label();
                let is_first = self.headings > 0 && self.document.prose.is_empty();
                self.paragraph = (tag == Tag::Paragraph && is_first).then(String::new);
                self.place = match tag {
                    Tag::Heading { level, .. } => Place::Heading { level, text: String::new() },
                    Tag::CodeBlock(_) => Place::Indented { start: None },
                    Tag::HtmlBlock => Place::Html { comment: self.starts_comment(&range) },
                    _ => Place::Flow,
                };
            }
            Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock) => self.leave(range),
            Event::End(TagEnd::Item | TagEnd::List(_) | TagEnd::BlockQuote(_)) | Event::Rule => {
                self.settle();
                self.drop_label();
            }
            Event::Text(text) => self.text(&text, &range),
            Event::Code(text) => self.code(&text, range),
            Event::Html(text) => self.html(&text, &range),
            Event::SoftBreak | Event::HardBreak => self.text(" ", &range),
            _ => self.run.other = true,
        }
    }

    fn text(&mut self, text: &str, range: &Range<usize>) {
        match &mut self.place {
            Place::Heading { text: title, .. } => title.push_str(text),
            Place::Fenced { content, .. } => content.push_str(text),
            Place::Indented { start } => {
                if start.is_none() && is_fence(text) {
                    *start = Some(range.start);
                }
            }
            Place::Flow | Place::Html { .. } => {
                if let Some(paragraph) = &mut self.paragraph {
                    paragraph.push_str(text);
                }
                let first_colon = text == ":" && self.run.code.is_some() && !self.run.colon;
                self.run.colon |= first_colon;
                self.run.other |= !first_colon;
            }
        }
    }

    fn code(&mut self, text: &str, span: Range<usize>) {
        if let Some(paragraph) = &mut self.paragraph {
            paragraph.extend(["`", text, "`"]);
        }
        if let Place::Heading { text: title, .. } = &mut self.place {
            title.push_str(text);
        } else if self.run.code.is_none() {
            self.run.code = Some(Word { text: text.to_owned(), span });
        } else {
            self.run.other = true;
        }
    }

    fn html(&mut self, text: &str, range: &Range<usize>) {
        if matches!(self.place, Place::Html { comment: false }) && is_fence(text.trim_start()) {
            self.place = Place::Html { comment: true };
            let help = "leave an empty line between the HTML and the fence".to_owned();
            let problem = Problem::new(self.line_from(range.start), "a block inside HTML is not read");
            self.problems.push(problem.help(help));
        }
    }

    fn starts_comment(&self, range: &Range<usize>) -> bool {
        self.lines.text(self.lines.at(range.start)).trim_start().starts_with("<!--")
    }

    /// The rest of the line at an offset.
    fn line_from(&self, start: usize) -> Range<usize> {
        start..self.lines.span(self.lines.at(start)).end.max(start)
    }

    fn leave(&mut self, range: Range<usize>) {
        match std::mem::replace(&mut self.place, Place::Flow) {
            Place::Heading { level, text } => self.heading(level, text.trim(), range),
            Place::Fenced { content, label } => self.fenced(content, label, &range),
            Place::Indented { start: Some(start) } => {
                let problem = Problem::new(self.line_from(start), "a fence indented this far is not read");
                let help = "indent it by three spaces at most".to_owned();
                self.problems.push(problem.label("plain indented text to Markdown").help(help));
            }
            Place::Indented { start: None } | Place::Html { .. } | Place::Flow => {}
        }
        self.run = Run::default();
    }

    fn heading(&mut self, level: HeadingLevel, text: &str, range: Range<usize>) {
        self.headings += 1;
        if self.headings > 1 {
            return;
        }
        let span = self.line_from(range.start);
        if level != HeadingLevel::H1 {
            let help = format!("make it `# {text}`");
            self.problems.push(
                Problem::new(span, "the first heading is not the title")
                    .label("not of the first level")
                    .help(help),
            );
        } else if text.is_empty() {
            self.problems.push(Problem::new(span, "the title is empty"));
        }
        text.clone_into(&mut self.document.title);
    }

    fn fenced(&mut self, content: String, label: Option<Label>, range: &Range<usize>) {
        let block = Block::new(&self.lines, range, content, label);
        if !block.closed {
            let opening = self.lines.slice(&block.fence);
            let fence = &opening[..opening.len() - opening.trim_start_matches(['`', '~']).len()];
            let help =
                format!("end it with {fence} on a line of its own, indented and quoted as the first one is");
            let problem =
                Problem::new(block.fence.clone(), "the block is never closed").label("it begins here");
            self.problems.push(problem.help(help));
        }
        self.document.blocks.push(block);
    }

    /// A label is no prose.
    fn end_paragraph(&mut self) {
        if let Some(paragraph) = self.paragraph.take()
            && self.run.other
        {
            self.document.prose = paragraph;
        }
    }

    /// Ends a run of inline text, which may have been a label.
    fn settle(&mut self) {
        let run = std::mem::take(&mut self.run);
        if let (Some(word), false) = (run.code, run.other) {
            self.drop_label();
            self.label = Some(Label { word, colon: run.colon });
        } else if run.other {
            self.drop_label();
        }
    }

    /// Something else than a fenced block follows a label.
    fn drop_label(&mut self) {
        if let Some(Label { word, colon: true }) = self.label.take() {
            let problem = Problem::new(word.span, "the name of a file, but no block follows");
            let help =
                "a fenced block with its content comes next; in prose, let the line say more than the name"
                    .to_owned();
            self.problems.push(problem.label("names nothing").help(help));
        }
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

fn is_fence(line: &str) -> bool {
    line.starts_with("```") || line.starts_with("~~~")
}
