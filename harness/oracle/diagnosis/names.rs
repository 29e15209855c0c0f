//! Names that mean something else than a restart would have them mean.

use super::objects::raised_at;
use super::runs::outlives_its_function;
use super::state::{is_of_the_library, is_same_line};
use super::{Cause, Diagnosis, Evidence, a, finding, identity, is_dotted, is_superseded, names, now};
use crate::oracle::Verdict;
use crate::trace::{Identity, Referent, Sense, Sighting};
use crate::worker::{Executed, Found, Nature, Role};

/// Names that a restart does not find, or finds among the built-in ones.
pub(super) fn deleted(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let in_restart = |one: &Sighting, is_deleted: fn(&Sighting, &Sighting) -> bool| {
        evidence.restart.iter().any(|other| other.text == one.text && is_deleted(one, other))
    };
    // Where nothing was edited, the source defines today what it did: something else has made the name.
    let masked = evidence.verdict == Verdict::Masked && evidence.edited;
    let missing = |one: &Sighting| {
        masked && in_restart(one, |_, other| other.sense.is_none()) && !is_of_the_library(evidence, one)
    };
    let in_the_way = |one: &Sighting| {
        one.found == Found::Global
            && in_restart(one, |one, other| {
                other.found == Found::Builtin && other.place.function == one.place.function
            })
    };
    let gone: Vec<_> = names(evidence).filter(|(one, _)| missing(one) || in_the_way(one)).collect();
    // Of `math.sqrt` and `math` it is `math` that is missing.
    let within = |text: &str, base: &str| text.strip_prefix(base).is_some_and(|rest| rest.starts_with('.'));
    let first = |one: &Sighting| !gone.iter().any(|(base, _)| within(&one.text, &base.text));
    gone.iter()
        .filter(|(one, _)| first(one))
        .map(|(one, sense)| finding(Cause::DeletedName, one, only_here(one, sense, in_the_way(one))))
        .collect()
}

fn only_here(one: &Sighting, sense: &Sense, in_the_way: bool) -> String {
    let (name, label) = (&one.text, identity(sense.is.as_ref()).map(|is| &is.label));
    match label {
        Some(label) if in_the_way => {
            format!("the name {name} means {label}, where a restart finds the built-in one")
        }
        None if in_the_way => {
            format!("the name {name} is in the way of the built-in one, which a restart finds")
        }
        Some(label) => format!("the name {name}, which means {label}, is one that a restart does not have"),
        None => format!("the name {name} is one that a restart does not have"),
    }
}

/// Names that a module lacks and has from another one in a restart: it was executed when that one had none.
pub(super) fn not_copied(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let told = |one: &Sighting| {
        let past = one.past.as_ref().filter(|_| one.role == Role::Name && one.sense.is_none())?;
        let is_lack = raised_at(evidence, one, &["NameError", "AttributeError"]);
        let module = past.module.as_ref().filter(|_| is_lack && past.source == Executed::Today)?;
        let name = one.text.rsplit('.').next()?;
        let there = evidence.restart.iter().find(|other| is_same_line(other, one))?;
        let is = identity(there.sense.as_ref()?.is.as_ref()).filter(|_| there.found == Found::Global)?;
        let origin = past
            .defined_in
            .iter()
            .find(|origin| *origin != module && is.label.name == format!("{origin}.{name}"))?;
        let text = format!("{module} has no {name}, which it has from {origin} in a restart");
        Some(finding(Cause::FromImportAlias, one, text))
    };
    // A reload that raised may have stopped before the line that copies it.
    evidence.seen.iter().filter(|_| evidence.stops.is_empty()).filter_map(told).collect()
}

/// Objects whose class is what its name means, and which a restart does not have.
pub(super) fn of_deleted_classes(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    if evidence.verdict != Verdict::Masked {
        return Vec::new();
    }
    let told = |(one, sense): (&Sighting, &Sense)| {
        let class = identity(sense.class.as_ref()).filter(|_| !is_superseded(sense.class.as_ref()))?;
        let is_one = sense.nature == Nature::Instance && evidence.made_in_restart.lacks(class);
        let text = || format!("{} is {}, a class that a restart does not have", one.text, a(class));
        is_one.then(|| finding(Cause::DeletedName, one, text()))
    };
    names(evidence).find_map(told).into_iter().collect()
}

/// What functions took hold of when they were made.
pub(super) fn closures_and_defaults(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    names(evidence)
        .filter(|(one, _)| is_dotted(one))
        .filter_map(|(one, sense)| {
            if is_kept_itself(evidence, one) {
                return None;
            }
            let (cause, how) = match one.found {
                Found::Free => (Cause::ClosureKeeps, "in the closure"),
                Found::Default => (Cause::DefaultKeeps, "as the default of a parameter"),
                Found::Local | Found::Global | Found::Builtin | Found::Nowhere => return None,
            };
            let is = superseded(sense)?;
            Some(finding(cause, one, format!("{} is {is} {how}{}", one.text, now(sense))))
        })
        .collect()
}

/// Whether a line is in a function that is superseded, and that another line names: whatever that function has
/// in it, it is the function that is kept.
fn is_kept_itself(evidence: &Evidence<'_>, line: &Sighting) -> bool {
    let Some(runs) = identity(line.runs.as_ref()).filter(|_| is_superseded(line.runs.as_ref())) else {
        return false;
    };
    names(evidence).any(|(_, sense)| identity(sense.is.as_ref()).is_some_and(|is| is.token == runs.token))
}

/// Bound methods that were taken out of their objects.
pub(super) fn bound_methods(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    names(evidence)
        .filter(|(one, sense)| sense.nature == Nature::Method && !is_looked_up(evidence, one, sense))
        .filter_map(|(one, sense)| {
            let (function, class) = (identity(sense.is.as_ref())?, identity(sense.class.as_ref())?);
            if !is_old(sense) {
                return None;
            }
            let text = format!("{} is {} bound to {}{}", one.text, function.label, a(class), now(sense));
            Some(finding(Cause::StaleBoundMethod, one, text))
        })
        .collect()
}

/// Whether `b.foo` is found through the class of `b`, and not kept somewhere as it is.
fn is_looked_up(evidence: &Evidence<'_>, method: &Sighting, sense: &Sense) -> bool {
    let Some((base, _)) = method.text.rsplit_once('.') else { return false };
    names(evidence).any(|(one, other)| {
        let is_it = match other.nature {
            Nature::Instance => other.class == sense.class,
            // A method of its metaclass.
            Nature::Class => defines(sense.class.as_ref(), sense.is.as_ref()),
            Nature::Module | Nature::Function | Nature::Method => false,
        };
        one.text == base && one.place == method.place && is_it
    })
}

/// Whether a function has the name of one that is defined in a class.
fn defines(class: Option<&Referent>, function: Option<&Referent>) -> bool {
    let owner = identity(function).and_then(|is| Some(is.label.name.rsplit_once('.')?.0));
    owner.is_some() && owner == identity(class).map(|class| class.label.name.as_str())
}

/// Functions that find themselves where they kept what they are wrapped around.
pub(super) fn wrapped_around_itself(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    names(evidence)
        .filter(|(one, sense)| one.found == Found::Global && sense.nature == Nature::Function)
        .filter_map(|(one, sense)| {
            let (is, runs) = (identity(sense.is.as_ref())?, identity(one.runs.as_ref())?);
            let is_recursive = one.text.rsplit('.').next() == is.label.name.rsplit('.').next();
            if is.token != runs.token || is_recursive || !is_superseded(sense.is.as_ref()) {
                return None;
            }
            let text = format!("{} means {}, the very function that asks for it", one.text, is.label);
            Some(finding(Cause::RegisteredTwice, one, text))
        })
        .collect()
}

/// Superseded classes and functions that are named elsewhere than where they were defined.
pub(super) fn aliases(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let kept = kept(evidence);
    let is_module = |one: &Sighting| one.sense.as_ref().is_some_and(|sense| sense.nature == Nature::Module);
    // What is in a module that is not today's is told by that.
    let is_inside = |one: &Sighting| {
        let within = |base: &Sighting| {
            one.text.strip_prefix(base.text.as_str()).is_some_and(|rest| rest.starts_with('.'))
        };
        kept.iter().any(|(base, _)| is_module(base) && base.place == one.place && within(base))
    };
    let told = kept.iter().filter(|(one, _)| is_dotted(one) && !is_inside(one));
    told.map(|(_, told)| told.clone()).collect()
}

/// Superseded classes and functions that are in a container.
pub(super) fn kept_items(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    kept(evidence).into_iter().filter_map(|(one, told)| (!is_dotted(one)).then_some(told)).collect()
}

fn kept<'a>(evidence: &Evidence<'a>) -> Vec<(&'a Sighting, Diagnosis)> {
    names(evidence)
        .filter(|(one, sense)| {
            matches!(sense.nature, Nature::Class | Nature::Function | Nature::Module)
                && matches!(one.found, Found::Global | Found::Local)
                && !one.text.contains(".__")
                && !(one.found == Found::Local && is_of_an_instance(evidence, sense))
        })
        .filter_map(|(one, sense)| {
            let is = identity(sense.is.as_ref()).filter(|_| is_superseded(sense.is.as_ref()))?;
            let base = one.text.rsplit_once('.').and_then(|(base, _)| instance(evidence, one, base));
            // A static method is found through the class, as a method is.
            if let Some((object, class)) = base.zip(base.and_then(|(_, base)| identity(base.class.as_ref())))
                && is_superseded(object.1.class.as_ref())
                && defining(is, &object.1.mro).is_some()
            {
                let object = &object.0.text;
                let text =
                    format!("{object} is {}, so {} runs {}{}", a(class), one.text, is.label, now(sense));
                return Some((one, finding(Cause::OldInstance, one, text)));
            }
            let is_kept = one.found == Found::Local
                || base.is_some()
                || !evidence.imported.has(&one.place.file, &one.text);
            let cause = if is_kept || sense.nature == Nature::Module {
                Cause::KeptReference
            } else {
                Cause::FromImportAlias
            };
            Some((one, finding(cause, one, format!("{} is still {}{}", one.text, is.label, now(sense)))))
        })
        .collect()
}

/// Whether a class is one of those that an instance has, which the step names: a loop over its MRO has them all.
fn is_of_an_instance(evidence: &Evidence<'_>, class: &Sense) -> bool {
    let token = identity(class.is.as_ref()).map(|is| is.token);
    let has_it =
        |sense: &Sense| sense.mro.iter().any(|one| identity(Some(one)).map(|one| one.token) == token);
    names(evidence)
        .any(|(one, sense)| sense.nature == Nature::Instance && !is_made_here(one, sense) && has_it(sense))
}

/// An instance that a line names.
fn instance<'a>(evidence: &Evidence<'a>, line: &Sighting, text: &str) -> Option<(&'a Sighting, &'a Sense)> {
    let is_it = |one: &Sighting| one.text == text && one.place == line.place;
    names(evidence).find(|(one, sense)| sense.nature == Nature::Instance && is_it(one))
}

/// The class in an MRO that a function is defined in, as its name says.
fn defining<'a>(function: &Identity, mro: &'a [Referent]) -> Option<&'a Identity> {
    let (class, _) = function.label.name.rsplit_once('.')?;
    mro.iter().filter_map(|one| identity(Some(one))).find(|one| one.label.name == class)
}

/// Whether a bound method is of a superseded class, or its function is: of a base of the class, or of
/// the class that its object had before it was moved.
fn is_old(method: &Sense) -> bool {
    is_superseded(method.class.as_ref()) || is_superseded(method.is.as_ref())
}

/// What old code found among new globals, and then by which instances it came to run.
pub(super) fn old_code_and_instances(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let ran = |function: &Identity| {
        let runs =
            |one: &Sighting| identity(one.runs.as_ref()).is_some_and(|runs| runs.token == function.token);
        evidence.seen.iter().any(runs)
    };
    let mut found = old_code(evidence);
    // Where nothing was edited the old code is today's.
    let methods = old_methods(evidence).filter(|_| evidence.edited);
    found.extend(methods.filter(|(function, _)| ran(function)).map(|(_, told)| told));
    found
}

/// Methods of superseded classes that were looked up, each with its function. Where the class of the object is
/// today's, it is that which holds something old: a base, or a function that was put into it.
pub(super) fn old_methods<'a>(evidence: &Evidence<'a>) -> impl Iterator<Item = (&'a Identity, Diagnosis)> {
    names(evidence).filter(|(_, sense)| sense.nature == Nature::Method && is_old(sense)).filter_map(
        |(one, sense)| {
            let (function, class) = (identity(sense.is.as_ref())?, identity(sense.class.as_ref())?);
            let (object, _) = one.text.rsplit_once('.')?;
            let (is, runs) = (a(class), format!("{} runs {}{}", one.text, function.label, now(sense)));
            if is_superseded(sense.class.as_ref()) {
                let text = format!("{object} is {is}, so {runs}");
                return Some((function, finding(Cause::OldInstance, one, text)));
            }
            let mro = instance(evidence, one, object).map_or(&sense.mro, |(_, object)| &object.mro);
            let text = match defining(function, mro) {
                Some(base) => format!("{object} is {is}, which descends from {}, so {runs}", base.label),
                None => format!("{object} is {is}, which holds {}, so {runs}", function.label),
            };
            Some((function, finding(Cause::KeptReference, one, text)))
        },
    )
}

/// Superseded functions that ran on globals that are not.
fn old_code(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    if evidence.verdict == Verdict::Stale {
        return Vec::new();
    }
    names(evidence)
        // What the import system sets, such as `__name__`, is none of the reload's.
        .filter(|(one, _)| !one.text.starts_with("__") && is_dotted(one))
        .filter(|(one, _)| one.found == Found::Global)
        .filter_map(|(one, sense)| {
            let runs = match identity(one.runs.as_ref()).filter(|_| is_superseded(one.runs.as_ref())) {
                Some(runs) => runs.label.to_string(),
                None if outlives_its_function(evidence, one.code) => {
                    format!("{} of {}", one.place.function, one.place.file)
                }
                None => return None,
            };
            let means = match (identity(sense.is.as_ref()), &sense.plain) {
                (Some(is), _) if is.label.generation > 1 && !is_superseded(sense.is.as_ref()) => {
                    is.label.to_string()
                }
                (None, Some(plain)) if is_of_today(evidence, one) => plain.clone(),
                _ => return None,
            };
            let text = format!(
                "{runs} is code from before the reload, and the name {} in it means {means}, from after it",
                one.text
            );
            Some(finding(Cause::OldCodeNewGlobals, one, text))
        })
        .collect()
}

/// Whether a plain value is the one that a restart finds under its name: else it may be of before the reload.
fn is_of_today(evidence: &Evidence<'_>, one: &Sighting) -> bool {
    let plain = |one: &Sighting| one.sense.as_ref().and_then(|sense| sense.plain.clone());
    let mut there = evidence
        .restart
        .iter()
        .filter(|other| other.text == one.text && other.place.file == one.place.file)
        .peekable();
    there.peek().is_none() || there.any(|other| plain(other) == plain(one))
}

/// Whether an expression is an instance that the line itself makes: it is its class that is old, and kept.
pub(super) fn is_made_here(one: &Sighting, sense: &Sense) -> bool {
    sense.nature == Nature::Instance && one.text.ends_with(')')
}

/// `foo.Bar#1`, or `a foo.Bar#1`, of what is superseded.
fn superseded(sense: &Sense) -> Option<String> {
    if is_superseded(sense.is.as_ref()) {
        return identity(sense.is.as_ref()).map(|identity| identity.label.to_string());
    }
    identity(sense.class.as_ref().filter(|class| is_superseded(Some(class)))).map(a)
}
