//! What can go wrong with the files.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

/// Why snapshots could not be read or written. Whatever was accepted before is still whole.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another run was writing for too long.
    #[error("another run holds {} (waited {waited:?})", .folder.display())]
    Busy {
        /// The snapshots folder.
        folder: PathBuf,
        /// How long we waited for it.
        waited: Duration,
    },
    /// The operating system refused.
    #[error("cannot {action} {}", .path.display())]
    Io {
        /// A verb: `read`, `write`, `accept`, ...
        action: &'static str,
        /// The file or folder in question.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
    /// The file is there, but it is no snapshot.
    #[error("{} is no snapshot: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl StoreError {
    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        StoreError::Io { action, path: path.to_owned(), source }
    }
}
