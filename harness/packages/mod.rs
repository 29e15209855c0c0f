//! Installs what scenarios require, once for each interpreter and set of requirements, into folders of the
//! suite's own: with pip, from wheels alone, so that nothing is built and no code of a package runs before a
//! scenario imports it.
//!
//! A folder is made beside its place and renamed, under a lock, so it is whole or not there; one from which
//! something is gone is made anew. It stays until somebody deletes it.

mod call;
mod install;
mod key;
mod lacking;
mod lock;
mod said;
mod shelf;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub use lacking::Lacking;

use crate::python::{Interpreter, cache};
use crate::worker::Cancel;
use key::Key;
use shelf::Shelf;

/// Below the user's cache folder.
const FOLDER: &str = "packages";

/// The packages of all interpreters, as far as anybody has asked for them.
#[derive(Debug, Default)]
pub struct Packages {
    root: Option<PathBuf>,
    offline: bool,
    answers: Mutex<BTreeMap<Key, Arc<OnceLock<Answer>>>>,
}

type Answer = Result<PathBuf, Lacking>;

impl Packages {
    /// Those that are kept in the user's cache folder ([`cache::folder_of_user`]).
    pub fn of_user() -> Self {
        Self { root: cache::folder_of_user().map(|folder| folder.join(FOLDER)), ..Self::default() }
    }

    /// Those in a folder, which need not be there.
    pub fn in_folder(root: &Path) -> Self {
        Self { root: Some(root.to_owned()), ..Self::default() }
    }

    /// Whether what is not there is left that way.
    #[must_use]
    pub fn offline(self, offline: bool) -> Self {
        Self { offline, ..self }
    }

    /// Whether they are installed already.
    pub fn has(&self, interpreter: &Interpreter, requirements: &[String]) -> bool {
        self.shelf(&Key::of(interpreter, requirements)).is_some_and(|shelf| shelf.packages().is_some())
    }

    /// The folder in which an interpreter finds what is required. Where they are not there, they are
    /// installed first, which takes seconds and the network. What was answered once stays so.
    pub fn provide(&self, interpreter: &Interpreter, requirements: &[String], cancel: &Cancel) -> Answer {
        let key = Key::of(interpreter, requirements);
        let once = {
            // A thread that panicked did so outside; the map is whole.
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry(key.clone()).or_default())
        };
        once.get_or_init(|| self.look_or_install(&key, interpreter, requirements, cancel)).clone()
    }

    fn look_or_install(
        &self,
        key: &Key,
        interpreter: &Interpreter,
        requirements: &[String],
        cancel: &Cancel,
    ) -> Answer {
        let place = self.shelf(key).ok_or(Lacking::NoFolder)?;
        if let Some(packages) = place.packages() {
            return Ok(packages);
        }
        if self.offline {
            return Err(Lacking::Offline { requirements: requirements.join(", ") });
        }
        place.fill(interpreter, requirements, cancel)
    }

    fn shelf(&self, key: &Key) -> Option<Shelf> {
        self.root.as_deref().map(|root| Shelf::new(root, key))
    }
}
