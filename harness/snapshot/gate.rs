//! What is amiss in a snapshots folder. Pure: computed from scenarios and files alone, so neither a
//! filter nor an interpreter that is not here can change it. The one exception says so in its name:
//! [`missing`].

use std::collections::BTreeMap;
use std::fmt;

use pep440_rs::VersionSpecifiers;

use crate::python::{Implementation, Tag};
use crate::scenario::Name;

use super::epoch::{Epoch, Epochs};
use super::file_name::{FileName, NameError, State};
use super::range::{self, Minor};
use super::store::{SnapshotFile, Snapshots};

/// A scenario, as far as its snapshots go.
#[derive(Debug, Clone)]
pub struct Declared {
    /// What it is called.
    pub name: Name,
    /// The versions it is written for; none for every one, and for a scenario with errors in it, which
    /// keeps its snapshots.
    pub python: Option<VersionSpecifiers>,
}

/// Something that a person has to put right. Paths are below the snapshots folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A file that ends in `.snap`, but has no readable name.
    BadName {
        /// The file.
        file: String,
        /// What is wrong.
        error: NameError,
    },
    /// A file that ends in `.snap`, but has no readable content.
    Unreadable {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// There is no such scenario.
    Orphan {
        /// The file.
        file: String,
        /// A scenario without snapshots that it may belong to.
        suggestion: Option<Name>,
    },
    /// The scenario is not written for this interpreter.
    OutOfRange {
        /// The file.
        file: String,
        /// The interpreter with which the epoch begins.
        tag: Tag,
        /// What the scenario is written for.
        python: VersionSpecifiers,
    },
    /// A run differed, and nobody has accepted or mended it.
    Pending {
        /// The file.
        file: String,
    },
    /// An epoch that says what the one below it says.
    Redundant {
        /// The file.
        file: String,
        /// The epoch below.
        into: Tag,
    },
    /// A scenario declares from which version on it holds, and its first epoch begins later.
    Gap {
        /// Whose snapshots.
        scenario: Name,
        /// The first version without a snapshot.
        from: Minor,
        /// The last one; none if there is no snapshot at all.
        to: Option<Minor>,
    },
    /// Interpreters that ran have no snapshot.
    Missing {
        /// Whose snapshots.
        scenario: Name,
        /// The interpreters.
        tags: Vec<Tag>,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::BadName { file, error } => {
                write!(f, "{file}: {error}")?;
                match error {
                    NameError::BadTag { suggestion: Some(name), .. } => write!(f, "; did you mean {name}?"),
                    _ => Ok(()),
                }
            }
            Finding::Unreadable { file, reason } => write!(f, "{file}: {reason}"),
            Finding::Orphan { file, suggestion: None } => write!(f, "{file}: there is no such scenario"),
            Finding::Orphan { file, suggestion: Some(name) } => {
                write!(f, "{file}: there is no such scenario; {name} has no snapshot, was it renamed?")
            }
            Finding::OutOfRange { file, tag, python } => {
                write!(f, "{file}: the scenario is for Python {python}, which {tag} is not")
            }
            Finding::Pending { file } => write!(f, "{file}: waits to be accepted"),
            Finding::Redundant { file, into } => {
                write!(f, "{file}: says the same as {into}; accept folds it")
            }
            Finding::Gap { scenario, from, to: None } => write!(f, "{scenario}: no snapshot from {from} on"),
            Finding::Gap { scenario, from, to: Some(to) } if from == to => {
                write!(f, "{scenario}: no snapshot for {from}")
            }
            Finding::Gap { scenario, from, to: Some(to) } => {
                write!(f, "{scenario}: no snapshot from {from} to {to}")
            }
            Finding::Missing { scenario, tags } => {
                let tags: Vec<String> = tags.iter().map(Tag::to_string).collect();
                write!(f, "{scenario}: no snapshot for {}", tags.join(", "))
            }
        }
    }
}

/// Everything that is amiss, at most one finding for a file: the files by path, then the gaps by
/// scenario. `scenarios` are all there are, whatever was filtered.
pub fn findings(scenarios: &[Declared], files: &[SnapshotFile]) -> Vec<Finding> {
    let kept = by_scenario(files);
    let declared: BTreeMap<&Name, &Declared> = scenarios.iter().map(|one| (&one.name, one)).collect();
    let of_files = files.iter().filter_map(|file| {
        let path = file.path.clone();
        let name = match &file.name {
            Ok(name) => name,
            Err(error) => return Some(Finding::BadName { file: path, error: error.clone() }),
        };
        if let Err(reason) = &file.text {
            return Some(Finding::Unreadable { file: path, reason: reason.clone() });
        }
        let Some(scenario) = declared.get(&name.scenario) else {
            let suggestion = renamed(&name.scenario, scenarios, &kept);
            return Some(Finding::Orphan { file: path, suggestion });
        };
        of_epoch(path, name, scenario, &kept)
    });
    let gaps = declared.values().filter_map(|scenario| gap(scenario, kept.get(&scenario.name)));
    of_files.chain(gaps).collect()
}

/// Of the runs that were made, those that no epoch speaks for.
pub fn missing<'a>(ran: impl IntoIterator<Item = (&'a Name, Tag)>, files: &[SnapshotFile]) -> Vec<Finding> {
    let kept = by_scenario(files);
    let mut missing: BTreeMap<&Name, Vec<Tag>> = BTreeMap::new();
    for (name, tag) in ran {
        if kept.get(name).is_none_or(|kept| kept.accepted.in_force(tag).is_none()) {
            missing.entry(name).or_default().push(tag);
        }
    }
    let finding = |(scenario, mut tags): (&Name, Vec<Tag>)| {
        tags.sort_unstable();
        tags.dedup();
        Finding::Missing { scenario: scenario.clone(), tags }
    };
    missing.into_iter().map(finding).collect()
}

fn by_scenario(files: &[SnapshotFile]) -> BTreeMap<Name, Snapshots> {
    let mut all: BTreeMap<Name, Snapshots> = BTreeMap::new();
    for file in files {
        let (Ok(name), Ok(text)) = (&file.name, &file.text) else { continue };
        let kept = all.entry(name.scenario.clone()).or_default();
        let side = match name.state {
            State::Accepted => &mut kept.accepted,
            State::Pending => &mut kept.pending,
        };
        side.set(Epoch::new(name.tag, text));
    }
    all
}

fn of_epoch(
    file: String,
    name: &FileName,
    scenario: &Declared,
    kept: &BTreeMap<Name, Snapshots>,
) -> Option<Finding> {
    if let Some(python) = &scenario.python
        && !range::admits(python, Minor::of(name.tag))
    {
        return Some(Finding::OutOfRange { file, tag: name.tag, python: python.clone() });
    }
    if name.state == State::Pending {
        return Some(Finding::Pending { file });
    }
    let folds = kept.get(&name.scenario)?.accepted.folds();
    let fold = folds.iter().find(|fold| fold.tag == name.tag)?;
    Some(Finding::Redundant { file, into: fold.into })
}

/// Epochs hold from their first interpreter on, so a gap is always at the beginning. What is pending
/// counts: it is a finding already, and accepting it closes the gap.
fn gap(scenario: &Declared, kept: Option<&Snapshots>) -> Option<Finding> {
    let python = scenario.python.as_ref()?;
    if !python.iter().any(pep440_rs::VersionSpecifier::has_lower_bound) {
        return None;
    }
    let epochs = kept.map_or_else(Epochs::default, |kept| kept.accepted.overlaid(&kept.pending));
    let found = |from, to| Some(Finding::Gap { scenario: scenario.name.clone(), from, to });
    if epochs.is_empty() {
        return found(range::hosted().find(|version| range::admits(python, *version))?, None);
    }
    let ours = epochs.iter().map(Epoch::tag).filter(|tag| tag.implementation == Implementation::CPython);
    let first = ours.map(Minor::of).min()?;
    let mut lacking = range::hosted()
        .take_while(|version| *version < first)
        .filter(|version| range::admits(python, *version));
    let from = lacking.next()?;
    found(from, Some(lacking.last().unwrap_or(from)))
}

/// A scenario without snapshots whose name is nearly that of the orphan, or that only changed its group.
fn renamed(orphan: &Name, scenarios: &[Declared], kept: &BTreeMap<Name, Snapshots>) -> Option<Name> {
    let score = |name: &Name| {
        if name.name == orphan.name {
            1.0
        } else {
            strsim::jaro_winkler(&name.to_string(), &orphan.to_string())
        }
    };
    let bare = scenarios.iter().map(|scenario| &scenario.name).filter(|name| !kept.contains_key(name));
    let best = bare.max_by(|a, b| score(a).total_cmp(&score(b)))?;
    (score(best) > 0.9).then(|| best.clone())
}
