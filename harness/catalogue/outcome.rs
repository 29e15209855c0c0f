//! What came of a run, read from its report.

use std::fmt;

use crate::oracle::Verdict;

/// What the worst step of a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// Every step is the same.
    Clean,
    /// So it is, but a call crosses generations to get there.
    Silent,
    /// At least one is not.
    Worst(Verdict),
}

/// The worst first: what ends the process or raises is worse than what answers, a wrong answer worse than
/// one that a restart could not give.
const WORST_FIRST: [Verdict; 8] = [
    Verdict::Crashed,
    Verdict::Hung,
    Verdict::Broken,
    Verdict::Mixed,
    Verdict::Stale,
    Verdict::Masked,
    Verdict::Outlives,
    Verdict::Unsteady,
];

/// How the line begins that counts the steps.
const SUM: &str = "verdicts: ";
/// How the line begins that tells of a step which is the same and crosses generations.
const SILENTLY: &str = "    silently: ";

impl Outcome {
    /// That of a report; none where nothing in it was judged.
    pub(super) fn of(report: &str) -> Option<Self> {
        let counts = report.lines().rev().find_map(|line| line.strip_prefix(SUM))?;
        let words = || counts.split(", ").filter_map(|count| count.split(' ').nth(1));
        let worst = WORST_FIRST.into_iter().find(|verdict| words().any(|word| word == verdict.word()));
        let is_silent = || report.lines().any(|line| line.starts_with(SILENTLY));
        Some(match worst {
            Some(verdict) => Self::Worst(verdict),
            None if is_silent() => Self::Silent,
            None => Self::Clean,
        })
    }

    /// What the step does, to stand behind the word.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Clean | Self::Worst(Verdict::Same) => "does what a restart does",
            Self::Silent => "does, but with classes or functions of two generations in one call",
            Self::Worst(Verdict::Broken) => "raises, where a restart does not",
            Self::Worst(Verdict::Stale) => "silently answers as the source before the edit",
            Self::Worst(Verdict::Mixed) => "silently answers as neither source would",
            Self::Worst(Verdict::Masked) => "works, where a restart would fail",
            Self::Worst(Verdict::Outlives) => "is played by a process that could not be started again",
            Self::Worst(Verdict::Crashed) => "ends the process",
            Self::Worst(Verdict::Hung) => "never ends",
            Self::Worst(Verdict::Unsteady) => "differs between two restarts",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clean => "clean",
            Self::Silent => "silent",
            Self::Worst(verdict) => verdict.word(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_step_counts() {
        let of = |text: &str| Outcome::of(text).map(|outcome| outcome.to_string());
        assert_eq!(of(">>> 1\n    1"), None);
        assert_eq!(of("verdicts: 5 same").as_deref(), Some("clean"));
        assert_eq!(of("verdicts: 5 same, 2 broken, 1 mixed\nclaims: 1 holds").as_deref(), Some("broken"));
        assert_eq!(of("verdicts: 1 stale, 1 mixed").as_deref(), Some("mixed"));
        assert_eq!(of("    verdicts: 1 broken\nverdicts: 1 same").as_deref(), Some("clean"));
        assert_eq!(of("    silently: x\nverdicts: 1 same").as_deref(), Some("silent"));
        assert_eq!(of("    silently: x\nverdicts: 1 same, 1 hung").as_deref(), Some("hung"));
    }

    #[test]
    fn every_verdict_has_a_rank() {
        let ranked = |verdict: &Verdict| *verdict == Verdict::Same || WORST_FIRST.contains(verdict);
        assert!(Verdict::ALL.iter().all(ranked));
    }
}
