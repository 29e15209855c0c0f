//! What came of a scenario, by version of CPython.

use std::fmt;

use pep440_rs::VersionSpecifiers;

use super::outcome::Outcome;
use crate::python::{Implementation, Tag};
use crate::snapshot::{Epoch, Epochs, Minor, admits, hosted};

/// Stretches of versions with one outcome each, oldest first. What the scenario is not written for, and what
/// no report holds for, is left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdicts {
    stretches: Vec<Stretch>,
    /// Whether they are one that leaves nothing out.
    is_whole: bool,
    newest: Minor,
}

#[derive(Debug, PartialEq, Eq)]
struct Stretch {
    first: Minor,
    last: Minor,
    outcome: Outcome,
}

impl Verdicts {
    /// Those up to the newest version.
    pub(super) fn of(python: Option<&VersionSpecifiers>, epochs: &Epochs, newest: Minor) -> Self {
        let mut stretches: Vec<Stretch> = Vec::new();
        let (mut gap, mut gaps) = (true, 0);
        for version in hosted().take_while(|version| *version <= newest) {
            let outcome = match python {
                Some(range) if !admits(range, version) => None,
                _ => epochs.in_force(tag(version)).map(Epoch::text).and_then(Outcome::of),
            };
            match (outcome, stretches.last_mut()) {
                (None, _) => gaps += 1,
                (Some(outcome), Some(last)) if !gap && last.outcome == outcome => last.last = version,
                (Some(outcome), _) => stretches.push(Stretch { first: version, last: version, outcome }),
            }
            gap = outcome.is_none();
        }
        Self { is_whole: gaps == 0 && stretches.len() == 1, stretches, newest }
    }

    /// Each outcome that there is.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = Outcome> {
        self.stretches.iter().map(|stretch| stretch.outcome)
    }

    /// Whether every step on every Python is the same.
    pub(super) fn is_clean(&self) -> bool {
        !self.stretches.is_empty() && self.outcomes().all(|outcome| outcome == Outcome::Clean)
    }
}

fn tag(version: Minor) -> Tag {
    let Minor { major, minor } = version;
    Tag { implementation: Implementation::CPython, major, minor, free_threaded: false, debug: false }
}

/// `2.7: broken, 3.6+: mixed`
impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.stretches.is_empty() {
            return f.write_str("no report");
        }
        for (at, Stretch { first, last, outcome }) in self.stretches.iter().enumerate() {
            f.write_str(if at > 0 { ", " } else { "" })?;
            match self {
                Self { is_whole: true, .. } => {}
                Self { newest, .. } if last == newest => write!(f, "{first}+: ")?,
                _ if first == last => write!(f, "{first}: ")?,
                _ => write!(f, "{first} to {last}: ")?,
            }
            write!(f, "{outcome}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn verdicts(python: &str, epochs: &[(&str, &str)]) -> String {
        let range = VersionSpecifiers::from_str(python).unwrap();
        let epoch = |&(tag, word): &(&str, &str)| {
            Epoch::new(Tag::from_str(tag).unwrap(), &format!("t\n\nverdicts: 1 {word}"))
        };
        Verdicts::of(Some(&range), &epochs.iter().map(epoch).collect(), Minor { major: 3, minor: 13 })
            .to_string()
    }

    #[test]
    fn neighbours_with_one_outcome_are_one() {
        assert_eq!(verdicts(">=2.7", &[("cp27", "same")]), "clean");
        assert_eq!(verdicts(">=2.7", &[("cp27", "same"), ("cp38", "same")]), "clean");
        assert_eq!(verdicts(">=2.7", &[("cp27", "broken"), ("cp36", "mixed")]), "2.7: broken, 3.6+: mixed");
        assert_eq!(
            verdicts(">=3.7", &[("cp37", "stale"), ("cp39", "same"), ("cp313", "hung")]),
            "3.7 to 3.8: stale, 3.9 to 3.12: clean, 3.13+: hung"
        );
    }

    #[test]
    fn what_it_is_not_written_for_is_left_out() {
        assert_eq!(verdicts(">=3.7", &[("cp37", "same")]), "3.7+: clean");
        assert_eq!(verdicts("<3.12", &[("cp27", "mixed")]), "2.7 to 3.11: mixed");
        assert_eq!(verdicts("==2.7.*", &[("cp27", "mixed")]), "2.7: mixed");
        assert_eq!(verdicts("!=3.9.*", &[("cp27", "mixed")]), "2.7 to 3.8: mixed, 3.10+: mixed");
    }

    #[test]
    fn what_no_report_holds_for_is_left_out_and_another_implementation_does_not_count() {
        assert_eq!(verdicts(">=2.7", &[("cp310", "same")]), "3.10+: clean");
        assert_eq!(verdicts(">=2.7", &[("pp310", "same"), ("cp313t", "broken")]), "no report");
        assert_eq!(verdicts(">=2.7", &[]), "no report");
    }
}
