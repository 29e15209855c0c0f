//! Which scenarios a command is about: read from the folder or from files, and filtered.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::Failure;
use super::args::Folders;
use crate::scenario::{Collection, Filter, Name, Problems, Scenario, Stray};
use crate::snapshot::gate::Declared;

/// What was asked for.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    /// The scenarios that can be played, sorted by name.
    pub(crate) scenarios: Vec<Scenario>,
    /// What is wrong with the others.
    pub(crate) problems: Vec<Problems>,
    /// Files that belong to no scenario, whatever was asked for.
    pub(crate) strays: Vec<Stray>,
    /// Whether everything in the folder was.
    pub(crate) is_whole: bool,
    /// Every scenario of the folder, whatever was asked for.
    pub(crate) declared: Vec<Declared>,
    /// Scenarios whose snapshots are in the snapshots folder.
    pub(crate) kept: BTreeSet<Name>,
}

impl Selection {
    /// Reads the folder and keeps what the patterns match.
    pub(crate) fn of_folder(folders: &Folders, patterns: &[String]) -> Result<Self, Failure> {
        let patterns: Vec<String> = patterns.iter().map(|text| folders.pattern(text)).collect();
        let filter = Filter::new(&patterns)?;
        let folder = &folders.scenarios;
        let collection = Collection::find(folder).map_err(|source| no_folder(folder, source))?;
        if collection.scenarios.is_empty() {
            return Err(Failure::NoScenarios { folder: folder.clone() });
        }
        let mut selection = Self::default();
        let mut seen: Vec<(Name, Vec<String>)> = Vec::new();
        for found in collection.scenarios {
            let loaded = Scenario::load(found.name.clone(), &found.path);
            let (tags, python) = match &loaded {
                Ok(scenario) => (scenario.settings.tags.clone(), scenario.settings.python.clone()),
                Err(_) => (Vec::new(), None),
            };
            selection.declared.push(Declared { name: found.name.clone(), python });
            selection.kept.insert(found.name.clone());
            match loaded {
                Ok(scenario) if filter.matches(&found.name, &tags) => selection.scenarios.push(scenario),
                Err(problems) if filter.matches(&found.name, &tags) || filter.needs_tags() => {
                    selection.problems.push(problems);
                }
                _ => {}
            }
            seen.push((found.name, tags));
        }
        let known: Vec<(&Name, &[String])> =
            seen.iter().map(|(name, tags)| (name, tags.as_slice())).collect();
        if let Some(pattern) = filter.unmatched(&known).first() {
            return Err(Failure::nothing_matches(pattern, seen.iter().map(|(name, _)| name)));
        }
        selection.strays = collection.strays;
        selection.is_whole = filter.is_empty();
        Ok(selection)
    }

    /// Adds files, wherever they are. One that is in the scenarios folder is called as it is there,
    /// and its snapshots count.
    pub(crate) fn add_files(&mut self, folders: &Folders, files: &[PathBuf]) -> Result<(), Failure> {
        for file in files {
            if let Err(source) = file.metadata()
                && source.kind() == io::ErrorKind::NotFound
            {
                return Err(Failure::NoFile { file: file.clone() });
            }
            let below = || Name::below(&folders.scenarios.canonicalize().ok()?, &file.canonicalize().ok()?);
            let name = below();
            if let Some(name) = &name {
                self.kept.insert(name.clone());
            }
            let name = name.unwrap_or_else(|| Name::of_lone(file));
            if self.scenarios.iter().any(|scenario| scenario.name == name) {
                continue;
            }
            match Scenario::load(name, file) {
                Ok(scenario) => self.scenarios.push(scenario),
                Err(problems) => self.problems.push(problems),
            }
        }
        Ok(())
    }

    /// How many errors there are in scenarios.
    pub(crate) fn problem_count(&self) -> usize {
        self.problems.iter().map(|problems| problems.problems.len()).sum()
    }
}

fn no_folder(folder: &Path, source: io::Error) -> Failure {
    match source.kind() {
        io::ErrorKind::NotFound => Failure::NoScenarios { folder: folder.to_owned() },
        _ => Failure::File { action: "read", path: folder.to_owned(), source },
    }
}
