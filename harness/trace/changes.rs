//! What one step changed, from the state before it and after.

use std::collections::{BTreeMap, BTreeSet};

use crate::trace::state::State;
use crate::trace::{Changes, Moved, New, Reclassed, Relinearized, Superseded};
use crate::worker::{Event, Kind, Reference, Scope, Token};

/// What is remembered of the state before a step.
pub(crate) struct Before {
    superseded: BTreeSet<Token>,
    classes: BTreeMap<Token, Option<Reference>>,
}

impl Before {
    pub(crate) fn remember(state: &State, event: &Event) -> Self {
        let classes = event
            .reclassed
            .keys()
            .map(|token| (*token, state.object(*token).and_then(|object| object.class.clone())))
            .collect();
        Self { superseded: state.superseded(), classes }
    }
}

/// Tells what a step changed; `meant` is what each bound name of the event meant before.
pub(crate) fn changes(state: &State, event: &Event, before: &Before, meant: &[Option<Token>]) -> Changes {
    let rebound: Vec<Rebound<'_>> = event
        .bound
        .iter()
        .zip(meant)
        .map(|(binding, from)| Rebound {
            scope: binding.scope,
            name: &binding.name,
            from: *from,
            to: state.meaning(binding.scope, &binding.name),
            other: binding.other,
        })
        .filter(|rebound| rebound.from != rebound.to)
        .collect();
    Changes {
        made: made(state, event, &rebound),
        moved: moved(state, &rebound),
        reclassed: reclassed(state, event, before),
        relinearized: event
            .relinearized
            .iter()
            .filter_map(|(token, mro)| {
                Some(Relinearized {
                    class: state.identity(*token)?.clone(),
                    mro: mro.iter().map(|base| state.referent(base)).collect(),
                })
            })
            .collect(),
        superseded: superseded(state, event, before),
        freed: event.freed.iter().filter_map(|token| state.identity(*token).cloned()).collect(),
    }
}

/// A name whose meaning changed.
struct Rebound<'a> {
    scope: Scope,
    name: &'a str,
    from: Option<Token>,
    to: Option<Token>,
    other: bool,
}

fn made(state: &State, event: &Event, rebound: &[Rebound<'_>]) -> Vec<New> {
    let named: BTreeSet<Token> = rebound.iter().filter_map(|rebound| rebound.to).collect();
    let classes: BTreeSet<&str> =
        event.made.iter().filter(|made| made.kind == Kind::Class).map(|made| made.name.as_str()).collect();
    let mut made: Vec<New> = event
        .made
        .iter()
        .filter_map(|made| {
            let object = state.object(made.token)?;
            let nested = owners_of(&made.name).any(|owner| classes.contains(owner));
            Some(New {
                identity: object.identity.clone(),
                class: made.class.as_ref().map(|class| state.referent(class)),
                mro: made.mro.iter().map(|base| state.referent(base)).collect(),
                plain: object.plain,
                alone: !object.plain && !nested && !named.contains(&made.token),
                superseded: state.is_superseded(made.token),
            })
        })
        .collect();
    made.sort_by_key(|new| new.identity.token);
    made
}

fn moved(state: &State, rebound: &[Rebound<'_>]) -> Vec<Moved> {
    let plain =
        |token: Option<Token>| token.and_then(|token| state.object(token)).is_none_or(|object| object.plain);
    let identity = |token: Option<Token>| token.and_then(|token| state.identity(token)).cloned();
    let mut moved: Vec<Moved> = rebound
        .iter()
        .filter(|one| !(plain(one.from) && plain(one.to) || is_part(state, one, rebound)))
        .map(|one| Moved {
            scope: one.scope,
            name: one.name.to_owned(),
            from: identity(one.from),
            to: identity(one.to),
            other: one.other,
            held_superseded: one
                .to
                .is_some_and(|to| state.is_superseded(to) || state.superseded_class(to).is_some()),
            split: one.scope == Scope::Modules
                && state.meaning(Scope::Prompt, one.name).is_some_and(|there| Some(there) != one.to),
        })
        .collect();
    moved.sort_by_key(|moved| moved.scope);
    moved
}

/// Whether a name changed only because something that holds it did: it stands in a class that is
/// itself another now, or is gone together with its class or module.
fn is_part(state: &State, one: &Rebound<'_>, rebound: &[Rebound<'_>]) -> bool {
    if one.scope != Scope::Attributes {
        return false;
    }
    let is_class = |token: Option<Token>| {
        token.and_then(|token| state.identity(token)).is_some_and(|identity| identity.kind == Kind::Class)
    };
    let holds = |owner: &str, other: &Rebound<'_>| match other.scope {
        Scope::Modules | Scope::Attributes => other.name == owner,
        Scope::Prompt => owner.strip_prefix("__main__.") == Some(other.name),
    };
    owners_of(one.name).any(|owner| {
        rebound.iter().filter(|other| holds(owner, other)).any(|other| {
            is_class(other.to) || one.to.is_none() && (other.to.is_none() || is_class(other.from))
        })
    })
}

/// `foo.Bar` and `foo` for `foo.Bar.run`.
fn owners_of(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('.').map(|(at, _)| &path[..at])
}

fn reclassed(state: &State, event: &Event, before: &Before) -> Vec<Reclassed> {
    let prompt = state.prompt();
    event
        .reclassed
        .iter()
        .filter_map(|(token, class)| {
            let from = before.classes.get(token).cloned().flatten();
            let instance = state.identity(*token)?.clone();
            let names = || prompt.iter().filter(|(_, meant)| meant == token).map(|(name, _)| *name);
            let own = names().find(|name| instance.label.is_of(name));
            Some(Reclassed {
                name: own.or_else(|| names().next()).map(str::to_owned),
                instance,
                from: from.as_ref().map(|class| state.referent(class)),
                to: state.referent(class),
            })
        })
        .collect()
}

/// What the prompt holds of what became superseded. What was made in this very step says so where
/// it is first told of.
fn superseded(state: &State, event: &Event, before: &Before) -> Vec<Superseded> {
    let made: BTreeSet<Token> = event.made.iter().map(|made| made.token).collect();
    state
        .prompt()
        .into_iter()
        .filter(|(_, token)| !made.contains(token) && !before.superseded.contains(token))
        .filter_map(|(name, token)| {
            let what = if state.is_superseded(token) { token } else { state.superseded_class(token)? };
            Some(Superseded {
                name: name.to_owned(),
                holder: state.identity(token)?.clone(),
                what: state.identity(what)?.clone(),
            })
        })
        .collect()
}
