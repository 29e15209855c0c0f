//! Why packages are not there.

/// Why a scenario cannot have what it requires. The text is one line, and follows on "skipped: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lacking {
    /// They are not installed, and are not to be.
    #[error("it requires {requirements}, which is not installed here, and nothing is while offline")]
    Offline {
        /// As the scenario has them.
        requirements: String,
    },
    /// There is no cache folder.
    #[error("it requires packages, and there is no cache folder to install them into")]
    NoFolder,
    /// There is neither pip nor a way to it.
    #[error("it requires packages, and this Python has no pip, venv or virtualenv to install them: {said}")]
    NoPip {
        /// What the last of them said.
        said: String,
    },
    /// pip did not install them.
    #[error("it requires {requirements}, which could not be installed: {said}")]
    Refused {
        /// As the scenario has them.
        requirements: String,
        /// What pip said in the end.
        said: String,
    },
    /// The disk did not take them.
    #[error("it requires packages, and they could not be kept: {reason}")]
    Disk {
        /// The operating system's reason.
        reason: String,
    },
    /// The harness is to stop.
    #[error("interrupted")]
    Interrupted,
}

impl From<std::io::Error> for Lacking {
    fn from(error: std::io::Error) -> Self {
        Self::Disk { reason: error.to_string() }
    }
}
