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

    /// Adds files, wherever they are, each once. One that is in the scenarios folder is called as it is
    /// there, and its snapshots count; the others are called by their file names where that tells them apart.
    pub(crate) fn add_files(&mut self, folders: &Folders, files: &[PathBuf]) -> Result<(), Failure> {
        let root = folders.scenarios.canonicalize().ok();
        let paths = self.scenarios.iter().map(|scenario| &scenario.path);
        let mut known: BTreeSet<PathBuf> =
            paths.chain(self.problems.iter().map(|problems| &problems.path)).map(|path| real(path)).collect();
        let mut added: Vec<(&PathBuf, Option<Name>)> = Vec::new();
        for file in files {
            if let Err(source) = file.metadata()
                && source.kind() == io::ErrorKind::NotFound
            {
                return Err(Failure::NoFile { file: file.clone() });
            }
            if known.insert(real(file)) {
                added.push((file, root.as_deref().and_then(|root| name_in(root, file))));
            }
        }
        self.kept.extend(added.iter().filter_map(|(_, name)| name.clone()));
        let lone = added.iter().filter(|(_, name)| name.is_none()).map(|(file, _)| Name::of_lone(file));
        let lone: Vec<Name> = lone.collect();
        for (file, name) in added {
            let is_kept = name.is_some();
            let name = name.unwrap_or_else(|| Name::of_lone(file));
            let namesakes = lone.iter().filter(|other| **other == name).count();
            match Scenario::load(name, file) {
                Ok(mut scenario) => {
                    if !is_kept && (namesakes > 1 || self.kept.contains(&scenario.name)) {
                        scenario.name = self.by_path(file, &lone);
                    }
                    self.scenarios.push(scenario);
                }
                Err(problems) => self.problems.push(problems),
            }
        }
        Ok(())
    }

    /// What a file is called of whose name there are others: by its path as it was given, or in full where
    /// that is what another one is called.
    fn by_path(&self, file: &Path, lone: &[Name]) -> Name {
        let of = |path: &Path| Name {
            group: path.parent().unwrap_or(path).to_string_lossy().into_owned(),
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let name = of(file);
        let is_taken = self.kept.contains(&name) || name != Name::of_lone(file) && lone.contains(&name);
        if is_taken { of(&real(file)) } else { name }
    }

    /// How many errors there are in scenarios.
    pub(crate) fn problem_count(&self) -> usize {
        self.problems.iter().map(|problems| problems.problems.len()).sum()
    }
}

/// The path by which a file is known, however it was named.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// What a file is called in the scenarios folder, if it is there: itself, or as a link that is a scenario.
fn name_in(root: &Path, file: &Path) -> Option<Name> {
    let link = || {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(folder.unwrap_or(Path::new(".")).canonicalize().ok()?.join(file.file_name()?))
    };
    Name::below(root, &real(file)).or_else(|| Name::below(root, &link()?))
}

fn no_folder(folder: &Path, source: io::Error) -> Failure {
    match source.kind() {
        io::ErrorKind::NotFound => Failure::NoScenarios { folder: folder.to_owned() },
        _ => Failure::File { action: "read", path: folder.to_owned(), source },
    }
}
