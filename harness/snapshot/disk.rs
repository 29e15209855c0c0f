//! The few things that are done to a disk, each of which can fail.

use std::ffi::OsString;
use std::fmt::Debug;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::error::StoreError;

/// A seam for tests: whatever fails, and after whichever operation a run is killed, every snapshot must
/// be whole.
pub(super) trait Disk: Debug + Send + Sync {
    /// Creates or empties a file and writes it.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Waits until a file, or a folder's list of names, is on the disk.
    fn sync(&self, path: &Path) -> io::Result<()>;
    /// Gives a file another name, in place of the file that had it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Takes a file away.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The real one.
#[derive(Debug)]
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::write(path, bytes)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

const TEMPORARY: &str = ".tmp";

/// Where a file is written before it gets its name. The name depends on the file's alone: there is one
/// writer at a time, and what a killed one left is overwritten by the next.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(TEMPORARY);
    path.with_file_name(name)
}

/// Whether this is the name of a file that a killed run left half-written.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with('.') && [".snap.tmp", ".snap.new.tmp"].iter().any(|ending| name.ends_with(ending))
}

/// Writes a file so that everyone sees its old or its new content. It is not waited for the disk: a
/// proposal that a power cut takes is made again by the next run.
pub(super) fn replace(disk: &dyn Disk, path: &Path, content: &str) -> Result<(), StoreError> {
    let beside = beside(path);
    let written = disk.write(&beside, content.as_bytes());
    if let Err(source) = written.and_then(|()| disk.rename(&beside, path)) {
        // The first error is the one to tell; the next writer sweeps up what this one could not.
        let _ = disk.remove(&beside);
        return Err(StoreError::io("write", path, source));
    }
    Ok(())
}

/// Waits until the name of a file that came or went is on the disk.
pub(super) fn sync_folder(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| disk.sync(folder))
}
