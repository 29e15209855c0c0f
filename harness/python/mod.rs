//! Finds the Pythons of this machine and asks each for its facts once.

use std::path::PathBuf;

mod ask;
pub mod cache;
mod candidate;
mod discover;
mod environment;
mod facts;
mod host;
mod memory;
mod request;
mod select;
mod tag;
#[cfg(test)]
mod tests;

pub use candidate::Source;
pub use discover::{Discovery, Found, Unusable};
pub use environment::Environment;
pub use memory::Memory;
pub use request::{Request, RequestError, Wanted};
pub use select::{Discovered, Unavailable};
pub use tag::{Implementation, Tag, TagError};

/// One usable Python on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// `cp311`, `cp313t`, `pp310`: what snapshots are named after.
    pub tag: Tag,
    /// The full version, `3.11.7` or `3.14.0rc1`.
    pub version: String,
    /// The executable, as it was found (a virtual environment's stays that).
    pub executable: PathBuf,
    /// `sys.base_prefix` (`sys.prefix` on 2.7): what a worker must report at start.
    pub base_prefix: PathBuf,
    /// How it will be hosted.
    pub host: Host,
}

impl Interpreter {
    /// The third number of the version: 7 in 3.11.7.
    pub fn micro(&self) -> u64 {
        let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
        self.version.split('.').nth(2).and_then(|micro| digits(micro).parse().ok()).unwrap_or(0)
    }
}

/// How an interpreter is hosted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// Inside `reload-worker`, through this shared library.
    Embedded {
        /// The real file, not a linker name.
        libpython: PathBuf,
    },
    /// As a process of its own.
    Spawned {
        /// Why it cannot be embedded, to finish the sentence "spawned: ...".
        reason: String,
    },
}
