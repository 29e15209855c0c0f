//! Reads scenarios: Markdown with settings, module blocks and `pycon` transcripts. Knows nothing of
//! Python processes.

use std::path::PathBuf;

mod block;
mod collection;
mod filter;
mod lines;
mod load;
mod markdown;
mod name;
mod parse;
mod path;
mod problem;
mod settings;
mod suggest;
mod summary;
mod transcript;
mod tree;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;

pub use collection::{Collection, Found, Stray};
pub use filter::{Filter, FilterError};
pub use name::{Name, NameError};
pub use path::{PathError, WorkspacePath};
pub use problem::{Place, Problem, Problems};
#[cfg(test)]
pub(crate) use settings::KEYS;
pub use settings::{Bytecode, Settings};
pub(crate) use suggest::did_you_mean;

/// One Markdown file: prose, settings, module sources and a transcript, in the order in which they
/// stand.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// `group/name`, from the file's place below the scenarios folder.
    pub name: Name,
    /// The Markdown file.
    pub path: PathBuf,
    /// The first heading's text.
    pub title: String,
    /// The first sentence of the prose, code between backticks and all else as plain text; empty where there
    /// is no prose.
    pub summary: String,
    /// The settings block, or its defaults.
    pub settings: Settings,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One `>>>` statement of the transcript, or the writing of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A file comes to be, or is edited.
    Write(Write),
    /// A statement is run at the prompt.
    Statement(Statement),
}

/// The writing of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Where in the workspace.
    pub path: WorkspacePath,
    /// The exact bytes.
    pub content: Vec<u8>,
    /// Whether the file was there already: then this is an edit.
    pub edit: bool,
    /// The 1-based line of the Markdown file on which the content begins; none for a file out of
    /// the sibling folder `<name>.files/`.
    pub line: Option<usize>,
}

/// One statement of the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The Python source, prompts removed, lines joined by `\n`, without a trailing newline.
    pub source: String,
    /// The 1-based line of the Markdown file on which its `>>>` stands.
    pub line: usize,
    /// The output lines that the author wrote below it.
    pub claims: Vec<Claim>,
}

/// An output line that an author wrote in a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The line as written.
    pub text: String,
    /// Its 1-based line in the Markdown file.
    pub line: usize,
}
