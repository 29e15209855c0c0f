//! Functions that ran, whether or not a name on a line leads to them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cause, Diagnosis, Evidence, a, finding, identity, is_superseded, names, now};
use crate::oracle::Verdict;
use crate::trace::{Origin, Place, Sighting, Written};
use crate::worker::{Nature, Role};

/// From so many calls of one code object on, the evidence no longer counts.
const UNCOUNTED: usize = 4;

/// Functions that are what their names mean, and whose code is not in today's source.
pub(super) fn not_executed(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    runs(evidence.seen)
        .filter(|one| matches!(one.written, Written::Before | Written::Elsewhere) && is_current(one))
        .filter(|one| !is_inside_a_function(one))
        .map(|one| {
            let (what, file) = (told(one), &one.place.file);
            if let Some(newer) = identity(one.runs.as_ref()).and_then(|is| evidence.made.newer(is)) {
                let text =
                    format!("{what} ran: its name was given back to it, and meant {newer} before that");
                return finding(Cause::KeptReference, one, text);
            }
            if one.written == Written::Elsewhere {
                let text = format!("{what} ran, which was made by a reload and is not what {file} has there");
                return finding(Cause::NotReloaded, one, text);
            }
            let Some(stop) = evidence.stops.iter().rev().find(|stop| stop.file == *file) else {
                let text = format!("{what} ran, and no reload has come to it since {file} was changed");
                return finding(Cause::NotReloaded, one, text);
            };
            let text = format!("the reload stopped here, so {what} is still of before it");
            Diagnosis { cause: Cause::ReloadStopped, place: Some(stop.clone()), text }
        })
        .collect()
}

/// A reload that raises half-way, whatever the reason.
pub(super) fn stopped(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let is_module = |place: &&Place| place.function == "<module>" && place.origin == Origin::Scenario;
    let raised = evidence.raised.filter(|_| evidence.reloads && evidence.verdict == Verdict::Broken);
    let stop = raised.and_then(|raised| raised.frames.iter().find(is_module));
    let told = |stop: &Place| {
        let text = "the reload stopped here: what stands above is new, and what stands below is of before it";
        Diagnosis { cause: Cause::ReloadStopped, place: Some(stop.clone()), text: text.to_owned() }
    };
    stop.map(told).into_iter().collect()
}

/// Functions that ran, and that today's source does not define, or not in a process that begins with it.
pub(super) fn deleted(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let is_silent = matches!(evidence.verdict, Verdict::Stale | Verdict::Mixed | Verdict::Masked);
    let why = |one: &Sighting| match one.written {
        Written::Gone => Some("today's source does not define"),
        Written::Today if is_silent && evidence.edited => {
            let is_missing = evidence.made_in_restart.lacks(identity(one.runs.as_ref())?);
            is_missing.then_some("today's source does not come to define")
        }
        Written::Today | Written::Before | Written::Elsewhere => None,
    };
    runs(evidence.seen)
        .filter(|one| is_current(one) && !is_inside_a_function(one))
        .filter_map(|one| {
            let text = format!("{} ran, which {}", told(one), why(one)?);
            Some(finding(Cause::DeletedName, one, text))
        })
        .collect()
}

/// A function of another file than in a restart.
pub(super) fn of_another_file(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let name = |one: &Sighting| identity(one.runs.as_ref()).map(|is| is.label.name.clone());
    runs(evidence.seen)
        .filter(|one| !is_superseded(one.runs.as_ref()))
        .filter_map(|one| {
            let mine = name(one)?;
            let expected = runs(evidence.restart).find(|other| name(other).as_ref() == Some(&mine))?;
            let (file, wanted) = (&one.place.file, &expected.place.file);
            let text = format!("{} ran, which is of {file}, where it is of {wanted} in a restart", told(one));
            (file != wanted).then(|| finding(Cause::NotReloaded, one, text))
        })
        .collect()
}

/// Functions that were called more often than in a restart, and by more than one of their generations.
pub(super) fn called_twice(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    if evidence.verdict == Verdict::Stale {
        return Vec::new();
    }
    let expected = by_function(evidence.restart);
    by_function(evidence.seen)
        .into_iter()
        .filter_map(|(function, calls)| {
            let expected = expected.get(&function)?;
            let codes: BTreeSet<u64> = calls.iter().map(|one| one.code).collect();
            let count = |code: u64, calls: &[&Sighting]| calls.iter().filter(|one| one.code == code).count();
            let is_counted = [&calls, expected]
                .iter()
                .all(|calls| calls.iter().all(|one| count(one.code, calls) < UNCOUNTED));
            if codes.len() < 2 || calls.len() <= expected.len() || !is_counted {
                return None;
            }
            let labels: BTreeSet<String> = calls.iter().map(|one| told(one)).collect();
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            let which = labels.join(" and ");
            let text = format!(
                "{which} ran, {} in all, where it is {} in a restart",
                times(calls.len()),
                times(expected.len())
            );
            Some(finding(Cause::RegisteredTwice, calls[0], text))
        })
        .collect()
}

/// Superseded functions that ran, though no name that was seen on a line means them: the interpreter or the
/// library called them.
pub(super) fn kept(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let is_named = |one: &Sighting| {
        let token = identity(one.runs.as_ref()).map(|is| is.token);
        names(evidence).any(|(_, sense)| identity(sense.is.as_ref()).map(|is| is.token) == token)
    };
    runs(evidence.seen)
        .filter(|one| !one.text.contains('.') && is_superseded(one.runs.as_ref()) && !is_named(one))
        .filter_map(|one| {
            let text = format!("{} ran, which something still holds{}", told(one), now(one.sense.as_ref()?));
            Some(finding(Cause::KeptReference, one, text))
        })
        .collect()
}

/// Functions that a function of before the edit has made: no reload makes them anew.
pub(super) fn made_by_functions(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let is_old = |one: &Sighting| matches!(one.written, Written::Before | Written::Gone);
    // Where the maker itself has run, it is the maker that is old.
    let has_run = |maker: &str, file: &str| {
        runs(evidence.seen).any(|one| one.text == maker && one.place.file == file && is_old(one))
    };
    runs(evidence.seen)
        .filter(|one| is_old(one) && is_inside_a_function(one))
        .filter_map(|one| {
            let (maker, inside) = one.text.rsplit_once(".<locals>.")?;
            if has_run(maker, &one.place.file) {
                return None;
            }
            if let Some((object, class)) =
                inside.split_once('.').and_then(|(class, _)| of_class(evidence, class))
            {
                let text =
                    format!("{object} is {class}, which {maker} made before {} was changed", one.place.file);
                return Some(finding(Cause::OldInstance, one, text));
            }
            let text = format!("{} ran, as {maker} made it before {} was changed", told(one), one.place.file);
            Some(finding(Cause::KeptReference, one, text))
        })
        .collect()
}

/// What a line names that is an instance of a class of some name: `secret`, `a foo.Cipher#1`.
fn of_class<'a>(evidence: &Evidence<'a>, name: &str) -> Option<(&'a str, String)> {
    names(evidence).filter(|(_, sense)| sense.nature == Nature::Instance).find_map(|(one, sense)| {
        let class = identity(sense.class.as_ref())?;
        let is_it = class.label.name.rsplit('.').next() == Some(name);
        is_it.then(|| (one.text.as_str(), a(class)))
    })
}

fn runs(seen: &[Sighting]) -> impl Iterator<Item = &Sighting> {
    seen.iter().filter(|one| one.role == Role::Run)
}

/// Whether a function is known, and what its name means. One that is not may have been freed, and its code run on.
fn is_current(one: &Sighting) -> bool {
    identity(one.runs.as_ref()).is_some() && !is_superseded(one.runs.as_ref())
}

/// Whether code is of before its file was changed, and of a function that is no more: a coroutine's, a generator's.
pub(super) fn outlives_its_function(evidence: &Evidence<'_>, code: u64) -> bool {
    let is_it = |one: &Sighting| one.code == code && one.written != Written::Today && one.runs.is_none();
    runs(evidence.seen).any(is_it)
}

fn is_inside_a_function(one: &Sighting) -> bool {
    one.text.contains("<locals>")
}

/// The calls of each function, by its file and its name there.
fn by_function(seen: &[Sighting]) -> BTreeMap<(&str, &str), Vec<&Sighting>> {
    let mut calls: BTreeMap<(&str, &str), Vec<&Sighting>> = BTreeMap::new();
    for one in runs(seen) {
        calls.entry((&one.place.file, &one.text)).or_default().push(one);
    }
    calls
}

/// `daemon.report#1`, or of what has no identity `greeter.<locals>.greet of say.py`.
fn told(one: &Sighting) -> String {
    match identity(one.runs.as_ref()) {
        Some(is) => is.label.to_string(),
        None => format!("{} of {}", one.text, one.place.file),
    }
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}
