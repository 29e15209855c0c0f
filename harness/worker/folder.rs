//! A worker's own folder: the probe, and what its runs are given.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::removal::{clear, remove};

/// The probe's file name.
const PROBE: &str = "probe.py";
/// What is written into each worker's folder: the probe, and what it loads from beside it.
const FILES: &[(&str, &str)] = &[
    (PROBE, include_str!("probe.py")),
    ("run.py", include_str!("run.py")),
    ("display.py", include_str!("display.py")),
    ("displaced.py", include_str!("displaced.py")),
    ("kinds.py", include_str!("kinds.py")),
    ("raised.py", include_str!("raised.py")),
    ("signals.py", include_str!("signals.py")),
    ("protocol.py", include_str!("protocol.py")),
    ("raw.py", include_str!("raw.py")),
    ("census.py", include_str!("census.py")),
    ("hidden.py", include_str!("hidden.py")),
    ("own.py", include_str!("own.py")),
    ("basis.py", include_str!("basis.py")),
    ("lines.py", include_str!("lines.py")),
    ("values.py", include_str!("values.py")),
    ("reloads.py", include_str!("reloads.py")),
    ("operands.py", include_str!("operands.py")),
    ("archives.py", include_str!("archives.py")),
    ("threads.py", include_str!("threads.py")),
    ("looks.py", include_str!("looks.py")),
    ("evidence.py", include_str!("evidence.py")),
    ("references.py", include_str!("references.py")),
    ("roots.py", include_str!("roots.py")),
    ("holders.py", include_str!("holders.py")),
    ("sweep.py", include_str!("sweep.py")),
    ("points.py", include_str!("points.py")),
    ("forked.py", include_str!("forked.py")),
    ("program.py", include_str!("program.py")),
    ("tree.py", include_str!("tree.py")),
    ("allocations.py", include_str!("allocations.py")),
    ("file_faults.py", include_str!("file_faults.py")),
    ("inject.py", include_str!("inject.py")),
    ("files.py", include_str!("files.py")),
    ("faults.py", include_str!("faults.py")),
    ("statements.py", include_str!("statements.py")),
    ("interrupts.py", include_str!("interrupts.py")),
];

/// Where one worker and its runs are at home.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Lays out an empty folder, or one that is not there yet.
    pub(super) fn lay_out(path: &Path) -> io::Result<Self> {
        let folder = Self { path: path.to_owned() };
        for inner in [folder.warm(), folder.home(), folder.temporary()] {
            fs::create_dir_all(inner)?;
        }
        for (name, source) in FILES {
            fs::write(path.join(name), source)?;
        }
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The probe's source.
    pub(super) fn probe(&self) -> PathBuf {
        self.path.join(PROBE)
    }

    /// Where the worker may play its first steps.
    pub(super) fn warm(&self) -> PathBuf {
        self.path.join("warm")
    }

    /// `HOME`
    pub(super) fn home(&self) -> PathBuf {
        self.path.join("home")
    }

    /// `TMPDIR`
    pub(super) fn temporary(&self) -> PathBuf {
        self.path.join("tmp")
    }

    /// An empty workspace for the next run. All runs of a worker get the same path, so that nothing
    /// that hashes or measures it can tell them apart. Whatever of all this an earlier run took away
    /// is there again.
    pub(super) fn workspace(&self) -> io::Result<PathBuf> {
        for inner in [self.home(), self.temporary()] {
            fs::create_dir_all(&inner)?;
            clear(&inner)?;
        }
        let workspace = self.path.join("run");
        // Where it is still there, an earlier run made it unremovable.
        for number in 1.. {
            let workspace =
                if number == 1 { workspace.clone() } else { self.path.join(format!("run-{number}")) };
            match fs::create_dir(&workspace) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                other => return other.map(|()| workspace),
            }
        }
        Ok(workspace)
    }

    /// Removes a workspace. What cannot be removed is met again when the harness ends.
    pub(super) fn discard(workspace: &Path) {
        let _ = remove(workspace);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_run_finds_the_same_empty_folders() {
        let base = tempfile::tempdir().unwrap();
        let folder = Folder::lay_out(&base.path().join("0-0")).unwrap();
        let first = folder.workspace().unwrap();
        fs::write(folder.temporary().join("left"), "").unwrap();
        fs::create_dir(folder.home().join("left")).unwrap();
        Folder::discard(&first);
        assert_eq!(folder.workspace().unwrap(), first);
        for inner in [folder.temporary(), folder.home(), first] {
            assert_eq!(fs::read_dir(inner).unwrap().count(), 0);
        }
    }

    #[test]
    fn a_run_may_take_the_whole_folder_away() {
        let base = tempfile::tempdir().unwrap();
        let folder = Folder::lay_out(&base.path().join("0-0")).unwrap();
        folder.workspace().unwrap();
        fs::remove_dir_all(base.path()).unwrap();
        assert!(folder.workspace().unwrap().is_dir());
    }

    #[test]
    fn a_workspace_that_stays_is_not_given_out_again() {
        let base = tempfile::tempdir().unwrap();
        let folder = Folder::lay_out(base.path()).unwrap();
        assert_ne!(folder.workspace().unwrap(), folder.workspace().unwrap());
    }
}
