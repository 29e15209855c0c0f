//! Whether the output that an author wrote below a step is what the step answers, as doctest has it.
//!
//! Three things differ from doctest. A number that may be an `id()` or an address stands for an identity: it
//! holds if it stands for the same one everywhere in the scenario, and no other number does. A
//! traceback is its last line, on every version. And lines written to standard output and to standard error
//! and displayed values may stand in any order in which each of the three keeps its own: that of all of them
//! is not known.

mod interleaving;
mod numbers;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod traceback;

use std::collections::BTreeMap;

use crate::scenario::{Scenario, Step};
use crate::trace::visible::visible;
use crate::trace::{Observation, Trace};
use interleaving::Streams;
use numbers::Numbers;
use traceback::{split, told};

/// What came of the claims below a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// They hold.
    Holds,
    /// They do not.
    Differs {
        /// The lines as they were written.
        lines: Vec<String>,
        /// What is wrong, where that is not to be seen by comparing: a number that stands for two
        /// identities.
        why: Option<String>,
    },
}

/// Checks all claims of a scenario, by step.
pub(crate) fn claims(scenario: &Scenario, trace: &Trace) -> BTreeMap<usize, Claimed> {
    let mut numbers = Numbers::default();
    let claimed = |step: &Step| match step {
        Step::Statement(statement) => statement.claims.iter().map(|claim| claim.text.clone()).collect(),
        Step::Write(_) => Vec::new(),
    };
    let lines = scenario.steps.iter().map(claimed).enumerate();
    lines
        .filter(|(_, lines): &(usize, Vec<String>)| !lines.is_empty())
        .map(|(step, lines)| {
            let outcome = match trace.steps.get(step) {
                Some(observation) => check(&lines, observation, &mut numbers),
                None => Err(None),
            };
            let claimed = match outcome {
                Ok(()) => Claimed::Holds,
                Err(why) => Claimed::Differs { lines, why },
            };
            (step, claimed)
        })
        .collect()
}

/// Why a claim does not hold, where there is more to say than that it differs.
type Outcome = Result<(), Option<String>>;

fn check(lines: &[String], observation: &Observation, numbers: &mut Numbers) -> Outcome {
    // What is observed was made visible: a backslash or a tab of the author's reads otherwise until it is.
    let lines: Vec<String> = lines.iter().map(|line| visible(line.as_bytes())).collect();
    let (before, error) = split(&lines, observation.exception.as_ref());
    let error = match (&error, &observation.exception) {
        (Some(claimed), Some(raised)) => Some((claimed.as_str(), told(raised, claimed))),
        (None, None) => None,
        _ => return Err(None),
    };
    let error = error.as_ref().map(|(claimed, raised)| (*claimed, raised.as_str()));
    let held = in_turn(&before, error, observation, numbers);
    *numbers = held.or_else(|why| in_any_order(&before, error, observation, numbers).ok_or(why))?;
    Ok(())
}

/// What the numbers stand for if a claim holds of all output and then all values.
fn in_turn(
    before: &str,
    error: Option<(&str, &str)>,
    observation: &Observation,
    numbers: &Numbers,
) -> Result<Numbers, Option<String>> {
    // What a step writes to standard error is on the terminal too, and some would copy it.
    let both = shown(observation, true);
    let stdout = shown(observation, false);
    let mut attempt = numbers.clone();
    match attempt.take(before, &stdout) {
        Ok(()) => {}
        Err(why) if both == stdout => return Err(why),
        Err(_) => attempt.take(before, &both)?,
    }
    if let Some((claimed, raised)) = error {
        attempt.take(claimed, raised)?;
    }
    Ok(attempt)
}

/// The same if it holds of output and values as they may have come by turns.
fn in_any_order(
    before: &str,
    error: Option<(&str, &str)>,
    observation: &Observation,
    numbers: &Numbers,
) -> Option<Numbers> {
    let mut start = numbers.clone();
    if let Some((claimed, raised)) = error {
        start.take(claimed, raised).ok()?;
    }
    [false, true].iter().find_map(|with_stderr| Streams::of(observation, *with_stderr).take(before, &start))
}

/// What the prompt shows before an exception.
fn shown(observation: &Observation, with_stderr: bool) -> String {
    let mut text = observation.output.stdout.clone();
    if with_stderr {
        text.push_str(&observation.output.stderr);
    }
    for value in &observation.values {
        text.push_str(&value.text);
        text.push('\n');
    }
    trimmed(text.lines())
}

/// Lines without the space at their ends, as reports and editors leave them.
fn trimmed<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let lines: Vec<&str> = lines.map(shown_line).collect();
    lines.join("\n").trim_end().to_owned()
}

fn shown_line(line: &str) -> &str {
    if line.trim() == "<BLANKLINE>" { "" } else { line.trim_end() }
}
