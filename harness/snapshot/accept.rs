//! Makes pending files epochs, and folds the epochs that then say the same.
//!
//! Both steps leave what is *expected* (the accepted epochs, overlaid with the pending ones) as it was,
//! file by file: giving `x@cp311.snap.new` the name `x@cp311.snap` moves an epoch from one side to the
//! other, and an epoch that is folded says what the one below it says. So a run that is killed
//! between any two of them leaves a valid folder, and the next `accept` does the rest.
//!
//! # Interpreters that are not here
//!
//! An epoch holds for interpreters that this machine does not have as well. Let these be accepted:
//!
//! | epoch | text | holds for |
//! | --- | --- | --- |
//! | `x@cp27` | A | 2.7 to 3.8 |
//! | `x@cp39` | B | 3.9 to 3.11 |
//! | `x@cp312` | C | 3.12 and later |
//!
//! On a machine with 3.8, 3.10 and 3.12, the scenario is changed such that 3.8 and 3.12 now say D, and
//! 3.10 still says B. Pending are `x@cp38` with D, and `x@cp312` with D; `x@cp39` would go on to say B
//! for 3.10, so that one proposes nothing. After `accept`:
//!
//! | epoch | text | holds for |
//! | --- | --- | --- |
//! | `x@cp27` | A | 2.7 to 3.7, none of them here: as it was |
//! | `x@cp38` | D | 3.8 |
//! | `x@cp39` | B | 3.9 to 3.11: as it was, though 3.9 is not here |
//! | `x@cp312` | D | 3.12 and later |
//!
//! Had 3.10 said D too, `x@cp310` would have become D and `x@cp312` been folded into it, but `x@cp39`
//! would have stayed with B: nobody here can tell what 3.9 says. The next machine that has 3.9 will tell,
//! and accepting its report D there folds `x@cp39` and `x@cp310` into `x@cp38`. In short:
//!
//! - nothing below the lowest epoch that was accepted changes for anyone,
//! - an absent interpreter that has an epoch of its own keeps its text,
//! - any other absent one goes with the nearest epoch below it, as it always did,
//! - and an epoch is dropped only if nobody gets another text by that.

use std::collections::BTreeSet;
use std::fmt;

use crate::python::Tag;
use crate::scenario::Name;

use super::error::StoreError;
use super::file_name::State;
use super::store::Store;

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A pending report holds now.
    Accepted {
        /// Whose report.
        scenario: Name,
        /// The interpreter from which on it holds.
        tag: Tag,
    },
    /// An epoch went, since the one below it says the same.
    Folded {
        /// Whose epoch.
        scenario: Name,
        /// The interpreter with which it began.
        tag: Tag,
        /// The epoch that holds in its place.
        into: Tag,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Accepted { scenario, tag } => write!(f, "accepted {scenario}@{tag}"),
            Change::Folded { scenario, tag, into } => write!(f, "folded {scenario}@{tag} into {into}"),
        }
    }
}

/// What `accept` did.
#[derive(Debug, Default)]
pub struct Accepted {
    /// What was done, in order.
    pub changes: Vec<Change>,
    /// What could not be done; the other scenarios were dealt with all the same.
    pub problems: Vec<StoreError>,
    /// How many pending files there are of scenarios that were not asked for.
    pub passed_over: usize,
}

impl fmt::Display for Accepted {
    /// One line for each change, or one that says why there is none; problems are the caller's to tell.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.changes[..], self.passed_over) {
            ([], 0) if self.problems.is_empty() => writeln!(f, "nothing is pending"),
            ([], 1) => writeln!(f, "nothing that is pending matches; 1 pending file was passed over"),
            ([], n @ 2..) => {
                writeln!(f, "nothing that is pending matches; {n} pending files were passed over")
            }
            (changes, _) => changes.iter().try_for_each(|change| writeln!(f, "{change}")),
        }
    }
}

impl Store {
    /// Accepts whatever is pending for the scenarios that `wanted` says yes to, and folds their epochs.
    pub fn accept(&self, wanted: &dyn Fn(&Name) -> bool) -> Result<Accepted, StoreError> {
        let mut done = Accepted::default();
        if !self.root().exists() {
            return Ok(done);
        }
        let lock = self.lock()?;
        let mut scenarios = BTreeSet::new();
        for name in self.scan()?.into_iter().filter_map(|file| file.name.ok()) {
            if wanted(&name.scenario) {
                scenarios.insert(name.scenario);
            } else {
                done.passed_over += usize::from(name.state == State::Pending);
            }
        }
        let groups: BTreeSet<&str> = scenarios.iter().map(|name| name.group.as_str()).collect();
        for group in groups {
            self.sweep(group, &lock)?;
        }
        for scenario in &scenarios {
            if let Err(problem) = self.accept_one(scenario, &mut done.changes) {
                done.problems.push(problem);
            }
        }
        Ok(done)
    }

    fn accept_one(&self, scenario: &Name, changes: &mut Vec<Change>) -> Result<(), StoreError> {
        let kept = self.load(scenario)?;
        for epoch in &kept.pending {
            let tag = epoch.tag();
            self.rename(
                &self.path(scenario, tag, State::Pending),
                &self.path(scenario, tag, State::Accepted),
            )?;
            changes.push(Change::Accepted { scenario: scenario.clone(), tag });
        }
        for fold in kept.accepted.overlaid(&kept.pending).folds() {
            self.remove(&self.path(scenario, fold.tag, State::Accepted))?;
            changes.push(Change::Folded { scenario: scenario.clone(), tag: fold.tag, into: fold.into });
        }
        Ok(())
    }
}
