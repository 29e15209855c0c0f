//! A sweep as an event.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::python::Interpreter;
use crate::sweep::{Effect, Findings, Listing, Outcome, Unfinished};

/// What a fault at every place of a run does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sweep {
    /// `group/name`, or the command line of the program.
    subject: String,
    /// The tag of the interpreter.
    python: String,
    /// The modules that were reloaded, in this order.
    modules: Vec<String>,
    /// How many places the run has.
    places: usize,
    /// How many branches were played; those that were not tried cannot be told apart from one that was.
    branches: usize,
    /// Places that were passed over because other threads, processes or interpreters of the run were there.
    threaded: usize,
    /// How many places have each outcome, those that none has left out.
    outcomes: BTreeMap<&'static str, usize>,
    /// Why the sweep did not come to its end: `budget`, `time` or `interrupted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished: Option<&'static str>,
    /// The source that has places, in reading order.
    sources: Vec<Source>,
    /// Equal effects, the worst first.
    groups: Vec<Group>,
}

/// A file, or a part of the transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Source {
    /// The file; none for a part of the transcript.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    lines: Vec<SourceLine>,
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
            places: findings.places,
            branches: findings.branches,
            threaded: findings.threaded,
            outcomes: words(findings.counts()),
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

fn words(counts: BTreeMap<Outcome, usize>) -> BTreeMap<&'static str, usize> {
    counts.into_iter().map(|(outcome, count)| (outcome.word(), count)).collect()
}

fn source(listing: &Listing, findings: &Findings) -> Source {
    let lines = listing.lines.iter().map(|line| SourceLine {
        line: line.number,
        text: line.text.clone(),
        outcomes: line.spot.map(|spot| words(findings.at(spot))).unwrap_or_default(),
    });
    let file = listing.title.strip_prefix("edit ").unwrap_or(&listing.title);
    Source { file: (!file.is_empty()).then(|| file.to_owned()), lines: lines.collect() }
}

fn group(at: usize, effect: &Effect, findings: &Findings) -> Group {
    let mut places: Vec<usize> = findings
        .tried
        .iter()
        .filter(|tried| tried.effect == at)
        .flat_map(|tried| tried.places.clone())
        .collect();
    places.sort_unstable();
    Group { outcome: effect.outcome.word(), places, differences: differing(effect) }
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
pub(super) fn unfinished(why: Unfinished) -> &'static str {
    match why {
        Unfinished::Budget => "budget",
        Unfinished::Time => "time",
        Unfinished::Interrupted => "interrupted",
    }
}
