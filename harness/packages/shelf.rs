//! The folder of one interpreter and set of requirements.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::install::install;
use super::key::Key;
use super::lock::Lock;
use super::{Answer, Lacking};
use crate::python::Interpreter;
use crate::worker::Cancel;

/// What is importable.
const PACKAGES: &str = "packages";
/// The names of all that is in there, a line each: what is not whole has none, or others.
const CONTENTS: &str = "contents";

/// A place for packages, filled or not.
#[derive(Debug)]
pub(super) struct Shelf {
    root: PathBuf,
    key: String,
}

impl Shelf {
    pub(super) fn new(root: &Path, key: &Key) -> Self {
        Self { root: root.to_owned(), key: key.to_string() }
    }

    /// The packages, if all of them are there.
    pub(super) fn packages(&self) -> Option<PathBuf> {
        let packages = self.folder().join(PACKAGES);
        let noted = fs::read_to_string(self.folder().join(CONTENTS)).ok()?;
        let there = names(&packages).ok()?;
        noted.lines().all(|name| there.iter().any(|other| other == name)).then_some(packages)
    }

    /// Installs them, unless another process did so meanwhile.
    pub(super) fn fill(&self, interpreter: &Interpreter, requirements: &[String], cancel: &Cancel) -> Answer {
        fs::create_dir_all(&self.root)?;
        let _lock = Lock::take(&self.root.join(format!("{}.lock", self.key)), cancel)?;
        if let Some(packages) = self.packages() {
            return Ok(packages);
        }
        // Its name depends on the key alone: what a killed process left is swept up by the next one.
        let beside = self.root.join(format!(".{}.tmp", self.key));
        remove(&beside)?;
        let made = self.make(&beside, interpreter, requirements, cancel);
        if made.is_err() {
            // The first error is the one to tell.
            let _ = remove(&beside);
        }
        made
    }

    fn make(
        &self,
        beside: &Path,
        interpreter: &Interpreter,
        requirements: &[String],
        cancel: &Cancel,
    ) -> Answer {
        let packages = beside.join(PACKAGES);
        fs::create_dir_all(&packages)?;
        let log = self.root.join(format!("{}.log", self.key));
        install(interpreter, requirements, &packages, &log, cancel)?;
        let mut noted = names(&packages)?.join("\n");
        noted.push('\n');
        fs::write(beside.join(CONTENTS), noted)?;
        remove(&self.folder())?;
        fs::rename(beside, self.folder())?;
        self.packages().ok_or_else(|| Lacking::Disk { reason: "they are not all there".to_owned() })
    }

    fn folder(&self) -> PathBuf {
        self.root.join(&self.key)
    }
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let name = |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    let mut names = fs::read_dir(folder)?.map(name).collect::<io::Result<Vec<String>>>()?;
    names.sort_unstable();
    Ok(names)
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
