//! The folder under which each run gets its workspace: memory-backed where there is such a thing,
//! and gone afterwards, whatever happened.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::removal::remove;

const PREFIX: &str = "reload-harness-";
const LOCK: &str = "lock";
/// A folder this young may belong to a process that has not locked it yet.
const YOUNG: Duration = Duration::from_secs(60);

/// A folder of this process's own. It is locked for as long as the process lives, so that another
/// one can tell it from what a killed process left behind: a file in it, which says that there was a
/// lock, and the folder itself, for a run may delete any file.
#[derive(Debug)]
pub struct Workspaces {
    root: TempDir,
    _locks: [File; 2],
}

impl Workspaces {
    /// Makes the folder, and removes those that nobody holds any more.
    pub fn create() -> io::Result<Self> {
        let base = base();
        sweep(&base);
        let root = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&base)?;
        // In this order: whoever sweeps holds the folder while it looks for the file.
        let folder = File::open(root.path())?;
        folder.lock()?;
        let file = File::create(root.path().join(LOCK))?;
        file.lock()?;
        Ok(Self { root, _locks: [folder, file] })
    }

    /// The folder's path, free of symbolic links.
    pub fn path(&self) -> PathBuf {
        fs::canonicalize(self.root.path()).unwrap_or_else(|_| self.root.path().to_owned())
    }
}

/// Shared memory on Linux, or else the usual place for temporary files.
fn base() -> PathBuf {
    let shared = Path::new("/dev/shm");
    let usable = cfg!(target_os = "linux")
        && tempfile::Builder::new().prefix(".reload-harness-try-").tempfile_in(shared).is_ok();
    if usable { shared.to_owned() } else { std::env::temp_dir() }
}

/// Removes what processes that were killed left behind.
fn sweep(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX)) {
            remove_if_abandoned(&entry.path());
        }
    }
}

fn remove_if_abandoned(folder: &Path) {
    let is_held = |lock: &File| matches!(lock.try_lock(), Err(TryLockError::WouldBlock));
    // Held until it is decided, so that its maker, if there is one yet, has not made the file.
    let held = File::open(folder);
    if held.as_ref().is_ok_and(is_held) {
        return;
    }
    let abandoned = match File::open(folder.join(LOCK)) {
        Ok(lock) => !is_held(&lock),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = fs::metadata(folder).and_then(|metadata| metadata.modified());
            made.is_ok_and(|made| SystemTime::now().duration_since(made).is_ok_and(|age| age > YOUNG))
        }
        Err(_) => false,
    };
    if abandoned {
        // Another process may be sweeping too; what stays is met again at the next start.
        let _ = remove(folder);
    }
}

impl Drop for Workspaces {
    fn drop(&mut self) {
        // TempDir would give up on what a run locked away, and on what it buried too deep.
        let _ = remove(self.root.path());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_swept_and_what_a_living_one_holds_is_not() {
        let base = tempfile::tempdir().unwrap();
        let (dead, alive) =
            (base.path().join("reload-harness-dead"), base.path().join("reload-harness-alive"));
        for folder in [&dead, &alive] {
            fs::create_dir(folder).unwrap();
            File::create(folder.join(LOCK)).unwrap();
        }
        let held = File::open(alive.join(LOCK)).unwrap();
        held.lock().unwrap();
        sweep(base.path());
        assert!(!dead.exists());
        assert!(alive.exists());
    }

    #[test]
    fn a_folder_whose_lock_file_a_run_deleted_is_not_swept() {
        let base = tempfile::tempdir().unwrap();
        let alive = base.path().join("reload-harness-alive");
        fs::create_dir(&alive).unwrap();
        let held = File::open(&alive).unwrap();
        held.lock().unwrap();
        held.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        sweep(base.path());
        assert!(alive.exists());
        drop(held);
        sweep(base.path());
        assert!(!alive.exists());
    }

    #[test]
    fn what_is_being_made_is_never_swept() {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let workspaces = Workspaces::create().unwrap();
                        assert!(workspaces.path().join(LOCK).exists());
                    }
                });
            }
        });
    }

    #[test]
    fn a_folder_that_is_not_locked_yet_is_left_alone_while_it_is_young() {
        let base = tempfile::tempdir().unwrap();
        let young = base.path().join("reload-harness-young");
        fs::create_dir(&young).unwrap();
        sweep(base.path());
        assert!(young.exists());
    }

    #[test]
    fn nothing_stays_of_a_folder_whose_permissions_were_taken_away() {
        use std::os::unix::fs::PermissionsExt;
        let workspaces = Workspaces::create().unwrap();
        let root = workspaces.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::set_permissions(root.join("a"), fs::Permissions::from_mode(0o000)).unwrap();
        drop(workspaces);
        assert!(!root.exists());
    }
}
