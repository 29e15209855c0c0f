//! Snapshot files on the disk: `snapshots/<group>/<name>@<tag>.snap`.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::python::Tag;
use crate::scenario::Name;

use super::disk::{self, Disk, RealDisk};
use super::epoch::{Epoch, Epochs};
use super::error::StoreError;
use super::file_name::{FileName, NameError, State};
use super::format;
use super::lock::{Lock, PATIENCE};

/// A snapshots folder. It need not exist until something is proposed.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    patience: Duration,
    pub(super) disk: Arc<dyn Disk>,
}

/// What is kept of one scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshots {
    /// What holds.
    pub accepted: Epochs,
    /// What would hold besides or instead, were it accepted.
    pub pending: Epochs,
}

/// One file of the snapshots folder that is a snapshot, or is meant to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// Its path below the snapshots folder, `/` between its components.
    pub path: String,
    /// What its name says.
    pub name: Result<FileName, NameError>,
    /// Its text, or why it has none.
    pub text: Result<String, String>,
}

impl Store {
    /// The store in this folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Store { root: root.into(), patience: PATIENCE, disk: Arc::new(RealDisk) }
    }

    /// The same store, waiting this long for another run that is writing.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Store { patience, ..self }
    }

    /// The snapshots folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where an epoch is kept.
    pub fn path(&self, scenario: &Name, tag: Tag, state: State) -> PathBuf {
        let file = FileName { scenario: scenario.clone(), tag, state };
        self.root.join(file.to_string())
    }

    /// What is accepted and pending for one scenario. Takes no lock. A file whose name says no
    /// interpreter is passed over (the gate finds it); one whose content is no snapshot is an error.
    pub fn load(&self, scenario: &Name) -> Result<Snapshots, StoreError> {
        loop {
            let mut kept = Snapshots::default();
            let mut moved = false;
            for entry in entries(&self.root.join(&scenario.group))? {
                let path = match entry.file_name().and_then(OsStr::to_str) {
                    Some(name) if scenario.group.is_empty() => name.to_owned(),
                    Some(name) => format!("{}/{name}", scenario.group),
                    None => continue,
                };
                let Some(Ok(name)) = FileName::parse(&path) else { continue };
                if name.scenario != *scenario {
                    continue;
                }
                let side = match name.state {
                    State::Accepted => &mut kept.accepted,
                    State::Pending => &mut kept.pending,
                };
                match format::read(&entry)? {
                    Some(text) => side.set(Epoch::new(name.tag, &text)),
                    None => moved = true,
                }
            }
            // A file that was there a moment ago was accepted, folded or withdrawn by another run;
            // then the list of names is out of date.
            if !moved {
                return Ok(kept);
            }
        }
    }

    /// Every snapshot file there is, sorted by path. Takes no lock.
    pub fn scan(&self) -> Result<Vec<SnapshotFile>, StoreError> {
        let mut files = Vec::new();
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            for path in entries(&folder)? {
                // A link to a folder could lead round in a circle.
                let is_folder = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_dir());
                let below = path.strip_prefix(&self.root).unwrap_or(&path).to_string_lossy().into_owned();
                if is_folder {
                    folders.push(path);
                } else if let Some(name) = FileName::parse(&below) {
                    let text = match format::read(&path) {
                        Ok(Some(text)) => Ok(text),
                        Ok(None) => continue,
                        Err(StoreError::Unreadable { reason, .. }) => Err(reason),
                        Err(StoreError::Io { source, .. }) => Err(source.to_string()),
                        Err(error @ StoreError::Busy { .. }) => return Err(error),
                    };
                    files.push(SnapshotFile { path: below, name, text });
                }
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// Keeps other writers out of a folder that exists.
    pub(super) fn lock(&self) -> Result<Lock, StoreError> {
        Lock::take(&self.root, self.patience)
    }

    /// Creates the folder of a group, and the ones above it.
    pub(super) fn create(&self, group: &str) -> Result<(), StoreError> {
        let folder = self.root.join(group);
        fs::create_dir_all(&folder).map_err(|source| StoreError::io("create", &folder, source))
    }

    /// Takes away what a killed run left half-written. Only under the lock: whatever is half-written
    /// then has no writer any more.
    pub(super) fn sweep(&self, group: &str, _lock: &Lock) -> Result<(), StoreError> {
        for path in entries(&self.root.join(group))? {
            if path.file_name().and_then(OsStr::to_str).is_some_and(disk::is_temporary) {
                self.remove(&path)?;
            }
        }
        Ok(())
    }

    /// Writes a file whole or not at all.
    pub(super) fn replace(&self, path: &Path, content: &str) -> Result<(), StoreError> {
        disk::replace(&*self.disk, path, content)
    }

    /// Gives a file that is on the disk another name, in place of the file that had it.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> Result<(), StoreError> {
        let done = self.disk.sync(from).and_then(|()| self.disk.rename(from, to));
        let done = done.and_then(|()| disk::sync_folder(&*self.disk, to));
        done.map_err(|source| StoreError::io("write", to, source))
    }

    /// Takes a file away; that it is gone already is no error.
    pub(super) fn remove(&self, path: &Path) -> Result<(), StoreError> {
        match self.disk.remove(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::io("remove", path, error))
            }
            _ => Ok(()),
        }
    }
}

/// The paths in a folder; none if there is no such folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let list =
        || -> io::Result<Vec<PathBuf>> { fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect() };
    match list() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        listed => listed.map_err(|source| StoreError::io("read", folder, source)),
    }
}
