//! Playing a selection: the part that `run` and `check` have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use super::Failure;
use super::args::Playing;
use super::durations::Durations;
use super::exit::Exit;
use super::progress::Progress;
use super::selection::Selection;
use super::tell::{self, counted, say, say_error};
use crate::lab::{Draw, Finished, Item, Lab, RunError, Skip, plan};
use crate::oracle::{Cause, Tally, Trial};
use crate::packages::Packages;
use crate::python::{Interpreter, Tag};
use crate::report::json::{self, Event, Summary};
use crate::report::{Report, text};
use crate::scenario::{Name, Scenario};
use crate::trace::Surroundings;
use crate::worker::{Cancel, Ending, Programs};

/// One run, told.
#[derive(Debug)]
pub(crate) struct Told {
    /// Where it ran.
    pub(crate) tag: Tag,
    /// The report.
    pub(crate) text: String,
    /// Whether the run came to its end.
    pub(crate) whole: bool,
    /// How many claims do not hold.
    pub(crate) false_claims: usize,
}

/// What a session yields besides its runs.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// In numbers; the exit code is the caller's to fill in.
    pub(crate) summary: Summary,
    /// Exit codes of what went wrong apart from reports.
    pub(crate) exits: Vec<Exit>,
    /// How the steps that were judged came out.
    pub(crate) tally: Tally,
    /// The causes that were told.
    pub(crate) causes: BTreeSet<Cause>,
    /// How many claims hold, and how many do not.
    pub(crate) claims: [usize; 2],
    /// Interpreters on which no run could be played, and why.
    pub(crate) failed: BTreeMap<Tag, String>,
    /// How long all of it took,
    pub(crate) took: Duration,
    /// and each run, where that was asked for.
    pub(crate) durations: Option<Durations>,
}

/// A selection on interpreters.
pub(crate) struct Session<'a> {
    pub(crate) selection: &'a Selection,
    pub(crate) interpreters: &'a [Interpreter],
    pub(crate) playing: &'a Playing,
    pub(crate) raw_ids: bool,
    pub(crate) json: bool,
}

impl Session<'_> {
    /// Plays everything, and hands over each scenario's runs once all of them are in.
    pub(crate) fn play(
        &self,
        mut told: impl FnMut(&Scenario, Vec<Told>) -> Result<(), Failure>,
    ) -> Result<Outcome, Failure> {
        let lab = lab(self.playing.jobs, self.playing.timeout, self.playing.offline)?;
        let (items, mut skipped) = plan(&self.selection.scenarios, self.interpreters);
        let (mut items, lacking) = lab.equip(items, tell::installs);
        skipped.extend(lacking);
        if let Some(seed) = self.playing.shuffle {
            items = Draw::new(seed).shuffled(items);
        }
        let start = Instant::now();
        self.begin(&items, &skipped)?;
        let durations = self.playing.durations.map(|_| Durations::default());
        let mut outcome = Outcome { durations, ..Outcome::default() };
        outcome.summary.skipped = skipped.len();
        outcome.summary.problems = self.selection.problem_count();
        if !self.selection.problems.is_empty() {
            outcome.exits.push(Exit::Malformed);
        }
        let progress = Progress::new(items.len(), self.json);
        let mut gathered: BTreeMap<Name, Vec<Told>> = BTreeMap::new();
        let mut left = counts(&items);
        let mut failure = None;
        let seeds = self.playing.hashseeds.as_ref().map_or(&[][..], |seeds| &seeds.0);
        lab.each(
            &items,
            |item| Trial::hold(&lab, item, seeds),
            |item, finished| {
                progress.advance(item);
                let name = &item.scenario.name;
                let count = left.entry(name.clone()).or_default();
                *count = count.saturating_sub(1);
                let complete = *count == 0;
                let handed = self.tell(item, finished, &mut outcome).and_then(|one| {
                    let runs = gathered.entry(name.clone()).or_default();
                    runs.extend(one);
                    if complete && !outcome.is_interrupted() && failure.is_none() {
                        let mut runs = gathered.remove(name).unwrap_or_default();
                        runs.sort_by_key(|told| self.interpreters.iter().position(|one| one.tag == told.tag));
                        progress.suspend(|| told(item.scenario, runs))?;
                    }
                    Ok(())
                });
                if let Err(error) = handed
                    && failure.is_none()
                {
                    failure = Some(error);
                    lab.stop();
                }
            },
        );
        progress.finish();
        outcome.took = start.elapsed();
        if let (Some(durations), Some(count)) = (outcome.durations.take(), self.playing.durations) {
            say(durations.slowest(count));
        }
        failure.map_or(Ok(outcome), Err)
    }

    /// Tells what is known before the first run.
    fn begin(&self, items: &[Item<'_>], skipped: &[(Item<'_>, Skip)]) -> Result<(), Failure> {
        if self.json {
            let pythons = self.interpreters.iter().map(json::Python::from).collect();
            tell::emit(&Event::Started {
                scenarios: self.selection.scenarios.len(),
                pythons,
                runs: items.len(),
            })?;
        }
        tell::selection(self.selection, self.json)?;
        tell::skips(skipped, self.interpreters, self.json)?;
        Ok(())
    }

    fn tell(
        &self,
        item: &Item<'_>,
        finished: Finished<Trial>,
        outcome: &mut Outcome,
    ) -> Result<Option<Told>, Failure> {
        if let Some(durations) = &mut outcome.durations {
            durations.add(item, finished.took);
        }
        let milliseconds = outcome.durations.as_ref().map(|_| finished.took.as_secs_f64() * 1000.0);
        let Trial { play, judgement } = match finished.outcome {
            Ok(trial) => trial,
            Err(error) => {
                outcome.note(item.interpreter.tag, &error);
                if self.json && !error.is_interruption() {
                    tell::emit(&tell::skipped_event(item, error.to_string()))?;
                }
                return Ok(None);
            }
        };
        let surroundings = Surroundings::of(&play, item.interpreter, self.raw_ids);
        let report = Report::new(item.scenario, &play, &surroundings).judged(judgement);
        let whole = report.ending == Ending::Finished;
        outcome.summary.runs += 1;
        outcome.summary.ended_early += usize::from(!whole);
        outcome.tally.add(report.tally());
        outcome.causes.extend(report.causes());
        let [true_claims, false_claims] = report.claims();
        outcome.claims = [outcome.claims[0] + true_claims, outcome.claims[1] + false_claims];
        if self.json {
            let run = json::Run { milliseconds, ..json::Run::new(&report, item.interpreter) };
            tell::emit(&Event::RunFinished(Box::new(run)))?;
        }
        Ok(Some(Told { tag: item.interpreter.tag, text: text(&report), whole, false_claims }))
    }
}

/// A lab of this process, which stops on Ctrl-C.
pub(crate) fn lab(
    jobs: Option<NonZeroUsize>,
    timeout: Option<Duration>,
    offline: bool,
) -> Result<Lab, Failure> {
    let cancel = Cancel::on_signals().map_err(Failure::Lab)?;
    let packages = Packages::of_user().offline(offline);
    let mut lab = Lab::new(programs()?, cancel).map_err(Failure::Lab)?.packages(packages);
    if let Some(jobs) = jobs {
        lab = lab.jobs(jobs.get());
    }
    if let Some(timeout) = timeout {
        lab = lab.time_limit(timeout);
    }
    Ok(lab)
}

/// The interpreters as this machine can host them; says so where one could be embedded and is not.
pub(crate) fn hosted(interpreters: &[Interpreter]) -> Result<Vec<Interpreter>, Failure> {
    let programs = programs()?;
    let hosted: Vec<Interpreter> = interpreters.iter().map(|one| programs.host(one.clone())).collect();
    if hosted != interpreters {
        let worker = programs.worker.display();
        say(format_args!(
            "{worker} is not there, so every Python is spawned; `cargo build` builds both programs"
        ));
    }
    Ok(hosted)
}

pub(crate) fn programs() -> Result<Programs, Failure> {
    Programs::beside_this_one().map_err(Failure::Lab)
}

impl Outcome {
    /// Whether it was told to stop.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.exits.contains(&Exit::Interrupted)
    }

    fn note(&mut self, tag: Tag, error: &RunError) {
        if error.is_interruption() {
            self.exits.push(Exit::Interrupted);
            return;
        }
        self.exits.push(match error {
            RunError::Start(_) => Exit::NoInterpreter,
            RunError::Play(_) | RunError::Lacking(_) => Exit::Internal,
        });
        self.failed.entry(tag).or_insert_with(|| error.to_string());
    }

    /// Ends a session: says what failed, tells the summary where JSON is wanted, and returns the
    /// exit code.
    pub(crate) fn conclude(
        mut self,
        exits: impl IntoIterator<Item = Exit>,
        json: bool,
    ) -> Result<Exit, Failure> {
        for error in self.failed.values() {
            say_error(error);
        }
        let exit = Exit::worst(self.exits.into_iter().chain(exits));
        if exit == Exit::Interrupted {
            let runs = counted(self.summary.runs, "run was", "runs were");
            say(format_args!("interrupted: {runs} played"));
        }
        self.summary.exit_code = exit.code();
        if json {
            self.summary.verdicts = json::counted(self.tally);
            tell::emit(&Event::Finished(self.summary))?;
        }
        Ok(exit)
    }
}

fn counts(items: &[Item<'_>]) -> BTreeMap<Name, usize> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item.scenario.name.clone()).or_default() += 1;
    }
    counts
}
