//! What is pending once one more interpreter has run. Pure: data in, data out.
//!
//! Each run makes the same promise: *were all that is pending accepted, this interpreter's report
//! would be in force for it, and no other present interpreter would get another text than before*.
//! Runs may come in any order and from several processes; as each keeps the promise, the files left
//! after the last are the same. They are also the fewest that keep it: an interpreter that says what a
//! pending epoch below it says already proposes nothing.
//!
//! For example, `x@cp27` is in force with text A, and 3.10 to 3.13 are present. 3.12 runs, still says
//! A, and proposes nothing. Then 3.11 runs and says B: `x@cp311.snap.new` is written with B, and
//! `x@cp312.snap.new` with A, since the new epoch would otherwise change what holds for 3.12. Should
//! 3.12 say B after all, its proposal goes and `x@cp313.snap.new` takes it over, until 3.13 has run.

use std::collections::BTreeMap;

use crate::python::Tag;

use super::epoch::{Epoch, Epochs};

/// What is pending after `run`, given what is accepted and pending now, and which interpreters there
/// are besides. Proposals of interpreters that are not among them are left alone.
#[must_use]
pub fn propose(accepted: &Epochs, pending: &Epochs, present: &[Tag], run: &Epoch) -> Epochs {
    let ours = |tag: &Tag| tag.implementation == run.tag().implementation;
    let expected = accepted.overlaid(pending);
    let unchanged =
        present.iter().copied().filter(ours).filter_map(|tag| Some((tag, expected.in_force(tag)?)));
    let wanted: BTreeMap<Tag, &Epoch> = unchanged.chain([(run.tag(), run)]).collect();

    let stays = |tag: Tag| !wanted.contains_key(&tag);
    let mut proposed: Epochs = pending.iter().filter(|epoch| stays(epoch.tag())).cloned().collect();
    let mut result = accepted.overlaid(&proposed);
    // Ascending, the plain build of a version before its flavours: what an epoch falls back to is
    // settled before it is looked at.
    for (tag, wanted) in wanted {
        if result.in_force(tag).map(Epoch::text) != Some(wanted.text()) {
            let epoch = Epoch::new(tag, wanted.text());
            result.set(epoch.clone());
            proposed.set(epoch);
        }
    }
    proposed
}
