//! A sweep over a reload that fails, as an event.

use serde::Serialize;

use super::sweep::{Counts, Differing, Source, differing, is_none, sources};
use crate::python::Interpreter;
use crate::sweep::{FaultEffect, FaultFindings, Given, Line};
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
    #[serde(flatten)]
    counts: Counts,
    /// At how many places one more reload heals.
    healed: usize,
    /// The source that has places, in reading order.
    sources: Vec<Source<SourceLine>>,
    /// Equal effects, the worst first.
    groups: Vec<Group>,
}

/// A line of the source, and the worst that comes of its places.
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
    /// How many of them were not tried and may do something else, which is as bad.
    #[serde(skip_serializing_if = "is_none")]
    surmised: usize,
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
            counts: Counts::of(&findings.places, outcomes),
            healed: findings.healed(),
            sources: sources(&findings.places, |line| source_line(line, findings)),
            groups: groups(findings),
        }
    }
}

fn source_line(line: &Line, findings: &FaultFindings) -> SourceLine {
    let given = findings.given_at(&line.spots).map(Given::word);
    let at = findings.at(&line.spots);
    SourceLine {
        line: line.number,
        text: line.text.clone(),
        outcome: given.or(at.map(|(outcome, _)| outcome.word())),
        heals: at.map(|(_, heals)| heals),
    }
}

/// A state of a file, or how many-th call of its kind.
fn what(place: &Place) -> String {
    let name = place.file.trim_matches(['<', '>']);
    if place.line < 2 { name.to_owned() } else { format!("{name} {}", place.line) }
}

fn groups(findings: &FaultFindings) -> Vec<Group> {
    let effects = findings.places.effects.iter().enumerate();
    effects.map(|(number, effect)| group(number, effect, findings)).collect()
}

fn group(number: usize, effect: &FaultEffect, findings: &FaultFindings) -> Group {
    let of_files = findings.places.with(number).filter(|_| findings.fault == Fault::Files);
    let what = of_files.map(|tried| what(&findings.places.spots[tried.spot].place)).collect();
    let names = effect.names.clone().unwrap_or_default();
    let given = effect.answer.as_ref();
    Group {
        outcome: given.map_or(effect.then.outcome.word(), |answer| answer.kind.word()),
        places: findings.places.numbers_with(number),
        surmised: findings.places.surmised_with(number),
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
