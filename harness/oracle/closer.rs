//! A closer look at steps that differ from a restart: would two restarts agree, and why does it differ?

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::course::Course;
use super::diagnosis::{Evidence, diagnose};
use super::imported::Imported;
use super::judgement::{Judged, Restarted};
use super::restarts::Restarts;
use super::unsteady::steady;
use super::verdict::Verdict;
use crate::lab::{Item, Lab, RunError};
use crate::trace::{Observation, Sighting};

/// Finds the steps on which two restarts differ, and the causes of the others.
pub(crate) fn look(
    restarts: &mut Restarts<'_>,
    run: &Course,
    judged: &mut BTreeMap<usize, Judged>,
) -> Result<(), RunError> {
    let verdict = |step: &usize| judged[step].verdict;
    let all: BTreeSet<usize> = judged.keys().copied().collect();
    let differing: BTreeSet<usize> = all
        .iter()
        .copied()
        .filter(|step| !matches!(verdict(step), Verdict::Same | Verdict::Outlives))
        .collect();
    // Where an old object is at hand, its old code may do by chance what a restart does.
    let watched = if run.leaves_old_families() { all } else { differing.clone() };
    if watched.is_empty() {
        return Ok(());
    }
    let seen = restarts.watched_run(&watched)?;
    let imported = Imported::of(restarts.item.scenario);
    let mut again: BTreeMap<usize, Again> = BTreeMap::new();
    let mut earlier: Vec<(usize, Vec<Sighting>)> = Vec::new();
    for step in watched {
        let Some(judged) = judged.get_mut(&step).filter(|judged| judged.verdict != Verdict::Outlives) else {
            continue;
        };
        let mut expected = Vec::new();
        if judged.verdict != Verdict::Same {
            let source = restarts.sources.at(step);
            let again = match again.entry(source) {
                Entry::Occupied(again) => again.into_mut(),
                Entry::Vacant(none) => none.insert(Again::play(restarts, source, &differing)?),
            };
            if let Some(other) = again.disagreeing(restarts, source, step)? {
                let today = restarts.today(step)?;
                *judged = unsteady([run, today, other].map(|course| course.observation(step)));
                continue;
            }
            expected = again.watched.sightings(step);
        }
        let seen = seen.sightings(step);
        let stops = run.stops(step);
        let made = run.made(step);
        let made_in_restart = restarts.today(step)?.made(step);
        earlier.retain(|(before, _)| !run.reloads_between(*before, step));
        let met: Vec<_> = earlier.iter().map(|(_, seen)| seen.clone()).collect();
        let evidence = Evidence {
            verdict: judged.verdict,
            raised: run.observation(step).and_then(|step| step.exception.as_ref()),
            edited: restarts.sources.at(step) > 0,
            reloads: run.reloads(step) || restarts.today(step)?.reloads(step),
            earlier: &met,
            seen: &seen,
            restart: &expected,
            stops: &stops,
            made: &made,
            made_in_restart: &made_in_restart,
            imported: &imported,
        };
        judged.diagnoses = diagnose(&evidence);
        if judged.verdict != Verdict::Same {
            earlier.push((step, seen));
        }
    }
    Ok(())
}

/// Second restarts on a source.
struct Again {
    watched: Course,
    plain: Option<Course>,
}

impl Again {
    fn play(restarts: &Restarts<'_>, source: usize, steps: &BTreeSet<usize>) -> Result<Self, RunError> {
        let steps: BTreeSet<usize> =
            steps.iter().copied().filter(|step| restarts.sources.at(*step) == source).collect();
        let last = steps.last().copied().unwrap_or_else(|| restarts.sources.end(source));
        Ok(Self { watched: restarts.again(source, last, &steps)?, plain: None })
    }

    /// A second restart that answers otherwise than the first. Of one that was watched, it may have
    /// been the tracer that made the difference.
    fn disagreeing(
        &mut self,
        restarts: &mut Restarts<'_>,
        source: usize,
        step: usize,
    ) -> Result<Option<&Course>, RunError> {
        if restarts.today(step)?.answer(step) == self.watched.answer(step) {
            return Ok(None);
        }
        let plain = match self.plain.take() {
            Some(plain) => plain,
            None => restarts.again(source, restarts.sources.end(source), &BTreeSet::new())?,
        };
        let agrees = restarts.today(step)?.answer(step) == plain.answer(step);
        let plain = self.plain.insert(plain);
        Ok((!agrees).then_some(plain))
    }
}

/// Finds the steps that another hash seed changes, in the run or in its restarts.
pub(crate) fn vary(
    lab: &Lab,
    restarts: &mut Restarts<'_>,
    run: &Course,
    seed: u32,
    judged: &mut BTreeMap<usize, Judged>,
) -> Result<(), RunError> {
    let mut scenario = restarts.item.scenario.clone();
    scenario.settings.hashseed = seed;
    let mut seeded = Restarts::new(
        lab,
        Item { scenario: &scenario, ..restarts.item },
        restarts.sources.clone(),
        restarts.is_timely,
    );
    let other = seeded.run()?;
    for (step, judged) in judged {
        let (today, again) = (restarts.today(*step)?, seeded.today(*step)?);
        if run.answer(*step) != other.answer(*step) || today.answer(*step) != again.answer(*step) {
            *judged = unsteady([run, &other, again].map(|course| course.observation(*step)));
        }
    }
    Ok(())
}

/// A step on which two restarts differ.
fn unsteady(seen: [Option<&Observation>; 3]) -> Judged {
    let restart = match seen {
        [Some(run), Some(one), Some(other)] => Restarted::Varies(Box::new(steady(run, &[one, other]))),
        _ => Restarted::Unreached,
    };
    Judged { verdict: Verdict::Unsteady, restart, diagnoses: Vec::new() }
}
