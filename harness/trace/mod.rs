//! Turns raw ids into identities. Pure: no process, no file, no clock.
//!
//! An object is labelled by its name and how many-th of that name it is: `foo.Bar#2`. From what the
//! probe saw at each step, [`observe`] tells what came to be, which names moved and what was
//! superseded, and takes out of every text what must differ from run to run.

mod changes;
mod files;
mod held;
mod identity;
mod normalize;
mod observation;
mod sighting;
mod sources;
mod state;
pub mod visible;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
pub(crate) mod made_up;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;

use std::collections::{BTreeSet, HashMap};

pub(crate) use files::{Files, Is, Version, is_below, is_bytecode, is_bytecode_of, is_source_name};
pub use held::Held;
pub use identity::{Family, Identity, Label};
pub use normalize::Surroundings;
pub(crate) use normalize::is_exhaustion;
use normalize::{Context, Owner, TextKind, normalize, shows_unordered};
pub use observation::{
    Changes, Displayed, Link, Member, Moved, New, Observation, Origin, Place, Raised, Reclassed, Referent,
    Relinearized, Superseded, Text,
};

pub use sighting::{Sense, Sighting, Written};

use crate::scenario::Scenario;
use crate::worker::{Exception, Frame, Observed, Output, Play, Value};
use changes::{Before, changes};
use sources::Source;
use state::State;
use visible::visible;

/// A run in identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// What each played step did, in the scenario's order.
    pub steps: Vec<Observation>,
    /// What was written after the last of them.
    pub rest: Text,
    /// What the lines of the step meant at which the run ended, where that was watched.
    pub unfinished: Vec<Sighting>,
    /// What still held superseded objects at the end, shortest path first,
    pub held: Vec<Held>,
    /// and how many lines more there would be.
    pub more_held: u64,
}

/// Follows a run step by step.
pub fn observe(scenario: &Scenario, play: &Play, surroundings: &Surroundings) -> Trace {
    let mut state = State::default();
    let files = Files::of(scenario, play);
    let source = Source { scenario, files: &files };
    let steps = play
        .steps
        .iter()
        .enumerate()
        .map(|(step, observed)| observe_step(source, &mut state, step, observed, surroundings))
        .collect();
    let owners = state.owners();
    let printed = Context { surroundings, owners: &owners, kind: TextKind::Printed };
    let rest = text(&play.rest, &printed);
    let last = play.steps.len();
    let unfinished = play.uses.iter().map(|used| sighting::sighting(source, &state, last, used, &printed));
    Trace {
        unfinished: unfinished.collect(),
        steps,
        rest,
        held: held::held(play, &state, &printed),
        more_held: play.more_held,
    }
}

/// Where lines of the source are that a run has met, each in a step, and what stood there when the code
/// was made.
pub fn locate(
    scenario: &Scenario,
    play: &Play,
    surroundings: &Surroundings,
    frames: &[(usize, Frame)],
) -> Vec<Place> {
    let files = Files::of(scenario, play);
    let source = Source { scenario, files: &files };
    let mut state = State::default();
    for (step, observed) in play.steps.iter().enumerate() {
        state.apply(step, &observed.event);
    }
    let owners = state.owners();
    let context = Context { surroundings, owners: &owners, kind: TextKind::Printed };
    let place = |(step, frame): &(usize, Frame)| {
        // The code of a module or a statement lives no longer than it runs: its id is soon another's.
        let code = if frame.function == "<module>" { 0 } else { frame.code };
        source.place(&state, *step, &Frame { code, ..frame.clone() }, &context)
    };
    frames.iter().map(place).collect()
}

/// An exception's name and text, as the last line of a traceback has them.
pub fn raised(raised: &Exception, surroundings: &Surroundings) -> String {
    let owners = HashMap::new();
    let context = Context { surroundings, owners: &owners, kind: TextKind::Printed };
    let text = normalize(&visible(raised.text.as_bytes()), &context);
    let name = visible(raised.name.as_bytes());
    if text.is_empty() { name } else { format!("{name}: {text}") }
}

/// What a program wrote, visible and normalized, without identities.
pub fn printed(bytes: &[u8], surroundings: &Surroundings) -> String {
    let owners = HashMap::new();
    normalize(&visible(bytes), &Context { surroundings, owners: &owners, kind: TextKind::Printed })
}

fn observe_step(
    source: Source<'_>,
    state: &mut State,
    step: usize,
    observed: &Observed,
    surroundings: &Surroundings,
) -> Observation {
    let event = &observed.event;
    let before = Before::remember(state, event);
    let meant = state.apply(step, event);
    let owners = state.owners();
    let printed = Context { surroundings, owners: &owners, kind: TextKind::Printed };
    Observation {
        kind: event.kind,
        output: text(&observed.output, &printed),
        values: event.values.iter().map(|value| displayed(state, value, surroundings, &owners)).collect(),
        exception: event.exception.as_ref().map(|raised| exception(source, state, step, raised, &printed)),
        changes: changes(state, event, &before, &meant),
        sightings: event
            .uses
            .iter()
            .map(|used| sighting::sighting(source, state, step, used, &printed))
            .collect(),
    }
}

fn text(output: &Output, context: &Context<'_>) -> Text {
    Text {
        stdout: normalize(&visible(&output.stdout), context),
        stderr: normalize(&visible(&output.stderr), context),
        dropped: output.dropped,
    }
}

fn displayed(
    state: &State,
    value: &Value,
    surroundings: &Surroundings,
    owners: &HashMap<u64, Owner>,
) -> Displayed {
    let kind = if value.is_id { TextKind::IdCall } else { TextKind::Value };
    let text = normalize(&visible(value.text.as_bytes()), &Context { surroundings, owners, kind });
    let known =
        |token| state.object(token).filter(|object| !object.plain).map(|object| object.identity.clone());
    let mut seen = BTreeSet::new();
    let mut holds: Vec<Identity> =
        value.holds.iter().filter(|token| seen.insert(**token)).filter_map(|token| known(*token)).collect();
    if shows_unordered(&text) {
        holds.sort_by(|one, other| one.label.cmp(&other.label));
    }
    Displayed { text, dropped: value.dropped, is: value.token.and_then(known), holds }
}

fn exception(
    source: Source<'_>,
    state: &State,
    step: usize,
    raised: &Exception,
    context: &Context<'_>,
) -> Raised {
    let shown = |text: &str| normalize(&visible(text.as_bytes()), context);
    Raised {
        name: visible(raised.name.as_bytes()),
        text: shown(&raised.text),
        frames: raised.frames.iter().map(|frame| source.place(state, step, frame, context)).collect(),
        dropped: raised.dropped,
        notes: raised.notes.iter().map(|note| shown(note)).collect(),
        members: raised.members.iter().map(|one| member(one, &shown)).collect(),
        chain: raised
            .chain
            .iter()
            .map(|link| Link {
                relation: link.relation,
                name: visible(link.name.as_bytes()),
                text: shown(&link.text),
            })
            .collect(),
    }
}

fn member(one: &crate::worker::Member, shown: &impl Fn(&str) -> String) -> Member {
    Member {
        name: visible(one.name.as_bytes()),
        text: shown(&one.text),
        notes: one.notes.iter().map(|note| shown(note)).collect(),
        members: one.members.iter().map(|one| member(one, shown)).collect(),
    }
}
