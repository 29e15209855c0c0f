//! What a run writes: proposals, as insta's pending files.

use crate::python::Tag;
use crate::scenario::Scenario;

use super::comparison::{Comparison, compare};
use super::epoch::Epoch;
use super::error::StoreError;
use super::file_name::State;
use super::format;
use super::proposal::propose;
use super::store::{Snapshots, Store};

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// How it stands against what was accepted.
    pub comparison: Comparison,
    /// The pending epoch that speaks for this interpreter; not always one of its own, for equal reports
    /// of several interpreters share the lowest.
    pub proposed: Option<Tag>,
}

impl Store {
    /// Compares a report with what was accepted, and brings the pending files up to date: see
    /// [`propose`]. `present` are the tags of the interpreters that were found here, whether or not they
    /// run this time.
    ///
    /// A report that is the accepted one, with nothing pending, takes no lock and writes nothing.
    pub fn record(
        &self,
        scenario: &Scenario,
        tag: Tag,
        report: &str,
        present: &[Tag],
    ) -> Result<Recorded, StoreError> {
        let run = Epoch::new(tag, report);
        let kept = self.load(&scenario.name)?;
        if kept.pending.is_empty() && compare(run.text(), kept.accepted.in_force(tag)) == Comparison::Equal {
            return Ok(recorded(&kept, &run));
        }
        self.create(&scenario.name.group)?;
        let lock = self.lock()?;
        self.sweep(&scenario.name.group, &lock)?;
        // Whatever was pending a moment ago may have been one file of several that another run was
        // writing: only what is there under the lock belongs together.
        let kept = self.load(&scenario.name)?;
        let written_for =
            |tag: &Tag| scenario.settings.admits_any(u64::from(tag.major), u64::from(tag.minor));
        let present: Vec<Tag> = present.iter().copied().filter(written_for).collect();
        let pending = propose(&kept.accepted, &kept.pending, &present, &run);
        let source = format::source(self.root(), &scenario.path, &scenario.name);
        for epoch in pending.iter().filter(|epoch| kept.pending.get(epoch.tag()) != Some(epoch)) {
            let path = self.path(&scenario.name, epoch.tag(), State::Pending);
            self.replace(&path, &format::render(&source, epoch.text()))?;
        }
        for epoch in kept.pending.iter().filter(|epoch| pending.get(epoch.tag()).is_none()) {
            self.remove(&self.path(&scenario.name, epoch.tag(), State::Pending))?;
        }
        Ok(recorded(&Snapshots { pending, ..kept }, &run))
    }
}

fn recorded(kept: &Snapshots, run: &Epoch) -> Recorded {
    let comparison = compare(run.text(), kept.accepted.in_force(run.tag()));
    let expected = kept.accepted.overlaid(&kept.pending);
    let proposed = expected.in_force(run.tag()).filter(|epoch| kept.pending.get(epoch.tag()) == Some(epoch));
    Recorded { comparison, proposed: proposed.map(Epoch::tag) }
}
