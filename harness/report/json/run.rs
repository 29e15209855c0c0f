//! A finished run.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::oracle::{Tally, Verdict};
use crate::python::Interpreter;
use crate::report::json::{Held, Output, Played, Python};
use crate::report::{Report, text};
use crate::worker::Ending;

/// A run that came to whatever end.
#[derive(Debug, Clone, Serialize)]
pub struct Run {
    /// `group/name`
    pub scenario: String,
    /// The scenario's first heading.
    pub title: String,
    /// Where it ran.
    pub python: Python,
    /// How it ended.
    pub ending: End,
    /// Every step played, and the one at which it ended early.
    pub steps: Vec<Played>,
    /// How many steps there are after those.
    pub unreached: usize,
    /// How many of them have each verdict, those that none has left out.
    pub verdicts: BTreeMap<&'static str, usize>,
    /// What was written after the last observation.
    pub rest: Output,
    /// Whether processes outlived it.
    pub leaked: bool,
    /// Names of the threads that still ran at its end.
    pub threads: Vec<String>,
    /// What still held superseded objects at its end, shortest path first,
    pub held: Vec<Held>,
    /// and how many more lines there would be.
    pub more_held: u64,
    /// How long it took, its restarts included, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<f64>,
    /// The report, as people read it and as the snapshot keeps it.
    pub report: String,
}

/// How a run ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct End {
    /// `finished`, `exited`, `crashed`, `hung`, `silent`, `garbled`, `swarmed` or `killed-worker`
    pub kind: &'static str,
    /// The exit status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i32>,
    /// `SIGSEGV`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// The limit that was passed, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// The limit that was passed, in processes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processes: Option<usize>,
}

impl Run {
    /// Puts a report and where it comes from into the schema.
    pub fn new(report: &Report, interpreter: &Interpreter) -> Self {
        Self {
            scenario: report.name.to_string(),
            title: report.title.clone(),
            python: interpreter.into(),
            ending: End::from(&report.ending),
            steps: report.steps.iter().enumerate().map(|(step, played)| Played::new(step, played)).collect(),
            unreached: report.unreached,
            verdicts: counted(report.tally()),
            rest: Output::from(&report.rest),
            leaked: report.leaked,
            threads: report.threads.clone(),
            held: report.held.iter().map(Held::from).collect(),
            more_held: report.more_held,
            milliseconds: None,
            report: text(report),
        }
    }
}

/// A tally as a map from words to counts.
pub fn counted(tally: Tally) -> BTreeMap<&'static str, usize> {
    let counts = Verdict::ALL.into_iter().map(|verdict| (verdict.word(), tally.of(verdict)));
    counts.filter(|(_, count)| *count > 0).collect()
}

impl From<&Ending> for End {
    fn from(ending: &Ending) -> Self {
        let end = |kind| Self { kind, ..Self::default() };
        match ending {
            Ending::Finished => end("finished"),
            Ending::Exited { status } => Self { status: Some(*status), ..end("exited") },
            Ending::Crashed { signal } => Self { signal: Some(signal.clone()), ..end("crashed") },
            Ending::Hung { limit } => {
                let milliseconds = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
                Self { milliseconds: Some(milliseconds), ..end("hung") }
            }
            Ending::Silent => end("silent"),
            Ending::Garbled => end("garbled"),
            Ending::Swarmed { limit } => Self { processes: Some(*limit), ..end("swarmed") },
            Ending::KilledWorker => end("killed-worker"),
        }
    }
}
