//! What still held superseded objects when a run was over, in identities.

use crate::trace::Identity;
use crate::trace::normalize::{Context, normalize};
use crate::trace::state::State;
use crate::trace::visible::visible;
use crate::worker::{Hold, Play};

/// Something that still holds a superseded object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What is held: a superseded class, function or module.
    pub what: Identity,
    /// What it is to its holder.
    pub how: Hold,
    /// The shortest path to it, or to the instance; visible and normalized.
    pub path: String,
    /// The instance, where it has an identity.
    pub holder: Option<Identity>,
    /// How many others there are in the same container, or behind the same instance.
    pub more: u64,
}

/// What was held at the end of a run, in the probe's order. What is not superseded by then, as the
/// steps told it, is left out.
pub(crate) fn held(play: &Play, state: &State, context: &Context<'_>) -> Vec<Held> {
    play.held
        .iter()
        .filter(|held| state.is_superseded(held.token))
        .filter_map(|held| {
            Some(Held {
                what: state.identity(held.token)?.clone(),
                how: held.how,
                path: normalize(&visible(held.path.as_bytes()), context).replace('\n', "\\n"),
                holder: held.holder.and_then(|holder| state.identity(holder)).cloned(),
                more: held.more,
            })
        })
        .collect()
}
