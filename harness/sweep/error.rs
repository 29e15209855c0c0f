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
    /// The fault cannot strike in this Python.
    #[error("{0}")]
    Refused(String),
}
