//! What still held superseded objects when a run was over, in identities.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::trace::Identity;
use crate::trace::normalize::{Context, normalize, pattern};
use crate::trace::state::State;
use crate::trace::visible::visible;
use crate::worker::{Hold, Play};

/// A key that is superseded, as `references.py` has it: token and name.
static KEY: LazyLock<Regex> = LazyLock::new(|| pattern("\0([0-9]+) ([^\0]*)\0"));

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
                path: normalize(&visible(labelled(&held.path, state).as_bytes()), context)
                    .replace('\n', "\\n"),
                holder: held.holder.and_then(|holder| state.identity(holder)).cloned(),
                more: held.more,
            })
        })
        .collect()
}

/// A path with the labels of the superseded keys in it.
fn labelled(path: &str, state: &State) -> String {
    KEY.replace_all(path, |key: &Captures<'_>| {
        let identity = key[1].parse().ok().and_then(|token| state.identity(token));
        identity.map_or_else(|| key[2].to_owned(), |identity| identity.label.to_string())
    })
    .into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::trace::made_up::{Run, surroundings};
    use crate::trace::observe;
    use crate::worker::Hold;

    #[test]
    fn a_key_sent_as_a_token_reads_as_its_label() {
        let path = "app.SHOWN[(\u{0}4 foo.Bar\u{0}, 'a')][\u{0}99 foo.C\u{0}]";
        let run = Run::new().import_foo().reload_foo().held(3, Hold::Container, path, None);
        let trace = observe(&run.scenario, &run.play, &surroundings());
        assert_eq!(trace.held[0].path, "app.SHOWN[(foo.Bar#1, 'a')][foo.C]");
    }
}
