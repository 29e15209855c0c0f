//! Why a subcommand could not do what it was asked to.

use std::io;
use std::path::PathBuf;

use super::exit::Exit;
use crate::catalogue::Unplaced;
use crate::python::Unavailable;
use crate::scenario::{Filter, FilterError, Name, NameError};
use crate::snapshot::StoreError;

/// What ends a subcommand before its work is done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// No interpreter for `--python`.
    #[error(transparent)]
    Python(#[from] Unavailable),
    /// A pattern is no pattern.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// No scenario fits a pattern.
    #[error("no scenario matches `{pattern}`{}", suggestion(nearest))]
    NothingMatches {
        /// The pattern.
        pattern: String,
        /// Names that are like it.
        nearest: Vec<String>,
    },
    /// A file that was named is not there.
    #[error("there is no file `{}`", .file.display())]
    NoFile {
        /// As it was named.
        file: PathBuf,
    },
    /// What follows `--` is no program.
    #[error("`{given}` is no program: after -- comes `script.py ARGUMENTS` or `-m MODULE ARGUMENTS`")]
    NoProgram {
        /// As it was given.
        given: String,
    },
    /// An edit says not of which module.
    #[error(
        "failed to tell which module `--edit {edit}` is of: say `--edit MODULE={edit}` with one of those after --reload ({})",
        modules.join(", ")
    )]
    WhichModule {
        /// As it was given.
        edit: String,
        /// Those that are reloaded.
        modules: Vec<String>,
    },
    /// There is no scenario to be read.
    #[error(
        "no scenarios in `{}`; name another folder with --scenarios, or a file: reload-harness run path/to/one.md",
        .folder.display()
    )]
    NoScenarios {
        /// The folder that was looked into.
        folder: PathBuf,
    },
    /// A new scenario cannot have this name.
    #[error("no scenario can be called `{name}`: {error}")]
    BadName {
        /// As it was asked for.
        name: String,
        /// Why not.
        error: NameError,
    },
    /// A new scenario would take the place of another.
    #[error("{} is there already", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A page has no place for the table of contents.
    #[error("{}: {source}", .page.display())]
    Contents {
        /// The page.
        page: PathBuf,
        /// What it lacks.
        source: Unplaced,
    },
    /// A file or folder is out of reach.
    #[error("failed to {action} {}: {source}", .path.display())]
    File {
        /// A verb.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The snapshots could not be read or written.
    #[error("{}", with_cause(.0))]
    Snapshots(#[from] StoreError),
    /// Standard output is gone or full.
    #[error("failed to write to standard output: {0}")]
    Output(#[from] io::Error),
    /// Nowhere to play runs.
    #[error("failed to set up workspaces: {0}")]
    Lab(io::Error),
}

impl Failure {
    /// Nothing matches a pattern; these names are there.
    pub(crate) fn nothing_matches<'a>(pattern: &str, names: impl IntoIterator<Item = &'a Name>) -> Self {
        let nearest = Filter::nearest(pattern, names).into_iter().map(ToString::to_string).collect();
        Failure::NothingMatches { pattern: pattern.to_owned(), nearest }
    }

    /// The exit code that tells a script what happened.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Python(_) => Exit::NoInterpreter,
            Failure::Filter(_)
            | Failure::NothingMatches { .. }
            | Failure::NoScenarios { .. }
            | Failure::BadName { .. }
            | Failure::Exists { .. }
            | Failure::Contents { .. }
            | Failure::NoFile { .. }
            | Failure::NoProgram { .. }
            | Failure::WhichModule { .. } => Exit::Usage,
            Failure::Snapshots(StoreError::Busy { .. }) => Exit::Busy,
            Failure::File { .. } | Failure::Snapshots(_) | Failure::Output(_) | Failure::Lab(_) => Exit::Io,
        }
    }

    /// Whether whoever reads the output has had enough of it, as `head` has, and will hear no more.
    pub(crate) fn is_unheard(&self) -> bool {
        matches!(self, Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

fn suggestion(nearest: &[String]) -> String {
    match nearest {
        [] => "; `reload-harness list` shows them all".to_owned(),
        [one] => format!("; did you mean `{one}`?"),
        several => format!("; did you mean one of `{}`?", several.join("`, `")),
    }
}

/// A message with the operating system's reason behind it.
pub(crate) fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_its_exit_code() {
        let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(Failure::from(Unavailable::Nothing).exit(), Exit::NoInterpreter);
        assert_eq!(Failure::from(denied()).exit(), Exit::Io);
        assert_eq!(Failure::NoScenarios { folder: PathBuf::new() }.exit(), Exit::Usage);
    }

    #[test]
    fn only_a_closed_pipe_is_left_alone() {
        assert!(Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)).is_unheard());
        assert!(!Failure::from(io::Error::from(io::ErrorKind::StorageFull)).is_unheard());
    }

    #[test]
    fn a_pattern_that_matches_nothing_gets_a_suggestion() {
        let failure =
            Failure::NothingMatches { pattern: "supr".into(), nearest: vec!["founding/super".into()] };
        assert_eq!(failure.to_string(), "no scenario matches `supr`; did you mean `founding/super`?");
    }
}
