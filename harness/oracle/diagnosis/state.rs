//! State that a reload makes anew, or fills once more.

use std::collections::BTreeSet;

use super::{Cause, Diagnosis, Evidence, finding, identity, is_dotted, is_superseded, names};
use crate::oracle::Verdict;
use crate::trace::{Identity, Sense, Sighting};
use crate::worker::{Form, Found, Nature, Role};

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
        .filter(|(one, ..)| {
            one.found == Found::Global && is_dotted(one) && !one.text.ends_with("sys.modules")
        })
        .filter(|(one, ..)| {
            matches!(form(one), None | Some(Form::Grown)) || other_key(evidence, one).is_some()
        })
        .filter(|(one, ..)| began_with(evidence.seen, one) != began_with(evidence.restart, one))
        .filter_map(|(one, here, there)| {
            let (size, expected) = (here.size?, there.size?);
            let text = format!("{} holds {size}, where it holds {expected} in a restart", one.text);
            if size <= expected {
                return None;
            }
            if let Some(class) = other_key(evidence, one) {
                let text = format!("{text}, and {} is one of its keys", class.label);
                return Some(finding(Cause::RegistryKeyedByClass, one, text));
            }
            (!grew_since(evidence, one, expected)).then(|| finding(Cause::RegisteredTwice, one, text))
        })
        .collect()
}

/// Whether a container held no more than it should in an earlier step, after the reload: that step, or a later
/// one, may have put more into it.
fn grew_since(evidence: &Evidence<'_>, container: &Sighting, expected: u64) -> bool {
    earlier(evidence, container).any(|one| {
        let size = one.sense.as_ref().and_then(|sense| sense.size);
        one.found == Found::Global && size.is_some_and(|size| size <= expected)
    })
}

/// The class of another generation that an earlier step has found among the keys of a container.
fn other_key<'a>(evidence: &Evidence<'a>, container: &'a Sighting) -> Option<&'a Identity> {
    let key = |one: &'a Sighting| identity(one.sense.as_ref()?.is.as_ref());
    earlier(evidence, container).filter(|one| matches!(one.role, Role::Key | Role::Dispatch)).find_map(key)
}

/// What earlier steps told of a container, by whatever module's name it was called.
fn earlier<'a>(evidence: &Evidence<'a>, container: &'a Sighting) -> impl Iterator<Item = &'a Sighting> {
    let name = |one: &Sighting| one.text.rsplit('.').next().map(str::to_owned);
    evidence.earlier.iter().flatten().filter(move |one| name(one) == name(container))
}

/// Classes that a line has in two generations, one after the other, where it has one in a restart: what it
/// goes through has both.
pub(super) fn both_generations(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let class =
        |sense: &Sense| identity(sense.is.as_ref()).filter(|_| sense.nature == Nature::Class).cloned();
    let others = |seen: &[Sighting], one: &Sighting, old: &Identity| {
        let classes = seen.iter().filter(|other| other.role == Role::Name && is_same_line(other, one));
        let classes = classes.filter_map(|other| class(other.sense.as_ref()?));
        classes
            .filter(|class| class.label.name == old.label.name)
            .map(|class| class.label)
            .collect::<BTreeSet<_>>()
    };
    let told = |(one, sense): (&Sighting, &Sense)| {
        let old = class(sense).filter(|_| is_superseded(sense.is.as_ref()))?;
        let (here, there) = (others(evidence.seen, one, &old), others(evidence.restart, one, &old));
        let newest = here.last().filter(|_| here.len() > 1 && there.len() == 1)?;
        let text =
            format!("{} is {}, and {newest} as well, where there is one in a restart", one.text, old.label);
        let cause = if is_dotted(one) { Cause::RegisteredTwice } else { Cause::ComparedGenerations };
        Some(finding(cause, one, text))
    };
    names(evidence).filter(|_| evidence.verdict == Verdict::Mixed).find_map(told).into_iter().collect()
}

/// Names that were read while a reload in another thread was still executing their module, where all would have been
/// well once it had.
pub(super) fn unfinished(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    if evidence.verdict == Verdict::Stale {
        return Vec::new();
    }
    let early = |one: &Sighting| one.past.as_ref().and_then(|past| past.unfinished.clone());
    // A module may be at work on itself in a thread, and what its line finds later on then counts for more.
    let is_its_own = |one: &Sighting| is_bare(one) && !is_superseded(one.runs.as_ref());
    let is_later =
        |one: &Sighting| names(evidence).any(|(other, _)| is_same_line(other, one) && early(other).is_none());
    differing(evidence)
        .filter(|(one, ..)| !is_its_own(one) || !is_later(one))
        .filter_map(|(one, here, there)| {
            let finished = early(one)?;
            let is_whole = finished.plain == there.plain && finished.size == there.size;
            let text = compared(one, here, there).filter(|_| is_whole)?;
            let text = format!("{text}; a reload of {} is still executing it", finished.module);
            Some(finding(Cause::PartiallyInitialized, one, text))
        })
        .collect()
}

/// Values and containers that are back where they began.
pub(super) fn reset(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    if evidence.verdict == Verdict::Stale {
        return Vec::new();
    }
    differing(evidence)
        .filter(|(one, ..)| one.found == Found::Global && is_dotted(one))
        .filter(|(one, ..)| !is_of_the_library(evidence, one) && !is_of_an_old_object(evidence, one))
        // What holds more than in a restart was not begun anew.
        .filter(|(_, here, there)| here.size.is_none() || here.size <= there.size)
        .filter(|(_, here, there)| !is_more(here, there))
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

/// Whether a number is greater than another one.
fn is_more(here: &Sense, there: &Sense) -> bool {
    let number = |sense: &Sense| sense.plain.as_ref()?.parse::<f64>().ok();
    number(here).zip(number(there)).is_some_and(|(here, there)| here > there)
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

/// Whether a name is one of the module whose code it stands in.
fn is_bare(one: &Sighting) -> bool {
    !one.text.contains('.')
}

/// What reloads did to what a name means.
fn form(one: &Sighting) -> Option<Form> {
    one.past.as_ref()?.form
}

/// Whether it is in a module that is not the scenario's, `sys.modules` for one: no reload makes that anew.
pub(super) fn is_of_the_library(evidence: &Evidence<'_>, one: &Sighting) -> bool {
    one.text.match_indices('.').any(|(end, _)| {
        names(evidence).any(|(base, sense)| {
            base.text == one.text[..end]
                && sense.nature == Nature::Module
                && identity(sense.is.as_ref()).is_none_or(|is| !evidence.made.has(is))
        })
    })
}

/// Whether it is an attribute of an instance of a superseded class: no reload made that anew either.
fn is_of_an_old_object(evidence: &Evidence<'_>, one: &Sighting) -> bool {
    one.text.match_indices('.').any(|(end, _)| {
        names(evidence).any(|(base, sense)| {
            base.text == one.text[..end]
                && sense.nature == Nature::Instance
                && is_superseded(sense.class.as_ref())
        })
    })
}

/// Attributes of objects that are others than those of the same objects in a restart. Of a class that was never
/// reloaded no object has old data; and where a line meant several things in turn, one would be compared
/// with another. The old source's answer comes of old data only where the object itself has it, and new code,
/// or none, has found it there.
pub(super) fn old_data(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    // What nobody edited puts the same into its objects.
    if !evidence.edited {
        return Vec::new();
    }
    let is_attribute = |one: &Sighting| {
        let base = one.text.rsplit_once('.').map(|(base, _)| base);
        base.is_some_and(|base| {
            names(evidence).any(|(other, sense)| other.text == base && is_of_reloaded(sense))
        })
    };
    let matters =
        |one: &Sighting| evidence.verdict != Verdict::Stale || one.own && !is_superseded(one.runs.as_ref());
    differing(evidence)
        .filter(|(one, ..)| matters(one) && is_attribute(one))
        .filter(|(one, ..)| [evidence.seen, evidence.restart].iter().all(|seen| means_one_thing(seen, one)))
        .filter_map(|(one, here, there)| Some(finding(Cause::OldData, one, compared(one, here, there)?)))
        .collect()
}

/// Attributes that an object of today's class lacks, and has in a restart.
pub(super) fn missing(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let told = |one: &Sighting| {
        let (base, name) = one.text.rsplit_once('.')?;
        let is_base = |(other, sense): (&Sighting, &Sense)| {
            other.text == base
                && other.place == one.place
                && is_of_reloaded(sense)
                && !is_superseded(sense.class.as_ref())
        };
        let is_missing = one.role == Role::Name && one.sense.is_none() && names(evidence).any(is_base);
        let there =
            evidence.restart.iter().find(|other| is_missing && is_same_line(other, one))?.sense.as_ref()?;
        let has = there.plain.as_ref().map_or("it has one".to_owned(), |plain| format!("it is {plain}"));
        Some(finding(Cause::OldData, one, format!("{base} has no {name}, where {has} in a restart")))
    };
    evidence.seen.iter().filter_map(told).collect()
}

/// Whether a line met something once: nothing, or nothing else, in turn.
pub(super) fn means_one_thing(seen: &[Sighting], one: &Sighting) -> bool {
    seen.iter().filter(|other| other.role == one.role && is_same_line(other, one)).count() == 1
}

/// Whether something is an instance of a class that was reloaded.
fn is_of_reloaded(sense: &Sense) -> bool {
    let class = identity(sense.class.as_ref());
    sense.nature == Nature::Instance
        && (is_superseded(sense.class.as_ref()) || class.is_some_and(|class| class.label.generation > 1))
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

pub(super) fn is_same_line(one: &Sighting, other: &Sighting) -> bool {
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
