//! Why there is no worker, or no play.

use std::io;
use std::path::PathBuf;

/// Why there is no worker.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The operating system refused something.
    #[error("failed to start a worker for {executable}: {source}")]
    System {
        /// Which Python.
        executable: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// It ended, or took too long, before it was ready.
    #[error("the worker for {executable} did not get ready{}", said(stderr))]
    NotReady {
        /// Which Python.
        executable: PathBuf,
        /// What it wrote to standard error.
        stderr: String,
    },
    /// It hosts another Python than the one that was asked for.
    #[error("the worker for {executable} hosts {actual} instead of {expected}")]
    WrongInterpreter {
        /// Which Python.
        executable: PathBuf,
        /// Version and prefix that were asked for.
        expected: String,
        /// Version and prefix that it reports, and its libpython.
        actual: String,
    },
    /// The harness is to stop.
    #[error("interrupted")]
    Interrupted,
}

fn said(stderr: &str) -> String {
    if stderr.trim().is_empty() { String::new() } else { format!("; it wrote:\n{}", stderr.trim_end()) }
}

/// Why a run yielded no play. None of these is the scenario's doing.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The operating system refused something.
    #[error("failed to talk to the worker: {0}")]
    System(#[from] io::Error),
    /// The harness is to stop.
    #[error("interrupted")]
    Interrupted,
}
