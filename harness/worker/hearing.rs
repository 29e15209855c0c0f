//! What is heard of a run, frame by frame.

use std::path::Path;

use super::branch::{Branch, Open, Stream, Survey};
use super::event::{Ending, Event, Held};
use super::evidence::Use;
use super::listen::Frame;

/// What has been heard of a run so far.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    pub(super) events: Vec<Event>,
    pub(super) threads: Option<Vec<String>>,
    /// What was seen of the step that has not come to its end.
    pub(super) uses: Vec<Use>,
    pub(super) held: (Vec<Held>, u64),
    pub(super) ended: Option<(i32, bool)>,
    pub(super) survey: Option<Survey>,
    pub(super) refused: Option<String>,
    /// The branch that is played at the moment.
    pub(super) open: Option<Open>,
    pub(super) streams: [Stream; 2],
}

/// What the next frame comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The run goes on.
    On,
    /// It has played all steps.
    Done,
    /// A branch begins.
    Forked,
    /// It has ended like this: status, and whether it was killed at its limit.
    Joined(i32, bool),
    /// The run was reaped: status, and whether it left processes behind.
    Ended(i32, bool),
}

impl Hearing {
    /// Takes in a frame.
    pub(super) fn take(&mut self, frame: Frame) -> Turn {
        match (frame, &mut self.open) {
            (Frame::Step(event), Some(branch)) => branch.events.push(*event),
            (Frame::Done { .. }, Some(branch)) => branch.is_done = true,
            (Frame::Struck(struck), Some(branch)) => branch.struck = Some(*struck),
            (Frame::Step(event), None) => {
                self.events.push(*event);
                self.uses.clear();
            }
            (Frame::Done { threads, held, more_held }, None) => {
                self.threads = Some(threads);
                self.held = (held, more_held);
                return Turn::Done;
            }
            (Frame::Use { seen }, _) => self.uses.push(*seen),
            (Frame::Survey(raw), _) => self.survey = Some((*raw).into()),
            (Frame::Refused { reason }, _) => self.refused = Some(reason),
            (Frame::Forked { place, variant, step, at }, _) => {
                let (struck, events) = (None, Vec::new());
                self.open = Some(Open { place, variant, step, at, struck, events, is_done: false });
                return Turn::Forked;
            }
            (Frame::Joined { status, killed }, _) => return Turn::Joined(status, killed),
            (Frame::Ended { status, leaked }, _) => return Turn::Ended(status, leaked),
            (Frame::Hello(_) | Frame::Struck(_), _) => {}
        }
        Turn::On
    }

    /// Ends the branch that is played, if one is.
    pub(super) fn close(&mut self, workspace: &Path, ending: impl FnOnce(&Open) -> Ending) -> Option<Branch> {
        let branch = self.open.take()?;
        let ending = ending(&branch);
        let before = self.events.iter().take(branch.step).cloned().collect();
        Some(branch.close(ending, before, workspace, &mut self.streams))
    }
}
