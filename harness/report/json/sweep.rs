//! A sweep as an event.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::python::Interpreter;
use crate::sweep::{Effect, Findings, Line, Listing, Outcome, Places, Unfinished};

/// What a fault at every place of a run does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sweep {
    /// `group/name`, or the command line of the program.
    subject: String,
    /// The tag of the interpreter.
    python: String,
    /// The modules that were reloaded, in this order.
    modules: Vec<String>,
    #[serde(flatten)]
    counts: Counts,
    /// The source that has places, in reading order.
    sources: Vec<Source<SourceLine>>,
    /// Equal effects, the worst first.
    groups: Vec<Group>,
}

/// How many places there are of what kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    /// How many places the run, or the reload, has.
    places: usize,
    /// How many branches were played; places that were not tried lie between two that were and do the same.
    branches: usize,
    /// Places that were passed over because other threads, processes or interpreters of the run were there.
    threaded: usize,
    /// How many places have each outcome, those that none has left out.
    outcomes: BTreeMap<&'static str, usize>,
    /// Why the sweep did not come to its end: `budget`, `time` or `interrupted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished: Option<&'static str>,
}

/// A file, or a part of the transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Source<L> {
    /// The file; none for a part of the transcript.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    lines: Vec<L>,
}

/// A line of it, and how many of its places have each outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct SourceLine {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    text: String,
    outcomes: BTreeMap<&'static str, usize>,
}

/// Places at which a fault does the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Group {
    outcome: &'static str,
    /// The numbers of the places, in the order in which the run comes to them.
    places: Vec<usize>,
    /// How many of them were not tried and may do something else, which is as bad.
    #[serde(skip_serializing_if = "is_none")]
    surmised: usize,
    /// The steps that differ.
    differences: Vec<Differing>,
}

/// A step that does not do what it should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Differing {
    /// From 0, as in `run-finished`; none for the reload itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<usize>,
    outcome: &'static str,
    given: Vec<String>,
    expected: Vec<String>,
}

impl Sweep {
    /// The findings of a subject on an interpreter.
    pub fn new(subject: &str, interpreter: &Interpreter, findings: &Findings) -> Self {
        Self {
            subject: subject.to_owned(),
            python: interpreter.tag.to_string(),
            modules: findings.modules.clone(),
            counts: Counts::of(&findings.places, words(findings.counts())),
            sources: sources(&findings.places, |line| SourceLine {
                line: line.number,
                text: line.text.clone(),
                outcomes: words(findings.at(&line.spots)),
            }),
            groups: groups(&findings.places),
        }
    }
}

impl Counts {
    pub(super) fn of<E>(places: &Places<E>, outcomes: BTreeMap<&'static str, usize>) -> Self {
        Self {
            places: places.met,
            branches: places.branches,
            threaded: places.threaded,
            outcomes,
            unfinished: places.unfinished.map(unfinished),
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
pub(super) fn is_none(count: &usize) -> bool {
    *count == 0
}

fn words(counts: BTreeMap<Outcome, usize>) -> BTreeMap<&'static str, usize> {
    counts.into_iter().map(|(outcome, count)| (outcome.word(), count)).collect()
}

/// The source that has places, with what is told of each line.
pub(super) fn sources<E, L>(places: &Places<E>, told: impl Fn(&Line) -> L) -> Vec<Source<L>> {
    let source = |listing: &Listing| {
        let file = listing.title.strip_prefix("edit ").unwrap_or(&listing.title);
        Source {
            file: (!file.is_empty()).then(|| file.to_owned()),
            lines: listing.lines.iter().map(&told).collect(),
        }
    };
    places.listings.iter().map(source).collect()
}

fn groups(places: &Places<Effect>) -> Vec<Group> {
    let group = |(number, effect): (usize, &Effect)| Group {
        outcome: effect.outcome.word(),
        places: places.numbers_with(number),
        surmised: places.surmised_with(number),
        differences: differing(effect),
    };
    places.effects.iter().enumerate().map(group).collect()
}

/// The steps that differ.
pub(super) fn differing(effect: &Effect) -> Vec<Differing> {
    let differences = effect.differences.iter().map(|difference| Differing {
        step: difference.step,
        outcome: difference.outcome.word(),
        given: difference.given.clone(),
        expected: difference.expected.clone(),
    });
    differences.collect()
}

/// The word for why a sweep did not come to its end.
fn unfinished(why: Unfinished) -> &'static str {
    match why {
        Unfinished::Budget => "budget",
        Unfinished::Time => "time",
        Unfinished::Interrupted => "interrupted",
    }
}
