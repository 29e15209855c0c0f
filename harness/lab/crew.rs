//! The workers of one thread of the lab.

use std::time::Duration;

use super::{Item, Lab, RunError};
use crate::python::Tag;
use crate::worker::{Conditions, Play, StartError, Worker};

/// Workers that are kept for the next scenario: enough for every Python that a machine is likely to
/// have. Each is a few MB.
const KEPT: usize = 16;

/// Which worker serves an item.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Post {
    tag: Tag,
    executable: std::path::PathBuf,
    conditions: Conditions,
}

/// The workers of one thread, the one that was used last at the end.
pub(super) struct Crew<'a> {
    lab: &'a Lab,
    number: usize,
    started: usize,
    workers: Vec<(Post, Worker)>,
}

impl<'a> Crew<'a> {
    pub(super) fn new(lab: &'a Lab, number: usize) -> Self {
        Self { lab, number, started: 0, workers: Vec::new() }
    }

    /// Plays one item, on a worker that was kept or a new one.
    pub(super) fn play(&mut self, item: &Item<'_>) -> Result<Play, RunError> {
        let settings = &item.scenario.settings;
        let post = Post {
            tag: item.interpreter.tag,
            executable: item.interpreter.executable.clone(),
            conditions: Conditions { hashseed: settings.hashseed, site: settings.site },
        };
        let mut worker = match self.workers.iter().position(|(other, _)| *other == post) {
            Some(at) => self.workers.remove(at).1,
            None => self.start(item, post.conditions)?,
        };
        let limit: Duration = settings.timeout.unwrap_or(self.lab.time_limit);
        let play = worker.play(item.scenario, limit, &self.lab.cancel)?;
        if worker.is_alive() {
            if self.workers.len() >= KEPT {
                self.workers.remove(0);
            }
            self.workers.push((post, worker));
        }
        Ok(play)
    }

    fn start(&mut self, item: &Item<'_>, conditions: Conditions) -> Result<Worker, StartError> {
        if self.lab.cancel.is_cancelled() {
            return Err(StartError::Interrupted);
        }
        let folder = self.lab.workspaces.path().join(format!("{}-{}", self.number, self.started));
        self.started += 1;
        let lab = self.lab;
        Worker::start(&lab.programs, item.interpreter, conditions, &folder, lab.contain, &lab.cancel)
    }
}
