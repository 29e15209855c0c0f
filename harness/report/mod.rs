//! Renders what was observed: as the text that a person reads and a snapshot keeps, and as JSON
//! lines.
//!
//! Nothing in a report names the interpreter, so interpreters that behave alike have equal reports.

pub(crate) mod claimed;
mod edit;
mod ending;
mod exception;
mod held;
mod identities;
pub mod json;
mod lines;
pub mod reload_faults;
pub mod sweep;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
mod text;
mod verdict;

pub use edit::{Change, Line, Sign};
pub use text::text;

use crate::oracle::{Cause, Claimed, Judged, Judgement, Tally};
use crate::scenario::{Name, Scenario, Step};
use crate::trace::{Held, Observation, Surroundings, Text, observe};
use crate::worker::{Ending, Play};

/// One run of a scenario, ready to be shown.
#[derive(Debug, Clone)]
pub struct Report {
    /// `founding/unbound_base_call`
    pub name: Name,
    /// The scenario's first heading.
    pub title: String,
    /// Every step that was played, and the one at which the run ended early.
    pub steps: Vec<Played>,
    /// How many steps after those there are.
    pub unreached: usize,
    /// How the run ended.
    pub ending: Ending,
    /// What was written after the last observation: by the step at which the run ended early, else
    /// after the last step.
    pub rest: Text,
    /// Whether processes outlived the run.
    pub leaked: bool,
    /// Names of the threads that still ran at its end.
    pub threads: Vec<String>,
    /// What still held superseded objects at its end, shortest path first,
    pub held: Vec<Held>,
    /// and how many lines more there would be.
    pub more_held: u64,
}

/// A step, and what it did.
#[derive(Debug, Clone)]
pub struct Played {
    /// What was to be done.
    pub action: Action,
    /// What it did; none where the run ended before that was known.
    pub observation: Option<Observation>,
    /// How it compares with a restart, where that was judged.
    pub judged: Option<Judged>,
    /// What came of the output that the author wrote below it, if there is any.
    pub claimed: Option<Claimed>,
}

/// What is done at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A statement is run at the prompt.
    Statement {
        /// Its source.
        source: String,
        /// The line of the Markdown file on which it begins.
        line: usize,
    },
    /// A file is written.
    Write {
        /// Where in the workspace.
        path: String,
        /// The line of the Markdown file on which its content begins.
        line: Option<usize>,
        /// What is different from before.
        change: Change,
        /// Whether this is before the first statement, so that the scenario starts with it.
        initial: bool,
    },
}

impl Report {
    /// Follows a run and lays out what there is to show.
    pub fn new(scenario: &Scenario, play: &Play, surroundings: &Surroundings) -> Self {
        let trace = observe(scenario, play, surroundings);
        // The step that raised SystemExit is observed, and it is the one at which the run ended.
        let left = play.steps.last().is_some_and(|step| step.event.leaves.is_some());
        let early = play.ending != Ending::Finished && !left;
        let played = scenario.steps.len().min(trace.steps.len() + usize::from(early));
        let mut observations = trace.steps.into_iter();
        let steps = (0..played)
            .map(|step| Played {
                action: action(scenario, step),
                observation: observations.next(),
                judged: None,
                claimed: None,
            })
            .collect();
        Self {
            name: scenario.name.clone(),
            title: scenario.title.clone(),
            steps,
            unreached: scenario.steps.len() - played,
            ending: play.ending.clone(),
            rest: trace.rest,
            leaked: play.leaked,
            threads: play.threads.clone(),
            held: trace.held,
            more_held: trace.more_held,
        }
    }

    /// The same with the verdicts of the oracle and what came of claims.
    #[must_use]
    pub fn judged(mut self, judgement: Judgement) -> Self {
        for (step, judged) in judgement.steps {
            if let Some(played) = self.steps.get_mut(step) {
                played.judged = Some(judged);
            }
        }
        for (step, claimed) in judgement.claims {
            if let Some(played) = self.steps.get_mut(step) {
                played.claimed = Some(claimed);
            }
        }
        self
    }

    /// The causes that it tells of.
    pub fn causes(&self) -> impl Iterator<Item = Cause> {
        let judged = self.steps.iter().filter_map(|played| played.judged.as_ref());
        judged.flat_map(|judged| &judged.diagnoses).map(|diagnosis| diagnosis.cause)
    }

    /// How many claims hold, and how many do not.
    pub fn claims(&self) -> [usize; 2] {
        let claimed = || self.steps.iter().filter_map(|played| played.claimed.as_ref());
        let holding = claimed().filter(|claimed| **claimed == Claimed::Holds).count();
        [holding, claimed().count() - holding]
    }

    /// How many steps came out how.
    pub fn tally(&self) -> Tally {
        self.steps.iter().filter_map(|played| played.judged.as_ref()).map(|judged| judged.verdict).collect()
    }
}

fn action(scenario: &Scenario, step: usize) -> Action {
    match &scenario.steps[step] {
        Step::Statement(statement) => {
            Action::Statement { source: statement.source.clone(), line: statement.line }
        }
        Step::Write(write) => {
            let earlier = &scenario.steps[..step];
            let before = earlier.iter().rev().find_map(|step| match step {
                Step::Write(before) if before.path == write.path => Some(before.content.as_slice()),
                Step::Write(_) | Step::Statement(_) => None,
            });
            Action::Write {
                path: write.path.to_string(),
                line: write.line,
                change: Change::between(before, &write.content),
                initial: !write.edit && !earlier.iter().any(|step| matches!(step, Step::Statement(_))),
            }
        }
    }
}
