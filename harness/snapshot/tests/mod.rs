//! What the files of this room promise together.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::python::Tag;
use crate::scenario::{Name, Scenario, Settings};

use super::disk::is_temporary;
use super::epoch::{Epoch, Epochs};
use super::file_name::{FileName, State};
use super::store::Store;

mod acceptance;
mod algebra;
mod diffs;
mod findings;
mod full_disk;
mod interruption;
mod proposals;
mod review;
mod together;

fn tag(text: &str) -> Tag {
    text.parse().unwrap_or_else(|_| panic!("{text} is no tag"))
}

fn tags(texts: &str) -> Vec<Tag> {
    texts.split_whitespace().map(tag).collect()
}

/// `cp27=A cp311=B`
fn epochs(texts: &str) -> Epochs {
    let epoch = |text: &str| text.split_once('=').map(|(first, text)| Epoch::new(tag(first), text));
    texts.split_whitespace().map(|text| epoch(text).unwrap()).collect()
}

fn shown(epochs: &Epochs) -> String {
    let epochs: Vec<String> =
        epochs.iter().map(|epoch| format!("{}={}", epoch.tag(), epoch.text())).collect();
    epochs.join(" ")
}

fn name(text: &str) -> Name {
    let (group, name) = text.rsplit_once('/').unwrap_or(("", text));
    Name { group: group.into(), name: name.into() }
}

/// A folder with `scenarios/` and `snapshots/`, as a user has it.
struct Project {
    folder: PathBuf,
    store: Store,
    _temporary: Option<TempDir>,
}

impl Project {
    fn new() -> Self {
        // Where there is a disk in memory, nobody waits for one that others keep busy.
        let memory = Path::new("/dev/shm");
        let temporary = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).unwrap();
        let folder = temporary.path().canonicalize().unwrap();
        Project { _temporary: Some(temporary), ..Project::at(&folder) }
    }

    /// The project of another process, which also takes it away.
    fn at(folder: &Path) -> Self {
        let store = Store::new(folder.join("snapshots"));
        Project { folder: folder.to_owned(), store, _temporary: None }
    }

    fn scenario(&self, text: &str) -> Scenario {
        let path = self.folder.join(format!("scenarios/{text}.md"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "# A page\n").unwrap();
        Scenario {
            name: name(text),
            path,
            title: "A page".into(),
            summary: String::new(),
            settings: Settings::default(),
            steps: Vec::new(),
        }
    }

    fn path(&self, scenario: &str, first: &str, state: State) -> PathBuf {
        self.store.path(&name(scenario), tag(first), state)
    }

    /// Puts accepted epochs there, as they are.
    fn accepted(&self, scenario: &str, texts: &str) {
        for epoch in &epochs(texts) {
            let file = FileName { scenario: name(scenario), tag: epoch.tag(), state: State::Accepted };
            let path = self.store.root().join(file.to_string());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("---\nsource: scenarios/{scenario}.md\n---\n{}\n", epoch.text()))
                .unwrap();
        }
    }

    fn record(&self, scenario: &str, texts: &str, present: &str) {
        for run in &epochs(texts) {
            self.store.record(&self.scenario(scenario), run.tag(), run.text(), &tags(present)).unwrap();
        }
    }

    /// `accepted | pending`
    fn kept(&self, scenario: &str) -> String {
        let kept = self.store.load(&name(scenario)).unwrap();
        format!("{} | {}", shown(&kept.accepted), shown(&kept.pending))
    }

    /// The names of all files of the snapshots folder.
    fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.store.root().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path.strip_prefix(self.store.root()).unwrap().display().to_string());
                }
            }
        }
        files.sort();
        files
    }

    /// Whether anything half-written is left.
    fn is_littered(&self) -> bool {
        self.files().iter().any(|file| is_temporary(file.rsplit('/').next().unwrap()))
    }
}
