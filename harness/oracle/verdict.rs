//! One step's outcome against the oracle.

use std::fmt;

use super::answer::Answer;
use crate::worker::Ending;

/// What a step is, compared with a restart on today's source and, where there was an edit, with
/// restarts on the sources before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// As today's restart.
    Same,
    /// Raises where the restart does not.
    Broken,
    /// Silently answers as an old source would.
    Stale,
    /// Silently answers as no source would.
    Mixed,
    /// Works where a restart would fail.
    Masked,
    /// A restart would not start.
    Outlives,
    /// Ended the process where the restart does not.
    Crashed,
    /// Came to no end where the restart does.
    Hung,
    /// Two restarts differ from each other.
    Unsteady,
}

impl Verdict {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 9] = [
        Self::Same,
        Self::Broken,
        Self::Stale,
        Self::Mixed,
        Self::Masked,
        Self::Outlives,
        Self::Crashed,
        Self::Hung,
        Self::Unsteady,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Broken => "broken",
            Self::Stale => "stale",
            Self::Mixed => "mixed",
            Self::Masked => "masked",
            Self::Outlives => "outlives",
            Self::Crashed => "crashed",
            Self::Hung => "hung",
            Self::Unsteady => "unsteady",
        }
    }

    /// Judges one answer. `today` is a restart's on the source as it is, `before` those on the
    /// sources that were.
    pub(crate) fn of(answer: &Answer, today: &Answer, before: &[Answer]) -> Self {
        if answer == today {
            return Self::Same;
        }
        match answer {
            Answer::Ended(Ending::Hung { .. }) => Self::Hung,
            Answer::Ended(Ending::Exited { .. }) => Self::Broken,
            Answer::Ended(_) | Answer::Unreached => Self::Crashed,
            Answer::Played(_) if answer.fails() && !today.fails() => Self::Broken,
            Answer::Played(_) if !answer.fails() && today.fails() => Self::Masked,
            Answer::Played(_) if before.contains(answer) => Self::Stale,
            Answer::Played(_) if answer.fails() => Self::Broken,
            Answer::Played(_) => Self::Mixed,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How many steps came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    counts: [usize; Verdict::ALL.len()],
}

impl Tally {
    /// How many steps have a verdict.
    pub fn of(self, verdict: Verdict) -> usize {
        self.counts[verdict as usize]
    }

    /// How many steps were judged.
    pub fn total(self) -> usize {
        self.counts.iter().sum()
    }

    /// Whether every step is the same.
    pub fn is_clean(self) -> bool {
        self.of(Verdict::Same) == self.total()
    }

    /// Adds another tally's steps.
    pub fn add(&mut self, other: Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
    }
}

impl FromIterator<Verdict> for Tally {
    fn from_iter<I: IntoIterator<Item = Verdict>>(verdicts: I) -> Self {
        let mut tally = Self::default();
        for verdict in verdicts {
            tally.counts[verdict as usize] += 1;
        }
        tally
    }
}

/// `4 same, 1 broken`
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted: Vec<String> = Verdict::ALL
            .into_iter()
            .filter(|verdict| self.of(*verdict) > 0)
            .map(|verdict| format!("{} {verdict}", self.of(verdict)))
            .collect();
        f.write_str(&counted.join(", "))
    }
}
