//! Removing what a run left, whatever it did to make that hard.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Removes a folder with all that is in it, or whatever else is in its place. Links are not followed,
/// and the owner's permissions are restored where they were taken away. Folders below are moved up to
/// the top as they are met: a run can nest them deeper than the stack, the table of descriptors and
/// the length of a path allow to follow.
pub(super) fn remove(folder: &Path) -> io::Result<()> {
    match fs::symlink_metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return fs::remove_file(folder),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    }
    clear(folder)?;
    fs::remove_dir(folder)
}

/// Removes all that is in a folder.
pub(super) fn clear(folder: &Path) -> io::Result<()> {
    let mut lifted = 0;
    loop {
        let below = remove_files(folder)?;
        if below.is_empty() {
            return Ok(());
        }
        for inner in below {
            for deeper in remove_files(&inner)? {
                lift(&deeper, folder, &mut lifted)?;
            }
            fs::remove_dir(inner)?;
        }
    }
}

/// Removes the files in a folder, and says which folders there are.
fn remove_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(folders)
}

/// Moves a folder to the top, under a name that is free there.
fn lift(folder: &Path, top: &Path, lifted: &mut u64) -> io::Result<()> {
    // Its own entry for the folder above changes, which takes the right to write to it.
    fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    loop {
        *lifted += 1;
        let name = OsString::from(format!("lifted-{lifted}"));
        match fs::rename(folder, top.join(name)) {
            Err(error) if matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory) => {
            }
            other => return other,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_of_every_kind_is_removed() {
        let base = tempfile::tempdir().unwrap();
        let tree = base.path().join("tree");
        for folder in ["a/b/c/d", "a/lifted-1/x", "lifted-1/lifted-2/lifted-3", "e"] {
            fs::create_dir_all(tree.join(folder)).unwrap();
        }
        for file in ["a/b/file", "a/b/c/d/file", "lifted-2", "lifted-1/lifted-2/file"] {
            fs::write(tree.join(file), "").unwrap();
        }
        remove(&tree).unwrap();
        assert!(!tree.exists());
    }

    #[test]
    fn a_link_is_removed_and_what_it_leads_to_is_not() {
        let base = tempfile::tempdir().unwrap();
        let (tree, outside) = (base.path().join("tree"), base.path().join("outside"));
        fs::create_dir_all(tree.join("a")).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("file"), "").unwrap();
        let link = base.path().join("link");
        for link in [&tree.join("link"), &tree.join("a/link"), &link] {
            std::os::unix::fs::symlink(&outside, link).unwrap();
        }
        fs::set_permissions(&outside, Permissions::from_mode(0o500)).unwrap();
        remove(&tree).unwrap();
        remove(&link).unwrap();
        assert!(!tree.exists() && !link.exists() && outside.join("file").exists());
        assert_eq!(fs::metadata(&outside).unwrap().permissions().mode() & 0o777, 0o500);
    }

    #[test]
    fn what_was_locked_away_is_removed() {
        let base = tempfile::tempdir().unwrap();
        let tree = base.path().join("tree");
        fs::create_dir_all(tree.join("a/b")).unwrap();
        fs::write(tree.join("a/b/file"), "").unwrap();
        for folder in ["a/b", "a", ""] {
            fs::set_permissions(tree.join(folder), Permissions::from_mode(0o000)).unwrap();
        }
        remove(&tree).unwrap();
        assert!(!tree.exists());
        remove(&tree).unwrap();
    }
}
