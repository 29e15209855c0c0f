//! Plays a scenario together with the restarts that it is judged by.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Answer;
use super::course::Course;
use super::diagnosis::{Cause, Diagnosis, Evidence, diagnose};
use super::judgement::{Judged, Judgement, Restarted};
use super::sources::{Script, Sources};
use super::unsteady::steady;
use super::verdict::Verdict;
use crate::lab::{Item, Lab, RunError};
use crate::scenario::{Scenario, Step};
use crate::trace::{Observation, Raised, Surroundings};
use crate::worker::{Conduct, Play, Reloading};

/// A run, judged.
#[derive(Debug)]
pub struct Trial {
    /// The run.
    pub play: Play,
    /// What the oracle says of it.
    pub judgement: Judgement,
}

impl Trial {
    /// Plays an item and whatever restarts it takes to judge it. With hash seeds, each is played with
    /// all of them, and steps that these change are unsteady.
    pub fn hold(lab: &Lab, item: &Item<'_>, hashseeds: &[u32]) -> Result<Self, RunError> {
        let play = lab.play(item)?;
        let surroundings = Surroundings::of(&play, item.interpreter, false);
        let run = Course::new(Script::whole(item.scenario), &play, &surroundings);
        let mut judgement = if mentions_reload(item.scenario) {
            Oracle { lab, item, sources: Sources::of(item.scenario), courses: BTreeMap::new() }
                .judge(&run, hashseeds)?
        } else {
            Judgement::default()
        };
        judgement.claims = run.claims();
        Ok(Self { play, judgement })
    }
}

/// Whether anything in a scenario could reload: without the word there is nothing to judge, and no
/// restart need be played.
fn mentions_reload(scenario: &Scenario) -> bool {
    let word = b"reload";
    scenario.steps.iter().any(|step| match step {
        Step::Write(write) => write.content.windows(word.len()).any(|window| window == word),
        Step::Statement(statement) => statement.source.contains("reload"),
    })
}

/// The restarts of one item, each played when it is first asked.
struct Oracle<'a> {
    lab: &'a Lab,
    item: &'a Item<'a>,
    sources: Sources,
    /// By source, and up to which step they were played.
    courses: BTreeMap<usize, (usize, Course)>,
}

impl Oracle<'_> {
    fn judge(mut self, run: &Course, hashseeds: &[u32]) -> Result<Judgement, RunError> {
        let Some(first) = self.first_reload(run)? else { return Ok(Judgement::default()) };
        let mut judgement = Judgement::default();
        for step in first..self.item.scenario.steps.len() {
            if matches!(self.item.scenario.steps[step], Step::Write(_))
                || run.answer(step) == Answer::Unreached
            {
                continue;
            }
            let judged = self.judge_step(run, first, step)?;
            judgement.steps.insert(step, judged);
        }
        let differing: BTreeSet<usize> = judgement
            .steps
            .iter()
            .filter(|(_, judged)| !matches!(judged.verdict, Verdict::Same | Verdict::Outlives))
            .map(|(step, _)| *step)
            .collect();
        if !differing.is_empty() {
            self.look_closer(run, &differing, &mut judgement)?;
        }
        for seed in hashseeds {
            self.vary(run, *seed, &mut judgement)?;
        }
        Ok(judgement)
    }

    /// Where a restart disagrees, another one tells whether it would agree with itself; and what the
    /// lines of the step mean, there and here, tells why.
    fn look_closer(
        &mut self,
        run: &Course,
        differing: &BTreeSet<usize>,
        judgement: &mut Judgement,
    ) -> Result<(), RunError> {
        let watched = self.play(Script::whole(self.item.scenario), Reloading::Real, differing)?;
        for source in differing.iter().map(|step| self.sources.at(*step)).collect::<BTreeSet<usize>>() {
            let steps: BTreeSet<usize> =
                differing.iter().copied().filter(|step| self.sources.at(*step) == source).collect();
            let again = self.restart(source, self.sources.end(source), &steps)?;
            let mut third = None;
            for step in steps {
                let Some(judged) = judgement.steps.get_mut(&step) else { continue };
                if self.today(source)?.answer(step) != again.answer(step) {
                    // It may have been the tracer of the watched one that made the difference.
                    if third.is_none() {
                        third = Some(self.restart(source, self.sources.end(source), &BTreeSet::new())?);
                    }
                    let (today, third) = (self.today(source)?, third.as_ref().unwrap_or(&again));
                    if today.answer(step) != third.answer(step) {
                        *judged = unsteady([run, today, third].map(|course| course.observation(step)));
                        continue;
                    }
                }
                let sightings = |course: &Course| {
                    course.observation(step).map(|seen| seen.sightings.clone()).unwrap_or_default()
                };
                let (seen, restart) = (sightings(&watched), sightings(&again));
                let evidence = Evidence { verdict: judged.verdict, seen: &seen, restart: &restart };
                judged.diagnoses = diagnose(&evidence);
            }
        }
        Ok(())
    }

    /// Finds the steps that another hash seed changes, in the run or in its restarts.
    fn vary(&mut self, run: &Course, seed: u32, judgement: &mut Judgement) -> Result<(), RunError> {
        let mut scenario = self.item.scenario.clone();
        scenario.settings.hashseed = seed;
        let item = Item { scenario: &scenario, ..*self.item };
        let sources = self.sources.clone();
        let mut seeded = Oracle { lab: self.lab, item: &item, sources, courses: BTreeMap::new() };
        let other = seeded.play(Script::whole(&scenario), Reloading::Real, &BTreeSet::new())?;
        for (step, judged) in &mut judgement.steps {
            let source = self.sources.at(*step);
            let (today, again) = (self.today(source)?, seeded.today(source)?);
            if run.answer(*step) != other.answer(*step) || today.answer(*step) != again.answer(*step) {
                *judged = unsteady([run, &other, again].map(|course| course.observation(*step)));
            }
        }
        Ok(())
    }

    /// The first step that reloads: by its syntax, or because a restart's `reload` was called there.
    fn first_reload(&mut self, run: &Course) -> Result<Option<usize>, RunError> {
        let count = self.item.scenario.steps.len();
        let by_syntax = (0..count).find(|step| run.reloads(*step));
        let last = self.sources.last();
        let restart = self.today(last)?;
        let by_call = (0..count).find(|step| restart.reloads(*step));
        Ok(by_syntax.into_iter().chain(by_call).min())
    }

    fn judge_step(&mut self, run: &Course, first: usize, step: usize) -> Result<Judged, RunError> {
        let source = self.sources.at(step);
        let today = self.today(source)?;
        let failed = (0..first)
            .find_map(|step| today.failed_import(step).filter(|_| run.failed_import(step).is_none()));
        if let Some(raised) = failed {
            return Ok(Judged {
                verdict: Verdict::Outlives,
                restart: Restarted::NotStarted(Box::new(raised.clone())),
                diagnoses: vec![does_not_start(raised)],
            });
        }
        let (answer, expected, restart) = (run.answer(step), today.answer(step), today.restarted(step));
        let mut verdict = Verdict::of(&answer, &expected, &[]);
        // Only these could be an old source's answer.
        if matches!(verdict, Verdict::Mixed | Verdict::Broken) && answer.fails() == expected.fails() {
            let mut before = source;
            while before > 0 && verdict != Verdict::Stale {
                before -= 1;
                let old = self.course(before, step)?.answer(step);
                verdict = Verdict::of(&answer, &expected, &[old]);
            }
        }
        Ok(Judged { verdict, restart, diagnoses: Vec::new() })
    }

    /// A restart on a source, up to its end.
    fn today(&mut self, source: usize) -> Result<&Course, RunError> {
        self.course(source, self.sources.end(source))
    }

    /// A restart on a source, at least up to a step.
    fn course(&mut self, source: usize, until: usize) -> Result<&Course, RunError> {
        let played = self.courses.get(&source).is_some_and(|(end, _)| *end >= until);
        if !played {
            let until = self.sources.end(self.sources.at(until));
            let course = self.restart(source, until, &BTreeSet::new())?;
            self.courses.insert(source, (until, course));
        }
        Ok(&self.courses[&source].1)
    }

    /// Plays a restart on a source, up to a step.
    fn restart(&self, source: usize, until: usize, watched: &BTreeSet<usize>) -> Result<Course, RunError> {
        let script = self.sources.restart(self.item.scenario, source, until);
        self.play(script, Reloading::Untouched, watched)
    }

    fn play(
        &self,
        script: Script,
        reloading: Reloading,
        watched: &BTreeSet<usize>,
    ) -> Result<Course, RunError> {
        let item = Item { scenario: &script.scenario, ..*self.item };
        let watched = watched.iter().filter_map(|step| script.place(*step)).collect();
        let play = self.lab.conduct(&item, &Conduct { reloading, watched })?;
        let surroundings = Surroundings::of(&play, self.item.interpreter, false);
        Ok(Course::new(script, &play, &surroundings))
    }
}

/// What is the matter with a source that cannot be imported: where it failed is in the exception.
fn does_not_start(raised: &Raised) -> Diagnosis {
    let text = format!("today's source raises {} when it is imported", raised.name);
    Diagnosis { cause: Cause::SourceDoesNotStart, place: None, text }
}

/// A step on which two restarts differ.
fn unsteady(seen: [Option<&Observation>; 3]) -> Judged {
    let restart = match seen {
        [Some(run), Some(one), Some(other)] => Restarted::Varies(Box::new(steady(run, &[one, other]))),
        _ => Restarted::Unreached,
    };
    Judged { verdict: Verdict::Unsteady, restart, diagnoses: Vec::new() }
}
