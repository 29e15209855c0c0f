//! A sweep over a reload that fails, as an event.

use std::collections::BTreeMap;

use serde::Serialize;

use super::sweep::{Differing, differing, unfinished};
use crate::python::Interpreter;
use crate::sweep::{FaultEffect, FaultFindings, Given, Listing};
use crate::trace::Place;
use crate::worker::{Fault, Thrown};

/// What a fault at every place of a reload does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReloadSweep {
    /// `group/name`
    subject: String,
    /// The tag of the interpreter.
    python: String,
    /// What struck: `statements`, `allocations`, `files`, `interrupts`, `threads`.
    fault: &'static str,
    /// What it raised, where that was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    raise: Option<&'static str>,
    /// The module that was reloaded; empty where none is.
    module: String,
    /// What another thread called, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<String>,
    /// What of the fault is not there in this Python, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// How many places the reload has.
    places: usize,
    /// How many branches were played.
    branches: usize,
    /// Places that were passed over because other threads, processes or interpreters of the run were there.
    threaded: usize,
    /// How many places have each outcome, those that none has left out.
    outcomes: BTreeMap<&'static str, usize>,
    /// At how many places one more reload heals.
    healed: usize,
    /// Why the sweep did not come to its end: `budget`, `time` or `interrupted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished: Option<&'static str>,
    /// The source that has places, in reading order.
    sources: Vec<Source>,
    /// Equal effects, the worst first.
    groups: Vec<Group>,
}

/// A file that has places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Source {
    file: String,
    lines: Vec<SourceLine>,
}

/// A line of it, and the worst that comes of its places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct SourceLine {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    heals: Option<bool>,
}

/// Places at which a fault does the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Group {
    outcome: &'static str,
    /// The numbers of the places, in the order in which the reload comes to them.
    places: Vec<usize>,
    /// What these are, for places that are not in the source: `open foo.py: EIO`, `source vanishes`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    what: Vec<String>,
    /// What reached the caller of `reload`.
    #[serde(skip_serializing_if = "Option::is_none")]
    raised: Option<String>,
    /// Names that mean what a whole reload makes of them.
    new: Vec<String>,
    /// Names that mean what they meant before.
    old: Vec<String>,
    /// Names that mean neither.
    neither: Vec<String>,
    /// What a call in another thread gives, where one was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<Vec<String>>,
    /// The later steps that differ.
    differences: Vec<Differing>,
    /// Whether one more reload heals it.
    heals: bool,
    /// The steps that differ after one more reload.
    lasting: Vec<Differing>,
}

impl ReloadSweep {
    /// The findings of a subject on an interpreter.
    pub fn new(subject: &str, interpreter: &Interpreter, findings: &FaultFindings) -> Self {
        let outcomes = match findings.call {
            None => findings.counts().into_iter().map(|(outcome, count)| (outcome.word(), count)).collect(),
            Some(_) => {
                findings.given_counts().into_iter().map(|(given, count)| (given.word(), count)).collect()
            }
        };
        Self {
            subject: subject.to_owned(),
            python: interpreter.tag.to_string(),
            fault: findings.fault.word(),
            raise: findings.thrown.map(Thrown::word),
            module: findings.module.clone(),
            call: findings.call.clone(),
            note: findings.note.clone(),
            places: findings.places,
            branches: findings.branches,
            threaded: findings.threaded,
            outcomes,
            healed: findings.healed(),
            unfinished: findings.unfinished.map(unfinished),
            sources: findings.listings.iter().map(|listing| source(listing, findings)).collect(),
            groups: findings
                .effects
                .iter()
                .enumerate()
                .map(|(at, effect)| group(at, effect, findings))
                .collect(),
        }
    }
}

fn source(listing: &Listing, findings: &FaultFindings) -> Source {
    let lines = listing.lines.iter().map(|line| {
        let given = line.spot.and_then(|spot| findings.given_at(spot)).map(Given::word);
        let at = line.spot.and_then(|spot| findings.at(spot));
        SourceLine {
            line: line.number,
            text: line.text.clone(),
            outcome: given.or(at.map(|(outcome, _)| outcome.word())),
            heals: at.map(|(_, heals)| heals),
        }
    });
    let file = listing.title.strip_prefix("edit ").unwrap_or(&listing.title);
    Source { file: file.to_owned(), lines: lines.collect() }
}

/// A state of a file, or how many-th call of its kind.
fn what(place: &Place) -> String {
    let name = place.file.trim_matches(['<', '>']);
    if place.line < 2 { name.to_owned() } else { format!("{name} {}", place.line) }
}

fn group(at: usize, effect: &FaultEffect, findings: &FaultFindings) -> Group {
    let tried = findings.tried.iter().filter(|tried| tried.effect == at);
    let mut places: Vec<usize> = tried.flat_map(|tried| tried.places.clone()).collect();
    places.sort_unstable();
    let of_files = findings.tried.iter().filter(|tried| tried.effect == at && findings.fault == Fault::Files);
    let what = of_files.map(|tried| what(&findings.spots[tried.spot].place)).collect();
    let names = effect.names.clone().unwrap_or_default();
    let given = effect.answer.as_ref();
    Group {
        outcome: given.map_or(effect.then.outcome.word(), |answer| answer.kind.word()),
        places,
        what,
        raised: effect.raised.clone(),
        new: names.new,
        old: names.old,
        neither: names.half,
        given: given.map(|answer| answer.lines.clone()),
        differences: differing(&effect.then),
        heals: effect.heals(),
        lasting: effect.healed.as_ref().map(differing).unwrap_or_default(),
    }
}
