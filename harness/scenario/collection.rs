//! Finds the scenarios below a folder, and what lies about there.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Name;

/// What is below a scenarios folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collection {
    /// The scenarios, in the order of their names.
    pub scenarios: Vec<Found>,
    /// What no scenario uses, in the order of paths: to be warned of.
    pub strays: Vec<Stray>,
}

/// A scenario that is there, unread.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// What it is called.
    pub name: Name,
    /// The Markdown file.
    pub path: PathBuf,
}

/// Something below a scenarios folder that no scenario uses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stray {
    /// The file or folder.
    pub path: PathBuf,
    /// Why nothing uses it: a lowercase fragment.
    pub why: String,
}

impl Collection {
    /// Finds every `.md` file below a folder. Left out are README.md, names that begin with a dot,
    /// linked folders, and whatever is in a `.files` folder. The error is that of the folder itself;
    /// one below it that cannot be read is a stray.
    pub fn find(scenarios: &Path) -> io::Result<Self> {
        let mut found = Self::default();
        for path in entries(scenarios)? {
            found.take(scenarios, path);
        }
        found.scenarios.sort();
        found.strays.sort();
        Ok(found)
    }

    fn take(&mut self, scenarios: &Path, path: PathBuf) {
        let is = |extension: &str| path.extension() == Some(OsStr::new(extension));
        let linked = path.is_symlink();
        if is_passed_over(&path) {
        } else if is("files") {
            match flaw_of_siblings(&path, linked) {
                Some(why) => self.stray(path, why),
                None if !linked => self.take_siblings(&path),
                None => {}
            }
        } else if path.is_dir() && linked {
            self.stray(path, "a linked folder is not followed");
        } else if path.is_dir() {
            match entries(&path) {
                Ok(paths) => paths.into_iter().for_each(|path| self.take(scenarios, path)),
                Err(error) => self.stray(path, &format!("cannot be read: {error}")),
            }
        } else if is("md") && path.is_file() {
            if let Some(name) = Name::below(scenarios, &path) {
                self.scenarios.push(Found { name, path });
            }
        } else if is("md") {
            self.stray(path, "is no file, nor a link to one");
        } else {
            self.stray(path, "is no scenario (`.md`), nor in the `.files` folder of one");
        }
    }

    /// A `.files` folder: all that is in it goes into the workspace. What cannot be read is told when the
    /// scenario is.
    fn take_siblings(&mut self, folder: &Path) {
        let Ok(paths) = entries(folder) else { return };
        if paths.is_empty() {
            self.stray(folder.to_owned(), "there is nothing in it, and a folder alone is not laid down");
        }
        for path in paths {
            if path.is_dir() && !path.is_symlink() {
                self.take_siblings(&path);
            } else if is_left_behind(&path) {
                self.stray(path, "goes into the workspace, and looks like what an editor or a desktop left");
            }
        }
    }

    fn stray(&mut self, path: PathBuf, why: &str) {
        self.strays.push(Stray { path, why: why.to_owned() });
    }
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

/// Whether a program that somebody looked at the folder with has left it.
fn is_left_behind(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let editors = name.ends_with('~') || (name.starts_with('.') && name.ends_with(".swp"));
    editors || [".DS_Store", "Thumbs.db", "desktop.ini"].contains(&&*name)
}

fn is_passed_over(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || name.eq_ignore_ascii_case("README.md")
}

/// Why no scenario uses a `.files` folder, if so. That a scenario has a link in its place is told when
/// it is read.
fn flaw_of_siblings(path: &Path, linked: bool) -> Option<&'static str> {
    if !path.with_extension("md").is_file() {
        Some("there is no scenario of that name beside it")
    } else if !linked && !path.is_dir() {
        Some("is no folder")
    } else {
        None
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        root
    }

    fn names(found: &Collection) -> Vec<String> {
        found.scenarios.iter().map(|found| found.name.to_string()).collect()
    }

    fn strays(root: &Path, found: &Collection) -> Vec<String> {
        found
            .strays
            .iter()
            .map(|stray| stray.path.strip_prefix(root).unwrap().display().to_string())
            .collect()
    }

    #[test]
    fn scenarios_are_found_at_every_depth_in_the_order_of_their_names() {
        let root = tree(&["b/y.md", "b/x.md", "top.md", "a/deep/er/z.md", "a/x.md"]);
        let found = Collection::find(root.path()).unwrap();
        assert_eq!(names(&found), ["top", "a/x", "a/deep/er/z", "b/x", "b/y"]);
        assert_eq!(found.scenarios[0].path, root.path().join("top.md"));
        assert_eq!(found.strays, []);
    }

    #[test]
    fn readmes_hidden_folders_and_sibling_folders_hold_no_scenarios() {
        let root = tree(&[
            "README.md",
            "g/readme.md",
            ".git/x.md",
            ".hidden.md",
            "g/a.md",
            "g/a.files/notes.md",
            "g/a.files/b.files/c",
        ]);
        let found = Collection::find(root.path()).unwrap();
        assert_eq!(names(&found), ["g/a"]);
        assert_eq!(found.strays, []);
    }

    #[test]
    fn what_no_scenario_uses_is_a_stray() {
        let root = tree(&["g/a.md", "g/gone.files/x.py", "g/notes.txt", "g/a.files"]);
        let found = Collection::find(root.path()).unwrap();
        assert_eq!(strays(root.path(), &found), ["g/a.files", "g/gone.files", "g/notes.txt"]);
        let why: Vec<_> = found.strays.iter().map(|stray| stray.why.as_str()).collect();
        assert_eq!(why[0], "is no folder");
        assert_eq!(why[1], "there is no scenario of that name beside it");
    }

    #[test]
    fn what_is_dead_in_a_sibling_folder_is_a_stray() {
        let root = tree(&["g/a.md", "g/a.files/.DS_Store", "g/a.files/x/y.py~", "g/a.files/x/.y.py.swp"]);
        fs::create_dir_all(root.path().join("g/a.files/x/empty")).unwrap();
        fs::write(root.path().join("g/a.files/x/.hidden"), "").unwrap();
        let found = Collection::find(root.path()).unwrap();
        let dead = ["g/a.files/.DS_Store", "g/a.files/x/.y.py.swp", "g/a.files/x/empty", "g/a.files/x/y.py~"];
        assert_eq!(strays(root.path(), &found), dead);
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let root = tree(&[]);
        assert_eq!(Collection::find(&root.path().join("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn links_to_folders_are_not_followed_and_links_to_files_are() {
        use std::os::unix::fs::symlink;
        let root = tree(&["g/a.md"]);
        symlink(root.path(), root.path().join("g/loop")).unwrap();
        symlink(root.path().join("g/a.md"), root.path().join("b.md")).unwrap();
        symlink(root.path().join("nowhere"), root.path().join("dead.md")).unwrap();
        let found = Collection::find(root.path()).unwrap();
        assert_eq!(names(&found), ["b", "g/a"]);
        assert_eq!(strays(root.path(), &found), ["dead.md", "g/loop"]);
    }
}
