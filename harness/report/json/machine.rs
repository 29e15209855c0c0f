//! The interpreters of a machine.

use std::path::Path;

use serde::Serialize;

use crate::python::{Host, Implementation, Interpreter, Source, Unusable};
use crate::report::json::Python;

/// An interpreter that was found. Paths that are no text are shown as nearly as text can.
#[derive(Debug, Clone, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a field of the schema")]
pub struct Installed {
    /// What runs say of it.
    #[serde(flatten)]
    pub python: Python,
    /// `cpython` or `pypy`
    pub implementation: &'static str,
    /// The implementation's own version, where that is not the language's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Whether it is built without the global lock.
    pub free_threaded: bool,
    /// Whether it is a debug build.
    pub debug: bool,
    /// The program.
    pub executable: String,
    /// The folder of the installation.
    pub base_prefix: String,
    /// Where it was found: `active`, `PATH`, `pyenv`, `uv`, `system` or `named`.
    pub found: &'static str,
    /// The library, if it is embedded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub libpython: Option<String>,
    /// Why it is spawned, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether `run` with the same `--python` uses it.
    pub chosen: bool,
    /// Whether it is what its tag means.
    pub of_tag: bool,
}

impl Installed {
    /// Puts an interpreter into the schema, of which no release is known, and which is not used.
    pub fn new(interpreter: &Interpreter, source: Source) -> Self {
        let (libpython, reason) = match &interpreter.host {
            Host::Embedded { libpython } => (Some(shown(libpython)), None),
            Host::Spawned { reason } => (None, Some(reason.clone())),
        };
        Self {
            python: Python::from(interpreter),
            implementation: match interpreter.tag.implementation {
                Implementation::CPython => "cpython",
                Implementation::PyPy => "pypy",
            },
            release: None,
            free_threaded: interpreter.tag.free_threaded,
            debug: interpreter.tag.debug,
            executable: shown(&interpreter.executable),
            base_prefix: shown(&interpreter.base_prefix),
            found: source.as_str(),
            libpython,
            reason,
            chosen: false,
            of_tag: false,
        }
    }
}

/// An interpreter that cannot be used.
#[derive(Debug, Clone, Serialize)]
pub struct Unfit {
    /// The program.
    pub executable: String,
    /// Why not.
    pub reason: String,
}

impl From<&Unusable> for Unfit {
    fn from(unusable: &Unusable) -> Self {
        Self { executable: shown(&unusable.path), reason: unusable.why.clone() }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
