//! What became of a branch.

use std::fmt;

use crate::oracle::Verdict;

/// What a fault at a place does to the rest of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// All that follows is what the untouched run does, or what a restart with today's source would do.
    Safe,
    /// Something silently goes on as an old source would.
    Stale,
    /// Something silently does what no source would.
    Mixed,
    /// Something raises where the untouched run does not, or the reload itself does.
    Broken,
    /// The process is ended.
    Crashed,
    /// It comes to no end.
    Hung,
}

impl Outcome {
    /// All of them, the worst last.
    pub const ALL: [Self; 6] =
        [Self::Safe, Self::Stale, Self::Mixed, Self::Broken, Self::Crashed, Self::Hung];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Stale => "stale",
            Self::Mixed => "mixed",
            Self::Broken => "broken",
            Self::Crashed => "crashed",
            Self::Hung => "hung",
        }
    }
}

impl From<Verdict> for Outcome {
    /// A branch that works where the untouched run fails is neither.
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Same => Self::Safe,
            Verdict::Broken => Self::Broken,
            Verdict::Stale => Self::Stale,
            Verdict::Mixed | Verdict::Masked | Verdict::Outlives | Verdict::Unsteady => Self::Mixed,
            Verdict::Crashed => Self::Crashed,
            Verdict::Hung => Self::Hung,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What a branch came to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Effect {
    /// The worst of it.
    pub outcome: Outcome,
    /// Where it differs, and how: equal texts for what is equal.
    pub differences: Vec<Difference>,
}

/// A step that does not do what it should.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Which step; nothing for the reload itself.
    pub step: Option<usize>,
    /// What is wrong with it.
    pub outcome: Outcome,
    /// What it gives.
    pub given: Vec<String>,
    /// What the untouched run gives.
    pub expected: Vec<String>,
}

impl Effect {
    /// Of what differs, in order.
    pub fn of(differences: Vec<Difference>) -> Self {
        let outcome = differences.iter().map(|difference| difference.outcome).max().unwrap_or(Outcome::Safe);
        Self { outcome, differences }
    }
}
