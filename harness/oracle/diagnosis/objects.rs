//! What an old object, or one below an old class, is to a line of which nothing more is known.

use super::names::{is_made_here, old_methods};
use super::relations::other_generation;
use super::{Cause, Diagnosis, Evidence, a, finding, identity, is_superseded, names, now};
use crate::oracle::Verdict;
use crate::trace::{Identity, Sense, Sighting};
use crate::worker::Nature;

/// Instances of superseded classes whose methods were looked up: a line that names nothing leaves no
/// evidence that it ran. That an old object is at hand is only a cause of the old source's answer, or where
/// a class of its family is named beside it and is another, or where the line raised that it lacks something.
pub(super) fn old_objects(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let method = old_methods(evidence).map(|(_, told)| told).next();
    let object = || {
        let is_at_hand =
            |one: &Sighting, sense: &Sense| sense.nature == Nature::Instance && !is_made_here(one, sense);
        names(evidence).filter(|(one, sense)| is_at_hand(one, sense)).find_map(|(one, sense)| {
            let class = identity(sense.class.as_ref()).filter(|_| is_superseded(sense.class.as_ref()))?;
            let matters = evidence.verdict == Verdict::Stale
                || raised(evidence, one)
                || names(evidence).any(|beside| is_beside(one, sense, beside));
            let told =
                || finding(Cause::OldInstance, one, format!("{} is {}{}", one.text, a(class), now(sense)));
            matters.then(told)
        })
    };
    method.or_else(object).into_iter().collect()
}

/// Whether a line names a class of an object's family that is of another generation.
fn is_beside(one: &Sighting, sense: &Sense, (other, named): (&Sighting, &Sense)) -> bool {
    let class = identity(named.is.as_ref()).filter(|_| named.nature == Nature::Class);
    other.place == one.place && class.is_some_and(|class| other_generation(class, &sense.mro).is_some())
}

/// Classes that are today's and have a superseded one among their bases, and their instances: they give the
/// answer of the old source, or go on where a restart would not.
pub(super) fn heirs(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let heir = |(one, sense): (&Sighting, &Sense)| {
        let (class, is) = match sense.nature {
            Nature::Class => (identity(sense.is.as_ref())?, identity(sense.is.as_ref())?.label.to_string()),
            Nature::Instance => (identity(sense.class.as_ref())?, a(identity(sense.class.as_ref())?)),
            Nature::Module | Nature::Function | Nature::Method => return None,
        };
        let base = superseded_base(class, sense)?;
        let matters = matches!(evidence.verdict, Verdict::Stale | Verdict::Masked) || raised(evidence, one);
        let text = format!("{} is {is}, which descends from {}{}", one.text, base.label, now(sense));
        matters.then(|| finding(Cause::KeptReference, one, text))
    };
    names(evidence).find_map(heir).into_iter().collect()
}

/// The first superseded class in the MRO of one that is not.
fn superseded_base<'a>(class: &Identity, sense: &'a Sense) -> Option<&'a Identity> {
    let itself = sense.mro.iter().find(|one| identity(Some(one)).is_some_and(|one| one.token == class.token));
    if itself.is_none() || is_superseded(itself) {
        return None;
    }
    sense.mro.iter().filter(|one| is_superseded(Some(one))).find_map(|one| identity(Some(one)))
}

/// Whether it was on this line that the step raised that an object lacks something.
fn raised(evidence: &Evidence<'_>, line: &Sighting) -> bool {
    evidence.verdict == Verdict::Broken && raised_at(evidence, line, &["AttributeError", "TypeError"])
}

/// Whether it was on this line that the step raised one of some exceptions.
pub(super) fn raised_at(evidence: &Evidence<'_>, line: &Sighting, names: &[&str]) -> bool {
    let Some(raised) = evidence.raised else { return false };
    let last = raised.frames.last();
    names.contains(&raised.name.as_str())
        && last.is_none_or(|last| (&last.file, last.line) == (&line.place.file, line.place.line))
}
