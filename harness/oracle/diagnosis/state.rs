//! State that a reload makes anew, or fills once more.

use super::names::names;
use super::{Cause, Diagnosis, Evidence, finding};
use crate::oracle::Verdict;
use crate::trace::{Sense, Sighting};
use crate::worker::{Found, Nature};

/// Containers that hold more than in a restart.
pub(super) fn registered_twice(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    differing(evidence)
        .filter_map(|(one, here, there)| {
            let (size, expected) = (here.size?, there.size?);
            let text = format!("{} holds {size}, where it holds {expected} in a restart", one.text);
            (size > expected).then(|| finding(Cause::RegisteredTwice, one, text))
        })
        .collect()
}

/// Values and containers that are back where they began.
pub(super) fn reset(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    if evidence.verdict == Verdict::Stale {
        return Vec::new();
    }
    differing(evidence)
        .filter_map(|(one, here, there)| {
            let text = match (&here.plain, &there.plain, here.size, there.size) {
                (Some(plain), Some(expected), ..) => {
                    format!("{} is {plain}, where it is {expected} in a restart", one.text)
                }
                (.., Some(size), Some(expected)) => {
                    format!("{} holds {size}, where it holds {expected} in a restart", one.text)
                }
                _ => return None,
            };
            Some(finding(Cause::StateReset, one, text))
        })
        .collect()
}

/// Global values that are others than the same line finds in a restart.
fn differing<'a>(evidence: &Evidence<'a>) -> impl Iterator<Item = (&'a Sighting, &'a Sense, &'a Sense)> {
    let restart = evidence.restart;
    names(evidence)
        .filter(|(one, sense)| one.found == Found::Global && sense.nature == Nature::Instance)
        .filter_map(move |(one, here)| {
            let same_line = |other: &&Sighting| {
                other.text == one.text
                    && other.place.function == one.place.function
                    && other.place.source == one.place.source
            };
            let there = restart.iter().find(same_line)?.sense.as_ref()?;
            (here.plain != there.plain || here.size != there.size).then_some((one, here, there))
        })
}
