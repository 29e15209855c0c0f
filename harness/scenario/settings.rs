//! The settings block of a scenario.

use std::time::Duration;

use pep440_rs::{Version, VersionSpecifiers};

mod flaw;
mod lists;
mod piece;
mod read;
mod requirement;
mod slip;
mod specifier;

#[cfg(test)]
pub(crate) use read::KEYS;
pub(super) use read::read;

/// What a scenario asks of its runs.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `python = ">=2.7"`: the versions it is written for (PEP 440); none means every one.
    pub python: Option<VersionSpecifiers>,
    /// `bytecode = "off"`: what happens to `.pyc` files.
    pub bytecode: Bytecode,
    /// `timeout = 10`: seconds of wall time that one run may take; none leaves it to the caller.
    pub timeout: Option<Duration>,
    /// `hashseed = 0`: the seed of `str` hashes, as `PYTHONHASHSEED` (0 to 4294967295).
    pub hashseed: u32,
    /// `site = false`: whether `site` is imported, and with it the site-packages.
    pub site: bool,
    /// `requires = ["pydantic==2.9.2"]`: packages that it imports (PEP 508), as pip is given them.
    pub requires: Vec<String>,
    /// `tags = ["super"]`: words to find it by.
    pub tags: Vec<String>,
}

impl Settings {
    /// Whether the scenario is written for a Python. Only the release counts: 3.13.0rc1 is a 3.13.0,
    /// where PEP 440 would have `>=3.13` refuse it.
    pub fn admits(&self, major: u64, minor: u64, micro: u64) -> bool {
        let version = Version::new([major, minor, micro]);
        self.python.as_ref().is_none_or(|specifiers| specifiers.contains(&version))
    }

    /// Whether it is written for any release of a Python.
    pub fn admits_any(&self, major: u64, minor: u64) -> bool {
        (0..100).any(|micro| self.admits(major, minor, micro))
    }
}

/// What happens to `.pyc` files. Off unless a scenario says otherwise: a same-size edit within one
/// second is not seen through timestamp bytecode (`importlib._bootstrap_external`, PEP 3147).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bytecode {
    /// None is written (`sys.dont_write_bytecode`).
    #[default]
    Off,
    /// Validated by source mtime and size, as CPython does by default.
    Timestamp,
    /// Validated by source hash (PEP 552, CPython 3.7 and later).
    Hash,
}
