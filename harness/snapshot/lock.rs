//! One writer at a time in a snapshots folder.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::error::StoreError;

/// How long a run waits for another one that is writing.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// How often it looks whether the other one is done.
const PAUSE: Duration = Duration::from_millis(2);

/// An exclusive `flock(2)` on the folder itself: no lock file to leave behind, and the kernel lets go of
/// it however the holder ends. Readers take none, for every file in the folder is replaced as a whole.
#[derive(Debug)]
pub(super) struct Lock {
    _folder: File,
}

impl Lock {
    /// Takes the lock of a folder that exists.
    pub(super) fn take(folder: &Path, patience: Duration) -> Result<Self, StoreError> {
        let file = File::open(folder).map_err(|source| StoreError::io("open", folder, source))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { _folder: file }),
                Err(TryLockError::Error(source)) => return Err(StoreError::io("lock", folder, source)),
                Err(TryLockError::WouldBlock) if start.elapsed() >= patience => {
                    return Err(StoreError::Busy { folder: folder.to_owned(), waited: patience });
                }
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_second_run_is_told_who_holds_the_folder_and_gets_it_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path(), Duration::ZERO).unwrap();
        let error = Lock::take(folder.path(), Duration::ZERO).unwrap_err();
        assert!(matches!(error, StoreError::Busy { .. }));
        assert_eq!(error.to_string(), format!("another run holds {} (waited 0ns)", folder.path().display()));
        drop(first);
        // A process that another test is starting may hold a copy of the descriptor until its exec.
        Lock::take(folder.path(), Duration::from_secs(60)).unwrap();
    }

    #[test]
    fn a_second_run_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path(), Duration::ZERO).unwrap();
        let (started, second_started) = mpsc::channel();
        thread::scope(|scope| {
            let second = scope.spawn(|| {
                started.send(()).unwrap();
                Lock::take(folder.path(), Duration::from_secs(60))
            });
            second_started.recv().unwrap();
            drop(first);
            second.join().unwrap().unwrap();
        });
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Lock::take(&folder.path().join("snapshots"), Duration::ZERO).unwrap_err();
        assert!(error.to_string().ends_with("snapshots"), "{error}");
    }
}
