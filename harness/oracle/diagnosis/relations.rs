//! A class of one generation, used on an object of another.

use super::{Cause, Diagnosis, Evidence, a, finding, identity, is_dotted, is_superseded, now};
use crate::trace::{Identity, Referent, Sense, Sighting};
use crate::worker::{Nature, Role};

pub(super) fn relations(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    evidence.seen.iter().filter_map(relation).collect()
}

/// Two generations that a special method has found to have nothing to do with each other.
pub(super) fn meetings(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    evidence.seen.iter().filter(|one| one.role == Role::Meet).find_map(compared).into_iter().collect()
}

/// Calls of a base class's code alone.
pub(super) fn calls(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let calls = evidence.seen.iter().filter(|one| matches!(one.role, Role::UnboundCall | Role::Super));
    calls.filter_map(relation).collect()
}

fn relation(sighting: &Sighting) -> Option<Diagnosis> {
    let cause = match sighting.role {
        Role::Name | Role::Run | Role::Meet | Role::Interpreter | Role::Archive => return None,
        Role::Pickle => return pickled(sighting),
        Role::Compare => return compared(sighting),
        Role::Dispatch | Role::Key => return keyed(sighting),
        Role::UnboundCall => Cause::UnboundBaseCall,
        Role::Super => Cause::TwoArgumentSuper,
        Role::Isinstance | Role::Case => Cause::IsinstanceMisses,
        Role::Except => Cause::ExceptMisses,
    };
    let named = identity(sighting.sense.as_ref()?.is.as_ref())?;
    let (text, on) = sighting.on.as_ref()?;
    let other = other_generation(named, &on.mro)?;
    let is = is_told(on, other);
    let what = if is_dotted(sighting) { "the name " } else { "" };
    let text = format!("{what}{} means {}, but {text} is {is}", sighting.text, named.label);
    Some(finding(cause, sighting, text))
}

/// What is one in a restart, or belongs together there, and here does not: of a plain object there are no
/// generations to be told.
pub(super) fn apart(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let is_same = |one: &Sighting, other: &Sighting| {
        one.role == other.role
            && one.text == other.text
            && one.on.as_ref().map(|(text, _)| text) == other.on.as_ref().map(|(text, _)| text)
            && one.place.function == other.place.function
            && one.place.source == other.place.source
    };
    let holds = |seen: &[Sighting], one: &Sighting, what: bool| {
        let mut all = seen.iter().filter(|other| is_same(one, other)).peekable();
        all.peek().is_some() && all.all(|other| other.holds == Some(what))
    };
    let are_apart = |one: &&Sighting| holds(evidence.seen, one, false) && holds(evidence.restart, one, true);
    let told = |one: &Sighting| {
        let (text, on) = one.on.as_ref()?;
        if one.role == Role::Compare {
            let text = format!("{} and {text} are two objects, where they are one in a restart", one.text);
            return Some(finding(Cause::ComparedGenerations, one, text));
        }
        let class = identity(one.sense.as_ref()?.is.as_ref()).filter(|class| class.label.generation > 1)?;
        let of = if on.nature == Nature::Class { on.is.as_ref() } else { on.class.as_ref() };
        let member = match of? {
            Referent::Known { identity, .. } => identity.label.to_string(),
            Referent::Outside(name) => name.clone(),
        };
        let text = format!(
            "the name {} means {}, with which {member} is not registered, where it is in a restart",
            one.text, class.label
        );
        Some(finding(Cause::IsinstanceMisses, one, text))
    };
    evidence.seen.iter().filter(are_apart).filter_map(told).collect()
}

/// The class of the same name in an MRO that does not have the class itself.
pub(super) fn other_generation<'a>(named: &Identity, mro: &'a [Referent]) -> Option<&'a Identity> {
    let known = || mro.iter().filter_map(|class| identity(Some(class)));
    if known().any(|class| class.token == named.token) {
        return None;
    }
    known().find(|class| class.label.name == named.label.name)
}

/// `a foo.Bar#1, which descends from foo.Foo#1`, or `foo.Bar#1` of a class.
fn is_told(sense: &Sense, ancestor: &Identity) -> String {
    let class = match sense.nature {
        Nature::Class => identity(sense.is.as_ref()),
        _ => identity(sense.class.as_ref()),
    };
    let Some(class) = class else { return format!("one that descends from {}", ancestor.label) };
    let told = if sense.nature == Nature::Class { class.label.to_string() } else { a(class) };
    if class.token == ancestor.token {
        told
    } else {
        format!("{told}, which descends from {}", ancestor.label)
    }
}

/// Pickle looks for the class of an object, or for the object itself, by name (`pickle.save_global`).
fn pickled(sighting: &Sighting) -> Option<Diagnosis> {
    let sense = sighting.sense.as_ref()?;
    if sense.nature == Nature::Method {
        // It is pickled as its object and the name that the method has there.
        let old = identity(sense.class.as_ref().filter(|of| is_superseded(Some(*of))))?;
        let (text, class) = (&sighting.text, &old.label.name);
        let text = format!(
            "{text} is of {}, but pickle goes by the name, and {class} means a later one now",
            a(old)
        );
        return Some(finding(Cause::PickledByName, sighting, text));
    }
    let new = sense.now.as_ref()?;
    let of = if is_superseded(sense.is.as_ref()) { sense.is.as_ref() } else { sense.class.as_ref() };
    let old = identity(of.filter(|of| is_superseded(Some(*of))))?;
    let is = if is_superseded(sense.is.as_ref()) { old.label.to_string() } else { a(old) };
    let text = format!(
        "{} is {is}, but pickle goes by the name, and {} means {} now",
        sighting.text, new.label.name, new.label
    );
    Some(finding(Cause::PickledByName, sighting, text))
}

/// Two classes, two functions or the classes of two instances.
fn compared(sighting: &Sighting) -> Option<Diagnosis> {
    let one = sighting.sense.as_ref()?;
    let (text, other) = sighting.on.as_ref()?;
    let itself =
        |sense: &Sense| identity(sense.is.as_ref()).filter(|_| sense.nature != Nature::Instance).cloned();
    let class =
        |sense: &Sense| identity(sense.class.as_ref()).filter(|_| sense.nature == Nature::Instance).cloned();
    let differ =
        |one: &Identity, other: &Identity| one.label.name == other.label.name && one.token != other.token;
    if let (Some(here), Some(there)) = (itself(one), itself(other))
        && differ(&here, &there)
    {
        let text = format!("{} is {}, but {text} is {}", sighting.text, here.label, there.label);
        return Some(finding(Cause::ComparedGenerations, sighting, text));
    }
    let (here, there) = (class(one)?, class(other)?);
    let text = format!("{} is {}, but {text} is {}", sighting.text, a(&here), a(&there));
    differ(&here, &there).then(|| finding(Cause::ComparedGenerations, sighting, text))
}

/// A registry that knows the class of another generation.
fn keyed(sighting: &Sighting) -> Option<Diagnosis> {
    let known = sighting.sense.as_ref()?;
    let key = identity(known.is.as_ref())?;
    let (text, on) = sighting.on.as_ref()?;
    let is = other_generation(key, &on.mro).map(|other| is_told(on, other))?;
    let which = if is_superseded(known.is.as_ref()) { now(known) } else { String::new() };
    let text = format!("{} knows {}, but {text} is {is}{which}", sighting.text, key.label);
    Some(finding(Cause::RegistryKeyedByClass, sighting, text))
}
