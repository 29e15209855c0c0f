//! Makes a scenario of its Markdown text and the files beside it.

use std::ops::Range;
use std::path::Path;

use super::block::Block;
use super::markdown;
use super::path::{PathError, WorkspacePath};
use super::problem::{Problem, Problems};
use super::suggest::did_you_mean;
use super::summary::first_sentence;
use super::tree::Tree;
use super::{Name, Scenario, Settings, Step, Write, settings, transcript};

const LANGUAGES: [&str; 4] = ["python", "pycon", "toml", "text"];
const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

impl Scenario {
    /// Reads a scenario. Pure: `source` is the Markdown file's content, `files` that of the sibling
    /// folder, and `path` is only kept and shown.
    pub fn parse(
        name: Name,
        path: &Path,
        source: &[u8],
        files: Vec<(WorkspacePath, Vec<u8>)>,
    ) -> Result<Self, Problems> {
        parse(name, path, source, files, Vec::new())
    }
}

/// Reads a scenario about which some problems are known already.
pub(super) fn parse(
    name: Name,
    path: &Path,
    source: &[u8],
    files: Vec<(WorkspacePath, Vec<u8>)>,
    mut problems: Vec<Problem>,
) -> Result<Scenario, Problems> {
    let bytes = source.strip_prefix(UTF8_BOM).unwrap_or(source);
    let source = String::from_utf8_lossy(bytes).into_owned();
    if let Err(error) = std::str::from_utf8(bytes) {
        let start = error.valid_up_to();
        let span = start..start + char::REPLACEMENT_CHARACTER.len_utf8();
        let help =
            "save it as UTF-8; a file in another encoding goes into the sibling folder `.files`".to_owned();
        let label = format!("byte 0x{:02x}", bytes[start]);
        problems.push(Problem::new(span, "the scenario is not UTF-8").label(label).help(help));
        return Err(Problems { path: path.to_owned(), source, problems });
    }
    find_lone_returns(&source, &mut problems);
    if let Some(flaw) = name.flaw() {
        let message = format!(
            "a scenario cannot be called `{name}`: its snapshots are, and {flaw:?} breaks their names"
        );
        problems.push(Problem::new(0..0, message).help("rename the file or its folder".to_owned()));
    }

    if name.is_too_long() {
        let message = format!(
            "a scenario cannot be called by more than {} bytes: its snapshots are as well",
            Name::MAX
        );
        problems.push(Problem::new(0..0, message).help("give the file a shorter name".to_owned()));
    }
    let document = markdown::read(&source, &mut problems);
    let mut assembly = Assembly { problems, ..Assembly::default() };
    assembly.attach(files);
    for block in &document.blocks {
        assembly.take(block);
    }
    assembly.finish();

    let Assembly { mut problems, settings, steps, .. } = assembly;
    if problems.is_empty() {
        let settings = settings.unwrap_or_default();
        let (title, summary) = (document.title, first_sentence(&document.prose));
        return Ok(Scenario { name, path: path.to_owned(), title, summary, settings, steps });
    }
    problems.sort_by_key(|problem| problem.span.start);
    Err(Problems { path: path.to_owned(), source, problems })
}

/// To Markdown a lone carriage return ends a line, to editors and to Python 3's tokenizer it may not:
/// line numbers would part ways.
fn find_lone_returns(source: &str, problems: &mut Vec<Problem>) {
    let bytes = source.as_bytes();
    let lone = source.match_indices('\r').map(|(at, _)| at).find(|at| bytes.get(at + 1) != Some(&b'\n'));
    if let Some(at) = lone {
        let help =
            "end lines with `\\n` or `\\r\\n`; a file that needs one goes into the sibling folder `.files`";
        problems
            .push(Problem::new(at..at + 1, "a carriage return without a line feed").help(help.to_owned()));
    }
}

#[derive(Default)]
struct Assembly {
    problems: Vec<Problem>,
    settings: Option<Settings>,
    settings_fence: Option<Range<usize>>,
    /// The first block that is no settings.
    begun: Option<Range<usize>>,
    transcript: bool,
    unclosed: bool,
    tree: Tree,
    steps: Vec<Step>,
}

impl Assembly {
    fn attach(&mut self, files: Vec<(WorkspacePath, Vec<u8>)>) {
        for (path, content) in files {
            match self.tree.add(&path, None) {
                Ok(edit) => self.steps.push(Step::Write(Write { path, content, edit, line: None })),
                Err(clash) => {
                    let message = format!("{} in the sibling folder", clash.message);
                    self.problems.push(Problem::new(0..0, message));
                }
            }
        }
    }

    fn take(&mut self, block: &Block) {
        if !block.closed {
            self.unclosed = true;
        } else if block.label.as_ref().is_some_and(|label| label.colon) {
            self.file(block);
        } else {
            match block.language.text.as_str() {
                "toml" => self.settings(block),
                "pycon" => self.transcript(block),
                "text" => {}
                "python" => self.nameless(block),
                _ => self.unknown(block),
            }
        }
    }

    fn file(&mut self, block: &Block) {
        let Some(label) = &block.label else { return };
        self.begun.get_or_insert_with(|| block.fence.clone());
        let path = match WorkspacePath::new(&label.word.text) {
            Ok(path) => path,
            Err(error) => {
                let problem = Problem::new(
                    label.word.span.clone(),
                    format!("`{}` is no file of a workspace", label.word.text),
                );
                return self.problems.push(problem.label(error.to_string()).help(path_help(error)));
            }
        };
        if path.is_python() && !matches!(block.language.text.as_str(), "" | "python") {
            let message = format!("`{path}` is Python, but its block says `{}`", block.language.text);
            let problem = Problem::new(block.language.span.clone(), message);
            self.problems.push(problem.label("`python` belongs here"));
        }
        match self.tree.add(&path, Some(&label.word.span)) {
            Ok(edit) => {
                let content = block.content.clone().into_bytes();
                self.steps.push(Step::Write(Write { path, content, edit, line: Some(block.line) }));
            }
            Err(clash) => {
                let problem = Problem::new(label.word.span.clone(), clash.message);
                self.problems.push(match clash.earlier {
                    Some(earlier) => problem.label("named here").context(earlier, "the earlier one"),
                    None => problem.label("the earlier one is in the sibling folder"),
                });
            }
        }
    }

    fn settings(&mut self, block: &Block) {
        self.alone(block);
        let problem = Problem::new(block.fence.clone(), "a second settings block");
        if let Some(first) = self.settings_fence.clone() {
            let help =
                "a scenario has one; a TOML file of the workspace has a line with its name above".to_owned();
            return self.problems.push(problem.context(first, "the first one").help(help));
        }
        self.settings_fence = Some(block.fence.clone());
        if let Some(begun) = self.begun.clone() {
            let problem = Problem::new(block.fence.clone(), "the settings come too late");
            let help = "they stand before the first file and the first statement".to_owned();
            self.problems.push(problem.context(begun, "the first block of the scenario").help(help));
        }
        self.settings = Some(settings::read(block, &mut self.problems));
    }

    fn transcript(&mut self, block: &Block) {
        self.alone(block);
        self.transcript = true;
        self.begun.get_or_insert_with(|| block.fence.clone());
        let statements = transcript::read(block, &mut self.problems);
        self.steps.extend(statements.into_iter().map(Step::Statement));
    }

    /// Nothing may follow the language of a block that is read: it would have no effect.
    fn alone(&mut self, block: &Block) {
        if !block.extra.text.is_empty() {
            let message = format!("nothing follows `{}`", block.language.text);
            self.problems.push(Problem::new(block.extra.span.clone(), message).label("has no effect"));
        }
    }

    fn nameless(&mut self, block: &Block) {
        let help = match &block.label {
            Some(label) => format!("the line above lacks its colon: `{}`:", label.word.text),
            None => {
                "code that is only shown is `text`; a file has its name on a line above, with a colon: `foo.py`:"
                    .to_owned()
            }
        };
        let problem = Problem::new(block.fence.clone(), "a `python` block without a name");
        self.problems.push(problem.label("which file is it?").help(help));
    }

    fn unknown(&mut self, block: &Block) {
        let language = block.language.text.as_str();
        let kinds = "settings are `toml`, a transcript is `pycon`, prose is `text`; a file has its name on a line above, with a colon: `foo.py`:";
        let alias = match language {
            "py" | "py3" | "python3" => Some("did you mean `python`?".to_owned()),
            "doctest" | "pyrepl" | "python-repl" => Some("did you mean `pycon`?".to_owned()),
            _ => None,
        };
        let help = match &block.label {
            Some(label) => {
                format!("if it is a file, the line above lacks its colon: `{}`:", label.word.text)
            }
            None => alias.or_else(|| did_you_mean(language, LANGUAGES)).unwrap_or_else(|| kinds.to_owned()),
        };
        let problem = if language.is_empty() {
            Problem::new(block.fence.clone(), "a block that says neither what nor which file it is")
        } else {
            Problem::new(block.language.span.clone(), format!("a block of unknown kind `{language}`"))
        };
        self.problems.push(problem.help(help));
    }

    fn finish(&mut self) {
        // An unclosed block may well have swallowed the transcript.
        if !self.transcript && !self.unclosed {
            let help = "a fenced block of the kind `pycon` has what is typed at the prompt: `>>> import foo`"
                .to_owned();
            self.problems.push(Problem::new(0..0, "the scenario has no transcript").help(help));
        }
    }
}

fn path_help(error: PathError) -> Option<String> {
    let help = match error {
        PathError::Absolute | PathError::Drive | PathError::Parent => {
            "a path begins in the workspace: `pkg/foo.py`"
        }
        PathError::Backslash => "write `pkg/foo.py`",
        PathError::TrailingSlash => "folders come to be with their files: `pkg/__init__.py`",
        _ => return None,
    };
    Some(help.to_owned())
}
