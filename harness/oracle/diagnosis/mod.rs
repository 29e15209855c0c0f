//! Tells why: from what the names on the lines that ran meant, never from the text of a message.
//!
//! A rule is a pure function from what was seen to a finding. Where none has one, nothing is said.

mod cause;
mod copies;
mod importers;
mod names;
mod objects;
mod relations;
mod runs;
mod state;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;

use std::collections::BTreeMap;

pub use cause::Cause;

use crate::oracle::Verdict;
use crate::oracle::imported::Imported;
use crate::trace::{Identity, Label, Place, Raised, Referent, Sense, Sighting};
use crate::worker::{Nature, Role};

/// How many causes are told of one step.
const MOST: usize = 2;

/// A cause, and how it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// Which one.
    pub cause: Cause,
    /// The line on which it shows; none where it shows on no line.
    pub place: Option<Place>,
    /// What is the matter, a sentence without its full stop.
    pub text: String,
}

/// What is known of a step that is not the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence<'a> {
    pub(crate) verdict: Verdict,
    /// What it raised.
    pub(crate) raised: Option<&'a Raised>,
    /// Whether any source was edited before it.
    pub(crate) edited: bool,
    /// Whether it reloads something.
    pub(crate) reloads: bool,
    /// What lines meant in earlier steps that differ from a restart, none of which came before a reload.
    pub(crate) earlier: &'a [Vec<Sighting>],
    /// What the lines of the step meant.
    pub(crate) seen: &'a [Sighting],
    /// The same in a restart.
    pub(crate) restart: &'a [Sighting],
    /// Where reloads raised, of the sources that are still today's.
    pub(crate) stops: &'a [Place],
    /// What there is of whatever has an identity, in the run.
    pub(crate) made: &'a Made,
    /// The same in a restart.
    pub(crate) made_in_restart: &'a Made,
    /// Which names the scenario imports.
    pub(crate) imported: &'a Imported,
}

/// The names that classes, functions and modules of the scenario's were given, each with its newest generation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made(BTreeMap<String, u32>);

impl Made {
    pub(crate) fn of<'a>(identities: impl Iterator<Item = &'a Identity>) -> Self {
        let mut newest = BTreeMap::new();
        for Label { name, generation } in identities.map(|identity| &identity.label) {
            let known = newest.entry(name.clone()).or_default();
            *known = (*generation).max(*known);
        }
        Self(newest)
    }

    /// Whether something was made under the name of an identity.
    fn has(&self, identity: &Identity) -> bool {
        self.0.contains_key(&identity.label.name)
    }

    /// Whether something was made under the name of what an identity is in, and nothing under its own.
    fn lacks(&self, identity: &Identity) -> bool {
        let name = &identity.label.name;
        let owner = name.rsplit_once('.').map(|(owner, _)| owner);
        owner.is_some_and(|owner| self.0.contains_key(owner)) && !self.0.contains_key(name)
    }

    /// A newer generation than that of an identity.
    fn newer(&self, identity: &Identity) -> Option<Label> {
        let Label { name, generation } = &identity.label;
        let newest = self.0.get(name).filter(|newest| *newest > generation)?;
        Some(Label { name: name.clone(), generation: *newest })
    }
}

/// A rule finds what it knows of.
type Rule = fn(&Evidence<'_>) -> Vec<Diagnosis>;

/// The rules, the ones that prove most first.
const RULES: &[Rule] = &[
    relations::relations,
    relations::meetings,
    names::deleted,
    names::of_deleted_classes,
    runs::deleted,
    importers::goes_by_an_old_table,
    names::not_copied,
    state::unfinished,
    state::registered_twice,
    state::both_generations,
    names::wrapped_around_itself,
    names::closures_and_defaults,
    names::bound_methods,
    runs::called_twice,
    runs::not_executed,
    runs::of_another_file,
    names::aliases,
    copies::copies,
    copies::not_executed,
    copies::formers,
    names::old_code_and_instances,
    names::kept_items,
    relations::apart,
    state::reset,
    state::remade,
    state::missing,
    state::old_data,
    objects::old_objects,
    objects::heirs,
    runs::made_by_functions,
    runs::kept,
    runs::stopped,
    importers::in_another_interpreter,
];

/// Diagnoses one step.
pub(crate) fn diagnose(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let mut found: Vec<Diagnosis> = Vec::new();
    // Of a step that is the same only this is of interest: it crosses generations and is so by chance.
    let rules = if evidence.verdict == Verdict::Same { &[relations::calls as Rule][..] } else { RULES };
    for rule in rules {
        for diagnosis in rule(evidence) {
            let told = found.iter().any(|one| one.cause == diagnosis.cause && one.text == diagnosis.text);
            if !told && found.len() < MOST {
                found.push(diagnosis);
            }
        }
        // What is less certain only counts where nothing is more so.
        if !found.is_empty() {
            break;
        }
    }
    found
}

/// The names that were read and meant something.
fn names<'a>(evidence: &Evidence<'a>) -> impl Iterator<Item = (&'a Sighting, &'a Sense)> {
    evidence
        .seen
        .iter()
        .filter(|one| one.role == Role::Name)
        .filter_map(|one| Some((one, one.sense.as_ref()?)))
}

/// Whether an expression is a name, and no item or call.
fn is_dotted(one: &Sighting) -> bool {
    !one.text.contains(['[', '('])
}

fn finding(cause: Cause, sighting: &Sighting, text: String) -> Diagnosis {
    Diagnosis { cause, place: Some(sighting.place.clone()), text }
}

/// The identity of an object that has one.
fn identity(referent: Option<&Referent>) -> Option<&Identity> {
    match referent? {
        Referent::Known { identity, .. } => Some(identity),
        Referent::Outside(_) => None,
    }
}

fn is_superseded(referent: Option<&Referent>) -> bool {
    matches!(referent, Some(Referent::Known { superseded: true, .. }))
}

/// `a foo.Bar#1`
fn a(identity: &Identity) -> String {
    let label = identity.label.to_string();
    let article =
        if label.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    format!("{article} {label}")
}

/// `, and foo.Bar means foo.Bar#2 now`
fn now(sense: &Sense) -> String {
    let told = |now: &Identity| match (sense.nature, &now.label) {
        (Nature::Module, label) => format!("; sys.modules['{}'] is {label} now", label.name),
        (_, label) => format!("; {} means {label} now", label.name),
    };
    sense.now.as_ref().map(told).unwrap_or_default()
}
