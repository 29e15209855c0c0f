//! Workers that wait for their next run.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Item;
use crate::python::Tag;
use crate::worker::{Conditions, Conduct, Worker};

/// Workers that are kept: two for every Python that a machine is likely to have. Each is a few MB.
const KEPT: usize = 32;

/// Which worker can serve an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Post {
    tag: Tag,
    executable: PathBuf,
    /// What the worker is started with.
    pub(super) conditions: Conditions,
}

impl Post {
    /// That of an item which finds the packages that it requires in this folder.
    pub(super) fn of(item: &Item<'_>, packages: Option<PathBuf>, conduct: &Conduct) -> Self {
        let settings = &item.scenario.settings;
        Self {
            tag: item.interpreter.tag,
            executable: item.interpreter.executable.clone(),
            conditions: Conditions {
                hashseed: settings.hashseed,
                site: settings.site,
                packages,
                of_user: conduct.program.is_some(),
            },
        }
    }
}

/// The workers that no run has at the moment, the one that was used last at the end.
#[derive(Debug, Default)]
pub(super) struct Pool {
    idle: Mutex<Vec<(Post, Worker)>>,
    started: AtomicUsize,
}

impl Pool {
    /// Takes a worker for this post, if one waits.
    pub(super) fn take(&self, post: &Post) -> Option<Worker> {
        // A thread that panicked did so outside; the list is whole.
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let at = idle.iter().rposition(|(other, _)| other == post)?;
        Some(idle.remove(at).1)
    }

    /// Keeps a worker for the next run, if it is still good for one. The one that has waited longest
    /// goes where there are too many.
    pub(super) fn keep(&self, post: Post, worker: Worker) {
        if !worker.is_alive() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((post, worker));
        let surplus = (idle.len() > KEPT).then(|| idle.remove(0));
        drop(idle);
        drop(surplus);
    }

    /// A number that no other worker of the lab has.
    pub(super) fn number(&self) -> usize {
        self.started.fetch_add(1, Ordering::Relaxed)
    }
}
