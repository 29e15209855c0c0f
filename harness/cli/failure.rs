//! Why a subcommand gave up.

use std::io;

use super::exit::Exit;
use crate::python::Unavailable;

/// What kept a subcommand from doing what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// No interpreter for `--python`.
    #[error(transparent)]
    Python(#[from] Unavailable),
    /// Standard output is gone or full.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
    /// A fault of the harness.
    #[error("internal error: {0}")]
    Internal(String),
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Python(_) => Exit::NoInterpreter,
            Failure::Output(_) => Exit::Io,
            Failure::Internal(_) => Exit::Internal,
        }
    }

    /// Whether whoever reads the output has had enough of it, as `head` has, and will hear no more.
    pub(crate) fn is_unheard(&self) -> bool {
        matches!(self, Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
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
        assert_eq!(Failure::Internal(String::new()).exit(), Exit::Internal);
    }

    #[test]
    fn only_a_closed_pipe_is_left_alone() {
        assert!(Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)).is_unheard());
        assert!(!Failure::from(io::Error::from(io::ErrorKind::StorageFull)).is_unheard());
    }
}
