//! Compares a run with restarts, step by step.

use std::collections::BTreeMap;

use super::answer::Answer;
use super::course::Course;
use super::diagnosis::{Cause, Diagnosis};
use super::judgement::{Judged, Restarted};
use super::restarts::Restarts;
use super::verdict::Verdict;
use crate::lab::RunError;
use crate::scenario::Step;
use crate::trace::Raised;

/// The verdicts of a run, by step; none, where nothing reloads.
pub(crate) fn judge(restarts: &mut Restarts<'_>, run: &Course) -> Result<BTreeMap<usize, Judged>, RunError> {
    let mut judged = BTreeMap::new();
    let Some(first) = first_reload(restarts, run)? else { return Ok(judged) };
    for (step, played) in restarts.item.scenario.steps.iter().enumerate().skip(first) {
        if matches!(played, Step::Statement(_)) && run.answer(step) != Answer::Unreached {
            judged.insert(step, judge_step(restarts, run, first, step)?);
        }
    }
    Ok(judged)
}

/// The first step that reloads: by its syntax, or because a restart's `reload` was called there.
fn first_reload(restarts: &mut Restarts<'_>, run: &Course) -> Result<Option<usize>, RunError> {
    let Some(last) = restarts.item.scenario.steps.len().checked_sub(1) else { return Ok(None) };
    let by_syntax = (0..=last).find(|step| run.reloads(*step));
    let mut by_call = None;
    // Today's source may fail before it comes to reload anything.
    for source in (0..=restarts.sources.at(last)).rev() {
        let restart = restarts.on(source, last)?;
        by_call = (0..=last).find(|step| restart.reloads(*step));
        if by_call.or(by_syntax).is_some() {
            break;
        }
    }
    Ok(by_syntax.into_iter().chain(by_call).min())
}

fn judge_step(
    restarts: &mut Restarts<'_>,
    run: &Course,
    first: usize,
    step: usize,
) -> Result<Judged, RunError> {
    let source = restarts.sources.at(step);
    // What was imported before the source came to be as it is would be imported at the start.
    let start = first.max(restarts.sources.start(source));
    let today = restarts.today(step)?;
    let failed =
        (0..start).find_map(|step| today.failed_import(step).filter(|_| run.failed_import(step).is_none()));
    if let Some(raised) = failed {
        return Ok(does_not_start(raised));
    }
    let (answer, expected, restart) = (run.answer(step), today.answer(step), today.restarted(step));
    let mut verdict = Verdict::of(&answer, &expected, &[]);
    // Only these could be an old source's answer.
    if matches!(verdict, Verdict::Mixed | Verdict::Broken) && answer.fails() == expected.fails() {
        for before in (0..source).rev() {
            let old = restarts.on(before, step)?.answer(step);
            verdict = Verdict::of(&answer, &expected, &[old]);
            if verdict == Verdict::Stale {
                break;
            }
        }
    }
    Ok(Judged { verdict, restart, diagnoses: Vec::new() })
}

/// A source that cannot be imported: where it failed is in the exception.
fn does_not_start(raised: &Raised) -> Judged {
    let text = format!("today's source raises {} when it is imported", raised.name);
    Judged {
        verdict: Verdict::Outlives,
        restart: Restarted::NotStarted(Box::new(raised.clone())),
        diagnoses: vec![Diagnosis { cause: Cause::SourceDoesNotStart, place: None, text }],
    }
}
