//! The verdicts of a run.

use std::collections::BTreeMap;

use super::{Claimed, Diagnosis, Tally, Verdict};
use crate::trace::{Observation, Raised};
use crate::worker::Ending;

/// What was judged of a run: the statements from the first reload on, and the claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// By step.
    pub steps: BTreeMap<usize, Judged>,
    /// What came of the output that the author wrote, by step.
    pub claims: BTreeMap<usize, Claimed>,
}

/// A step that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Its outcome.
    pub verdict: Verdict,
    /// What a restart did here.
    pub restart: Restarted,
    /// Why it differs, as far as that shows.
    pub diagnoses: Vec<Diagnosis>,
}

/// What a restart on today's source did at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restarted {
    /// It played it.
    Played(Box<Observation>),
    /// It ended at it.
    Ended(Ending),
    /// It had ended before.
    Unreached,
    /// Two of them differ: what all runs have in common.
    Varies(Box<Observation>),
    /// It could not import what the script imports before the first reload.
    NotStarted(Box<Raised>),
}

impl Judgement {
    /// How many steps came out how.
    pub fn tally(&self) -> Tally {
        self.steps.values().map(|judged| judged.verdict).collect()
    }
}
