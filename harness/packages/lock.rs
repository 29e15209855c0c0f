//! One process at a time that installs into a folder.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::Lacking;
use crate::worker::Cancel;

/// How often it looks whether the other one is done, which takes seconds.
const PAUSE: Duration = Duration::from_millis(50);

/// An exclusive `flock(2)` on a file that stays: the kernel lets go of it however its holder ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes it, however long another process installs.
    pub(super) fn take(path: &Path, cancel: &Cancel) -> Result<Self, Lacking> {
        let file = File::create(path)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::Error(error)) => return Err(error.into()),
                Err(TryLockError::WouldBlock) if cancel.is_cancelled() => return Err(Lacking::Interrupted),
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            }
        }
    }
}
