//! Why something cannot be swept.

use crate::lab::RunError;

/// Why something cannot be swept. None of these is a finding.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// It could not be played.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The run that no fault strikes did not come to its end: how it ended, and its last words.
    #[error("failed to sweep a run that comes to no end of its own, with no fault in it: {0}{1}")]
    NoEnd(String, String),
    /// The run ended where nothing could be told of its places any more: how it ended.
    #[error("failed to sweep a run that becomes another program, or ends out of Python's sight: {0}")]
    Vanished(String),
    /// A module that is to be reloaded, and that is not there, or not at any place.
    #[error("failed to sweep a reload of {0}: no module of that name was loaded at any place that was tried")]
    NeverLoaded(String),
    /// The fault cannot strike in this Python.
    #[error("{0}")]
    Refused(String),
}
