//! Why something cannot be swept.

use crate::lab::RunError;
use crate::scenario::did_you_mean;

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
    #[error(
        "failed to sweep a reload of {module}: no module of that name was loaded at any place that was \
         tried{hint}{words}"
    )]
    NeverLoaded {
        /// Its name.
        module: String,
        /// What may have been meant, with its punctuation, or nothing.
        hint: String,
        /// Where the run that no fault strikes failed: how it ended, and its last words.
        words: String,
    },
    /// The fault cannot strike in this Python.
    #[error("{0}")]
    Refused(String),
}

impl SweepError {
    /// A reload is to fail, and what is played makes none of these modules.
    pub(super) fn not_reloaded(played: &str, modules: &[String]) -> Self {
        let modules = modules.join(" or ");
        Self::Refused(format!(
            "the {played} does not reload {modules} by itself, so there is no reload that could fail"
        ))
    }

    /// A module that is not there, next to the names of those that are.
    pub(super) fn never_loaded(module: &str, there: impl IntoIterator<Item = String>, words: String) -> Self {
        let there: Vec<String> = there.into_iter().collect();
        let hint = did_you_mean(module, there.iter().map(String::as_str));
        let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        Self::NeverLoaded { module: module.to_owned(), hint, words }
    }
}
