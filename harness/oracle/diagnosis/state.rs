//! State that a reload makes anew, or fills once more.

use super::names::names;
use super::{Cause, Diagnosis, Evidence, finding};
use crate::oracle::Verdict;
use crate::trace::{Sense, Sighting};
use crate::worker::{Found, Nature};

/// Containers that hold more than in a restart.
pub(super) fn registered_twice(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    if evidence.verdict == Verdict::Stale {
        return Vec::new();
    }
    differing(evidence)
        .filter(|(one, ..)| one.found == Found::Global)
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
        .filter(|(one, ..)| one.found == Found::Global)
        .filter_map(|(one, here, there)| Some(finding(Cause::StateReset, one, compared(one, here, there)?)))
        .collect()
}

/// Attributes of objects that are others than those of the same objects in a restart.
pub(super) fn old_data(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let is_attribute = |one: &Sighting| {
        let base = one.text.rsplit_once('.').map(|(base, _)| base);
        base.is_some_and(|base| {
            names(evidence).any(|(other, sense)| other.text == base && sense.nature == Nature::Instance)
        })
    };
    if evidence.verdict == Verdict::Stale {
        return Vec::new();
    }
    differing(evidence)
        .filter(|(one, ..)| one.found == Found::Local && one.text.contains('.') || is_attribute(one))
        .filter_map(|(one, here, there)| Some(finding(Cause::OldData, one, compared(one, here, there)?)))
        .collect()
}

fn compared(one: &Sighting, here: &Sense, there: &Sense) -> Option<String> {
    let text = &one.text;
    Some(match (&here.plain, &there.plain, here.size, there.size) {
        (Some(plain), Some(expected), ..) => {
            format!("{text} is {plain}, where it is {expected} in a restart")
        }
        (.., Some(size), Some(expected)) => {
            format!("{text} holds {size}, where it holds {expected} in a restart")
        }
        _ => return None,
    })
}

/// Values that are others than the same line finds in a restart.
fn differing<'a>(evidence: &Evidence<'a>) -> impl Iterator<Item = (&'a Sighting, &'a Sense, &'a Sense)> {
    let restart = evidence.restart;
    names(evidence).filter(|(_, sense)| sense.nature == Nature::Instance).filter_map(move |(one, here)| {
        let same_line = |other: &&Sighting| {
            other.text == one.text
                && other.place.function == one.place.function
                && other.place.source == one.place.source
        };
        let there = restart.iter().find(same_line)?.sense.as_ref()?;
        (here.plain != there.plain || here.size != there.size).then_some((one, here, there))
    })
}
