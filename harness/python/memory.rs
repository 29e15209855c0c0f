//! Facts that were asked before, kept in the user's cache folder: under nextest each test is a
//! process of its own, and each asks again.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;
use std::{env, io::Write};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::cache;
use super::candidate::{Candidate, Kind};
use super::environment::Environment;
use super::facts::{Facts, SCRIPT};

const FILE: &str = "interpreters.json";

/// Facts by executable. No error of it matters: what is not remembered is asked.
#[derive(Debug, Default)]
pub struct Memory {
    file: Option<PathBuf>,
    known: BTreeMap<String, Entry>,
    learnt: Mutex<BTreeMap<String, Entry>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    stamp: String,
    facts: Facts,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    /// The script that was answered, and how the answer is kept.
    script: u64,
    entries: BTreeMap<String, Entry>,
}

impl Memory {
    /// That of the user, in [`cache::folder_of_user`]; one that forgets where there is no such folder.
    pub fn of_user() -> Self {
        cache::folder_of_user().map_or_else(Memory::default, |folder| Memory::in_folder(&folder))
    }

    /// One in a folder, which need not be there.
    pub fn in_folder(folder: &Path) -> Self {
        let file = folder.join(FILE);
        let known = read(&file).unwrap_or_default();
        Memory { file: Some(file), known, learnt: Mutex::default() }
    }

    /// Forgets what it knows, but will learn anew.
    #[must_use]
    pub fn forgetting(self) -> Self {
        Memory { known: BTreeMap::new(), ..self }
    }

    pub(super) fn recall(&self, candidate: &Candidate, stamp: Option<&str>) -> Option<Facts> {
        let entry = self.known.get(candidate.path.to_str()?)?;
        (Some(entry.stamp.as_str()) == stamp).then(|| entry.facts.clone())
    }

    pub(super) fn learn(&self, candidate: &Candidate, stamp: Option<String>, facts: &Facts) {
        let (Some(path), Some(stamp)) = (candidate.path.to_str(), stamp) else { return };
        if self.file.is_some() && facts.is_text() {
            self.learnt().insert(path.to_owned(), Entry { stamp, facts: facts.clone() });
        }
    }

    /// Writes down what was learnt, next to what others have learnt meanwhile.
    pub(super) fn keep(&self) {
        let learnt = std::mem::take(&mut *self.learnt());
        if let Some(file) = self.file.as_deref().filter(|_| !learnt.is_empty()) {
            let mut entries = read(file).unwrap_or_default();
            entries.retain(|path, _| Path::new(path).exists());
            entries.extend(learnt);
            let _ = write(file, &Stored { script: script(), entries });
        }
    }

    fn learnt(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(file: &Path) -> Option<BTreeMap<String, Entry>> {
    let stored: Stored = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    (stored.script == script()).then_some(stored.entries)
}

fn write(file: &Path, stored: &Stored) -> io::Result<()> {
    let folder = file.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(folder)?;
    let mut beside = NamedTempFile::new_in(folder)?;
    beside.write_all(&serde_json::to_vec(stored)?)?;
    beside.persist(file)?;
    Ok(())
}

fn script() -> u64 {
    hash(&(SCRIPT, env!("CARGO_PKG_VERSION")))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What a candidate's answer depends on; none where that cannot be known, as for a wrapper script.
pub(super) fn stamp(candidate: &Candidate, environment: &Environment) -> Option<String> {
    let file = file_stamp(&candidate.path)?;
    match &candidate.kind {
        Kind::Direct => Some(file),
        Kind::Wrapper => None,
        Kind::Shim { root } => Some(format!("{file} {:x}", hash(&shim_state(root, environment)))),
    }
}

fn file_stamp(path: &Path) -> Option<String> {
    let real = fs::canonicalize(path).ok()?;
    let metadata = fs::metadata(&real).ok()?;
    let mtime = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {} {}", real.to_str()?, mtime.as_nanos(), metadata.len()))
}

/// What pyenv chooses a version by (its `version-name` and `version-file` commands), and what it
/// may choose from.
fn shim_state(root: &Path, environment: &Environment) -> impl Hash + use<> {
    let local =
        environment.working.ancestors().find_map(|folder| fs::read(folder.join(".python-version")).ok());
    let versions = super::environment::folders_in(&root.join("versions"));
    (
        environment.pyenv_version.as_deref().map(OsStr::to_owned),
        env::var_os("PYENV_DIR"),
        env::var_os("PYENV_ROOT"),
        local,
        fs::read(root.join("version")).ok(),
        versions,
        environment.path.clone(),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Source;
    use super::*;
    use std::fs::File;
    use std::time::Duration;
    use tempfile::TempDir;

    struct Place {
        folder: TempDir,
        candidate: Candidate,
        environment: Environment,
    }

    fn place(content: &str) -> Place {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("python");
        fs::write(&path, content).unwrap();
        let candidate = Candidate::new(path, Source::Path);
        Place { folder, candidate, environment: Environment::default() }
    }

    impl Place {
        fn stamp(&self) -> Option<String> {
            stamp(&self.candidate, &self.environment)
        }

        fn memory(&self) -> Memory {
            Memory::in_folder(&self.folder.path().join("cache"))
        }

        fn learn(&self, version: &str) {
            let memory = self.memory();
            let facts = Facts { version: version.to_owned(), ..Facts::default() };
            memory.learn(&self.candidate, self.stamp(), &facts);
            memory.keep();
        }

        fn recall(&self) -> Option<String> {
            let facts = self.memory().recall(&self.candidate, self.stamp().as_deref());
            facts.map(|facts| facts.version)
        }
    }

    #[test]
    fn what_was_learnt_is_recalled_by_the_next_process() {
        let place = place("\x7fELF");
        assert_eq!(place.recall(), None);
        place.learn("3.11.7");
        assert_eq!(place.recall().as_deref(), Some("3.11.7"));
    }

    #[test]
    fn another_size_or_time_of_the_executable_is_another_executable() {
        let place = place("\x7fELF");
        place.learn("3.11.7");
        let file = File::options().write(true).open(&place.candidate.path).unwrap();
        let time = file.metadata().unwrap().modified().unwrap();
        file.set_modified(time + Duration::from_secs(1)).unwrap();
        assert_eq!(place.recall(), None);
        file.set_modified(time).unwrap();
        assert_eq!(place.recall().as_deref(), Some("3.11.7"));
        fs::write(&place.candidate.path, "\x7fELF, longer").unwrap();
        file.set_modified(time).unwrap();
        assert_eq!(place.recall(), None);
    }

    #[test]
    fn a_wrapper_is_never_remembered() {
        let place = place("#!/bin/sh\n");
        place.learn("3.11.7");
        assert_eq!(place.recall(), None);
    }

    #[test]
    fn a_torn_or_foreign_file_is_as_good_as_none() {
        let place = place("\x7fELF");
        place.learn("3.11.7");
        let file = place.folder.path().join("cache").join(FILE);
        let whole = fs::read_to_string(&file).unwrap();
        fs::write(&file, &whole[..whole.len() / 2]).unwrap();
        assert_eq!(place.recall(), None);
        fs::write(&file, whole.replacen("\"script\":", "\"script\":1", 1)).unwrap();
        assert_eq!(place.recall(), None);
        place.learn("3.11.7");
        assert_eq!(place.recall().as_deref(), Some("3.11.7"));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_error() {
        let place = place("\x7fELF");
        fs::write(place.folder.path().join("cache"), "a file").unwrap();
        place.learn("3.11.7");
        assert_eq!(place.recall(), None);
    }

    #[test]
    fn a_shim_is_remembered_for_as_long_as_pyenv_would_choose_the_same() {
        let mut place = place("");
        let root = place.folder.path().to_owned();
        fs::create_dir_all(root.join("shims")).unwrap();
        fs::create_dir_all(root.join("versions/3.11.7")).unwrap();
        fs::create_dir_all(root.join("project/below")).unwrap();
        fs::write(root.join("shims/python3"), "#!/bin/sh\n").unwrap();
        place.candidate = Candidate::new(root.join("shims/python3"), Source::Path);
        place.environment.working = root.join("project/below");

        let mut stamps = vec![place.stamp().unwrap()];
        assert_eq!(place.stamp().as_ref(), stamps.last());
        fs::write(root.join("version"), "3.11.7\n").unwrap();
        stamps.push(place.stamp().unwrap());
        fs::write(root.join("project/.python-version"), "2.7.18\n").unwrap();
        stamps.push(place.stamp().unwrap());
        fs::create_dir(root.join("versions/2.7.18")).unwrap();
        stamps.push(place.stamp().unwrap());
        place.environment.pyenv_version = Some("3.11.7".into());
        stamps.push(place.stamp().unwrap());
        let different: std::collections::HashSet<_> = stamps.iter().collect();
        assert_eq!(different.len(), 5);
    }
}
