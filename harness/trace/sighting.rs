//! What an expression meant while a line ran, in identities.

use crate::trace::normalize::{Context, normalize};
use crate::trace::sources::Source;
use crate::trace::state::State;
use crate::trace::visible::visible;
use crate::trace::{Identity, Place, Referent};
use crate::worker::{Found, Meaning, Nature, Past, Reference, Role, Unfinished, Use};

/// One expression of a line that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The line.
    pub place: Place,
    /// The function whose code it is, where it has an identity.
    pub runs: Option<Referent>,
    /// How the line uses the expression.
    pub role: Role,
    /// The expression.
    pub text: String,
    /// Where its first name was found.
    pub found: Found,
    /// What it means; nothing, where some name in it means nothing.
    pub sense: Option<Sense>,
    /// The expression that it is used on, and what that means.
    pub on: Option<(String, Sense)>,
    /// Whether the two are one object, or belong together by a registry; nothing where neither is asked.
    pub holds: Option<bool>,
    /// Whether an instance has the last name itself, and not from its class.
    pub own: bool,
    /// The `id()` of the code that runs.
    pub code: u64,
    /// Of a function that runs: which source its code is of.
    pub written: Written,
    /// What the reloads before had to do with what it means.
    pub past: Option<Past>,
}

/// Which source code is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// What its file holds today.
    Today,
    /// What its file held before it was changed.
    Before,
    /// Another than its file held when it was made: of bytecode, or of another file.
    Elsewhere,
    /// One that is not there any more, and today's has none of its name.
    Gone,
}

/// What an expression means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sense {
    /// What kind of thing.
    pub nature: Nature,
    /// Which object, where it has an identity. Of a bound method its function.
    pub is: Option<Referent>,
    /// The class of an instance; of a bound method, the class of its `__self__`.
    pub class: Option<Referent>,
    /// The MRO of that class, or of the class that it is.
    pub mro: Vec<Referent>,
    /// Where the object is superseded, or else its class, or one that this descends from: what its name
    /// means now.
    pub now: Option<Identity>,
    /// The `repr()` of a plain value.
    pub plain: Option<String>,
    /// How many elements a built-in container has.
    pub size: Option<u64>,
}

/// Puts a use into identities.
pub(crate) fn sighting(
    source: Source<'_>,
    state: &State,
    step: usize,
    used: &Use,
    context: &Context<'_>,
) -> Sighting {
    Sighting {
        place: source.place(state, step, &used.frame, context),
        runs: state.running(&used.frame),
        role: used.role,
        text: visible(used.text.as_bytes()),
        found: used.found,
        sense: match used.role {
            Role::Run => Some(function(state, state.running(&used.frame))),
            _ => used.meaning.as_ref().map(|meaning| sense(state, meaning, context)),
        },
        on: used.on.as_ref().map(|on| (visible(on.text.as_bytes()), sense(state, &on.meaning, context))),
        holds: used.holds,
        own: used.own,
        code: used.frame.code,
        written: match used.outdated {
            false => Written::Today,
            true if used.gone => Written::Gone,
            true if source.has_changed(state, step, &used.frame) => Written::Before,
            true => Written::Elsewhere,
        },
        past: used.past.clone().map(|past| as_in_every_worker(past, context)),
    }
}

/// A path of the workspace is another one in each worker, and no difference.
fn as_in_every_worker(past: Past, context: &Context<'_>) -> Past {
    let normal = |text: String| normalize(&visible(text.as_bytes()), context);
    let unfinished = past.unfinished.map(|it| Unfinished { plain: it.plain.map(normal), ..it });
    Past { now: past.now.map(normal), unfinished, ..past }
}

fn function(state: &State, is: Option<Referent>) -> Sense {
    let token = match &is {
        Some(Referent::Known { identity, .. }) => Some(identity.token),
        _ => None,
    };
    Sense {
        nature: Nature::Function,
        now: token.and_then(|token| state.successor(token)),
        is,
        class: None,
        mro: Vec::new(),
        plain: None,
        size: None,
    }
}

fn sense(state: &State, meaning: &Meaning, context: &Context<'_>) -> Sense {
    let class = match meaning.class {
        Some(Reference::Token(token)) => Some(token),
        _ => None,
    };
    let bases = meaning.mro.iter().map(|class| match class {
        Reference::Token(token) => Some(*token),
        Reference::Name(_) => None,
    });
    let tokens = [meaning.token, class].into_iter().chain(bases).flatten();
    Sense {
        nature: meaning.nature,
        now: tokens.into_iter().find_map(|token| state.successor(token)),
        is: meaning.token.and_then(|token| state.known(token)),
        class: meaning.class.as_ref().map(|class| state.referent(class)),
        mro: meaning.mro.iter().map(|class| state.referent(class)).collect(),
        // A path of the workspace is another one in each worker, and no difference.
        plain: meaning.plain.as_ref().map(|text| normalize(&visible(text.as_bytes()), context)),
        size: meaning.size,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::trace::made_up::surroundings;
    use crate::trace::normalize::TextKind;

    #[test]
    fn a_path_of_the_workspace_is_the_same_in_every_worker() {
        let (surroundings, owners) = (surroundings(), HashMap::new());
        let context = Context { surroundings: &surroundings, owners: &owners, kind: TextKind::Printed };
        let meaning = Meaning {
            nature: Nature::Instance,
            token: None,
            class: None,
            mro: Vec::new(),
            plain: Some("'/tmp/w1/plugins'".to_owned()),
            size: None,
        };
        let plain = sense(&State::default(), &meaning, &context).plain;
        assert_eq!(plain.as_deref(), Some("'plugins'"));
    }
}
