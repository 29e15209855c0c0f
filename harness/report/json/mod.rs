//! JSON lines: one event a line, in a schema that `EVENTS.md` beside this folder documents.
//!
//! These types are the schema, apart from the types they are made from, so that those may change.

mod held;
mod machine;
mod reload_sweep;
mod run;
mod step;
mod sweep;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

pub use held::Held;
pub use machine::{Installed, Unfit};
pub use reload_sweep::ReloadSweep;
pub use run::{End, Run, counted};
pub use step::{Output, Played};
pub use sweep::Sweep;

use crate::python::{Host, Interpreter};

/// The version of the schema. Fields may be added within one; whatever else changes needs another.
pub const SCHEMA: u32 = 1;

/// One event.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The first: what there is to do.
    Started {
        /// How many scenarios were selected.
        scenarios: usize,
        /// On which interpreters.
        pythons: Vec<Python>,
        /// How many runs that makes, without those that are skipped.
        runs: usize,
    },
    /// A run came to whatever end.
    RunFinished(Box<Run>),
    /// A fault was tried at every place of a run (`sweep`).
    SweepFinished(Box<Sweep>),
    /// A fault was tried at every place of a reload (`sweep --fault`).
    ReloadSweepFinished(Box<ReloadSweep>),
    /// A finding of a sweep was written down as a scenario.
    Saved {
        /// `group/name`
        subject: String,
        /// The tag of the interpreter.
        python: String,
        /// What comes of it.
        outcome: &'static str,
        /// The Markdown file.
        file: String,
    },
    /// Something is wrong with a scenario.
    Problem(Problem),
    /// A run does not take place.
    Skipped {
        /// `group/name`
        scenario: String,
        /// The tag of the interpreter; none where the scenario is skipped on all.
        #[serde(skip_serializing_if = "Option::is_none")]
        python: Option<String>,
        /// Why, to finish the sentence "skipped: ...".
        reason: String,
    },
    /// Reports are not the accepted ones: equal differences are told once (`check`).
    Differs {
        /// `group/name`
        scenario: String,
        /// The tags of the interpreters.
        pythons: Vec<String>,
        /// A unified diff.
        diff: String,
    },
    /// Something is amiss in the folder of the scenarios or that of the snapshots (`check`).
    Finding {
        /// What, in words.
        message: String,
    },
    /// An interpreter there is (`pythons`).
    Python(Box<Installed>),
    /// An interpreter that cannot be used (`pythons`).
    UnusablePython(Unfit),
    /// A scenario there is (`list`).
    Scenario {
        /// `group/name`
        scenario: String,
        /// Its first heading.
        title: String,
        /// The Markdown file.
        file: String,
        /// The versions it is written for.
        #[serde(skip_serializing_if = "Option::is_none")]
        requires: Option<String>,
        /// The packages that it requires.
        packages: Vec<String>,
        /// Words to find it by.
        tags: Vec<String>,
        /// The interpreters with which its accepted reports begin to hold.
        epochs: Vec<String>,
    },
    /// A pending report holds now (`accept`).
    Accepted {
        /// `group/name`
        scenario: String,
        /// The tag from which on it holds.
        python: String,
    },
    /// An epoch went, since the one below it says the same (`accept`).
    Folded {
        /// `group/name`
        scenario: String,
        /// The tag with which it began.
        python: String,
        /// The tag of the epoch that holds in its place.
        into: String,
    },
    /// The last: what came of it.
    Finished(Summary),
}

/// An error in a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The Markdown file, or one of those beside it.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What stands at the place, which may be all of the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// What came of everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How many runs took place.
    pub runs: usize,
    /// How many of those ended early.
    pub ended_early: usize,
    /// How many steps have each verdict, those that none has left out.
    pub verdicts: BTreeMap<&'static str, usize>,
    /// How many did not take place.
    pub skipped: usize,
    /// How many errors there are in scenarios.
    pub problems: usize,
    /// The status with which the process exits.
    pub exit_code: u8,
}

/// An interpreter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Python {
    /// `cp311`
    pub tag: String,
    /// `3.11.7`
    pub version: String,
    /// `embedded` or `spawned`
    pub host: &'static str,
}

impl From<&Interpreter> for Python {
    fn from(interpreter: &Interpreter) -> Self {
        Self {
            tag: interpreter.tag.to_string(),
            version: interpreter.version.clone(),
            host: match interpreter.host {
                Host::Embedded { .. } => "embedded",
                Host::Spawned { .. } => "spawned",
            },
        }
    }
}

/// An event as it is written.
#[derive(Serialize)]
struct Line<'a> {
    schema: u32,
    #[serde(flatten)]
    event: &'a Event,
}

impl Event {
    /// Writes the event as one line, in one go.
    pub fn write(&self, mut out: impl io::Write) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Line { schema: SCHEMA, event: self })?;
        line.push(b'\n');
        out.write_all(&line)
    }
}
