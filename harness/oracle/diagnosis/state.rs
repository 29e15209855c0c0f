//! State that a reload makes anew, or fills once more.

use super::names::names;
use super::{Cause, Diagnosis, Evidence, finding, identity, is_superseded};
use crate::oracle::Verdict;
use crate::trace::{Sense, Sighting};
use crate::worker::{Form, Found, Nature};

/// Containers that hold more than in a restart.
pub(super) fn registered_twice(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    if evidence.verdict == Verdict::Stale {
        return Vec::new();
    }
    // On whichever line it was seen first: what is more there later, the step itself has put into it.
    let began_with = |seen: &[Sighting], one: &Sighting| {
        let first = seen.iter().find(|other| other.text == one.text && other.place.file == one.place.file);
        first.and_then(|first| first.sense.as_ref()?.size)
    };
    differing(evidence)
        .filter(|(one, ..)| one.found == Found::Global && matches!(form(one), None | Some(Form::Grown)))
        .filter(|(one, ..)| began_with(evidence.seen, one) != began_with(evidence.restart, one))
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
        .filter(|(one, ..)| one.found == Found::Global && !is_of_the_library(evidence, one))
        .filter_map(|(one, here, there)| {
            let text = compared(one, here, there)?;
            let undone = one.past.as_ref().and_then(|past| past.undone.as_ref());
            match (form(one), undone) {
                (Some(Form::Untouched), None) => None,
                (Some(Form::Untouched), Some(name)) => {
                    let text = format!("{text}; {name} is as its own module defines it, and was another's");
                    Some(finding(Cause::StateReset, one, text))
                }
                _ => Some(finding(Cause::StateReset, one, text)),
            }
        })
        .collect()
}

/// Locks, queues and the like that are not the ones they were.
pub(super) fn remade(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    if evidence.verdict == Verdict::Stale {
        return Vec::new();
    }
    let is_state = |one: &Sighting| one.past.as_ref().is_some_and(|past| past.is_stateful);
    names(evidence)
        .filter(|(one, _)| is_state(one) && form(one) == Some(Form::Remade))
        .map(|(one, _)| {
            let text = format!("{} is another object than before the reload", one.text);
            finding(Cause::StateReset, one, text)
        })
        .collect()
}

/// What reloads did to what a name means.
fn form(one: &Sighting) -> Option<Form> {
    one.past.as_ref()?.form
}

/// Whether it is in a module that is not the scenario's, `sys.modules` for one: no reload makes that anew.
fn is_of_the_library(evidence: &Evidence<'_>, one: &Sighting) -> bool {
    one.text.match_indices('.').any(|(end, _)| {
        names(evidence).any(|(base, sense)| {
            base.text == one.text[..end]
                && sense.nature == Nature::Module
                && identity(sense.is.as_ref()).is_none()
        })
    })
}

/// Attributes of objects that are others than those of the same objects in a restart. Of a class that was never
/// reloaded no object has old data; and where a line meant several things in turn, one would be compared
/// with another.
pub(super) fn old_data(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let is_attribute = |one: &Sighting| {
        let base = one.text.rsplit_once('.').map(|(base, _)| base);
        let was_reloaded = |sense: &Sense| {
            let class = identity(sense.class.as_ref());
            is_superseded(sense.class.as_ref()) || class.is_some_and(|class| class.label.generation > 1)
        };
        base.is_some_and(|base| {
            names(evidence).any(|(other, sense)| {
                other.text == base && sense.nature == Nature::Instance && was_reloaded(sense)
            })
        })
    };
    let is_one = |seen: &[Sighting], one: &Sighting| {
        seen.iter().filter(|other| other.role == one.role && is_same_line(other, one)).count() == 1
    };
    if evidence.verdict == Verdict::Stale {
        return Vec::new();
    }
    differing(evidence)
        .filter(|(one, ..)| is_attribute(one) && is_one(evidence.seen, one) && is_one(evidence.restart, one))
        .filter_map(|(one, here, there)| Some(finding(Cause::OldData, one, compared(one, here, there)?)))
        .collect()
}

pub(super) fn compared(one: &Sighting, here: &Sense, there: &Sense) -> Option<String> {
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

fn is_same_line(one: &Sighting, other: &Sighting) -> bool {
    one.text == other.text
        && one.place.function == other.place.function
        && one.place.source == other.place.source
}

/// Values that are others than the same line finds in a restart when it runs for the first time. What it finds
/// later may be what the step itself has made.
pub(super) fn differing<'a>(
    evidence: &Evidence<'a>,
) -> impl Iterator<Item = (&'a Sighting, &'a Sense, &'a Sense)> {
    let (seen, restart) = (evidence.seen, evidence.restart);
    names(evidence).filter(|(_, sense)| sense.nature == Nature::Instance).filter_map(move |(one, here)| {
        let first = seen.iter().find(|other| is_same_line(other, one))?;
        if !std::ptr::eq(first, one) {
            return None;
        }
        let there = restart.iter().find(|other| is_same_line(other, one))?.sense.as_ref()?;
        (here.plain != there.plain || here.size != there.size).then_some((one, here, there))
    })
}
