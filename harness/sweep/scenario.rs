//! A reload at every point of a scenario.

use std::collections::BTreeMap;

use super::error::SweepError;
use super::findings::{Findings, Places};
use super::listing::{self, Spot};
use super::outcome::{Difference, Effect, Outcome};
use super::strike::{Ground, Progress, Struck, Wishes, strike, whole};
use crate::lab::{Item, Lab, RunError};
use crate::oracle::{Answer, Course, Restarts, Script, Sources, Verdict};
use crate::scenario::{Scenario, Step};
use crate::trace::{self, Surroundings};
use crate::worker::{Branch, Conduct, Ending, Exception, Fault, Plan, Play, Reloading, StepKind};

/// Reloads modules before each line of a scenario's modules and of its transcript.
pub fn sweep_scenario(
    lab: &Lab,
    item: &Item<'_>,
    wishes: &Wishes,
    told: &dyn Progress,
) -> Result<Findings, SweepError> {
    let untouched = lab.play(item)?;
    let mut judge = Judge::new(lab, item, &untouched)?;
    let modules = if wishes.modules.is_empty() {
        modules_of(item.scenario, &judge.course)
    } else {
        wishes.modules.clone()
    };
    let plan =
        Plan { lines: wishes.lines.clone(), ..Plan::survey(Fault::Reload, modules.clone(), wishes.limit) };
    let conduct = Conduct::new(Reloading::Real);
    let mut struck = strike(Ground { lab, item, conduct: &conduct, plan: &plan, wishes, told })?;
    if let Some(module) = struck.never_loaded(&wishes.modules) {
        return Err(SweepError::never_loaded(module, own_modules(item.scenario), String::new()));
    }
    judge.findings(modules, &mut struck)
}

/// The modules that a scenario reloads itself, in that order; else all of its own.
fn modules_of(scenario: &Scenario, course: &Course) -> Vec<String> {
    let mut modules: Vec<String> = Vec::new();
    for step in 0..scenario.steps.len() {
        let seen = course.observation(step).filter(|seen| seen.kind == StepKind::Reload);
        let reloaded = seen.into_iter().flat_map(|seen| &seen.values).filter_map(|value| value.is.as_ref());
        for name in reloaded.map(|identity| &identity.label.name) {
            if !modules.contains(name) {
                modules.push(name.clone());
            }
        }
    }
    if modules.is_empty() { own_modules(scenario) } else { modules }
}

/// The modules that a scenario has files of, in the order in which they stand.
pub(super) fn own_modules(scenario: &Scenario) -> Vec<String> {
    let mut modules: Vec<String> = Vec::new();
    for step in &scenario.steps {
        if let Step::Write(write) = step
            && let Some(name) = module_name(write.path.as_str())
            && !modules.contains(&name)
        {
            modules.push(name);
        }
    }
    modules
}

/// `pkg.core` of `pkg/core.py`; none for what is no module.
pub(super) fn module_name(path: &str) -> Option<String> {
    let path = path.strip_suffix(".py")?;
    Some(path.strip_suffix("/__init__").unwrap_or(path).replace('/', "."))
}

/// Compares the branches of a scenario with the untouched run.
pub(super) struct Judge<'a> {
    item: &'a Item<'a>,
    untouched: &'a Play,
    course: Course,
    restarts: Restarts<'a>,
}

impl<'a> Judge<'a> {
    /// Plays the restarts: once the lab is told to stop it plays no more.
    pub(super) fn new(lab: &'a Lab, item: &'a Item<'a>, untouched: &'a Play) -> Result<Self, RunError> {
        let surroundings = Surroundings::of(untouched, item.interpreter, false);
        let course = Course::new(Script::whole(item.scenario), untouched, &surroundings);
        let is_timely = !matches!(untouched.ending, Ending::Hung { .. });
        let mut restarts = Restarts::new(lab, *item, Sources::of(item.scenario, untouched), is_timely);
        for step in 0..item.scenario.steps.len() {
            restarts.today(step)?;
        }
        Ok(Self { item, untouched, course, restarts })
    }

    fn findings(&mut self, modules: Vec<String>, struck: &mut Struck<'_>) -> Result<Findings, SweepError> {
        let (spots, spot_of) = self.spots(struck);
        let tried = struck.judged(
            |effect: &Effect| effect.outcome,
            |place| spot_of[&(place.location, place.step)],
            |struck, number| {
                let branch = struck.branches.get(&(number, 0));
                Ok(branch.map(|branch| self.effect(branch)).transpose()?)
            },
        )?;
        let listings = listing::of_scenario(self.item.scenario, &spots);
        let places = Places::of(struck, spots, listings, tried, |effect| effect.outcome);
        Ok(Findings { modules, places })
    }

    /// The lines on which places are, and which line each location is on: that of a statement depends
    /// on the step. Which source a code is of is told by its id, in the process that was surveyed.
    pub(super) fn spots(&self, struck: &Struck<'_>) -> (Vec<Spot>, BTreeMap<(usize, usize), usize>) {
        let survey = &struck.survey;
        let mut keys: Vec<(usize, usize)> = Vec::new();
        let mut known = BTreeMap::new();
        for place in &survey.places {
            known.entry((place.location, place.step)).or_insert_with(|| {
                keys.push((place.location, place.step));
                keys.len() - 1
            });
        }
        let frames: Vec<_> =
            keys.iter().map(|(location, step)| (*step, survey.locations[*location].clone())).collect();
        let surroundings = Surroundings::of(&struck.surveyed, self.item.interpreter, false);
        let located = trace::locate(self.item.scenario, &struck.surveyed, &surroundings, &frames);
        let mut spots: Vec<Spot> = Vec::new();
        let mut spot_of = BTreeMap::new();
        for (key, place) in keys.into_iter().zip(located) {
            let is_statement = place.origin == trace::Origin::Statement;
            let spot = Spot { step: is_statement.then_some(key.1), place };
            let at = spots.iter().position(|known| *known == spot).unwrap_or_else(|| {
                spots.push(spot);
                spots.len() - 1
            });
            spot_of.insert(key, at);
        }
        (spots, spot_of)
    }

    /// What a branch does that it should not.
    fn effect(&mut self, branch: &Branch) -> Result<Effect, RunError> {
        let raised = branch.struck.as_ref().and_then(|struck| struck.exception.as_ref());
        let mut differences: Vec<Difference> = raised
            .map(|raised| Difference {
                step: None,
                outcome: Outcome::Broken,
                given: vec![self.raised(branch, raised)],
                expected: Vec::new(),
            })
            .into_iter()
            .collect();
        differences.extend(self.differences(branch, branch.step)?);
        Ok(Effect::of(differences))
    }

    /// An exception of a branch, in words.
    pub(super) fn raised(&self, branch: &Branch, raised: &Exception) -> String {
        trace::raised(raised, &Surroundings::within(&branch.workspace, None, self.item.interpreter, false))
    }

    /// What a branch wrote or displayed, in lines.
    pub(super) fn printed(&self, branch: &Branch, text: &str) -> Vec<String> {
        let surroundings = Surroundings::within(&branch.workspace, None, self.item.interpreter, false);
        trace::printed(text.as_bytes(), &surroundings).lines().map(str::to_owned).collect()
    }

    /// The steps of a branch that do not answer as the untouched run does. A step before `from` only
    /// counts where the branch ends at it.
    pub(super) fn differences(&mut self, branch: &Branch, from: usize) -> Result<Vec<Difference>, RunError> {
        let play = whole(self.untouched, branch);
        let surroundings = Surroundings::of(&play, self.item.interpreter, false);
        let course = Course::new(Script::whole(self.item.scenario), &play, &surroundings);
        let mut differences = Vec::new();
        for step in branch.step..self.item.scenario.steps.len() {
            if matches!(self.item.scenario.steps[step], Step::Write(_)) {
                continue;
            }
            let (answer, untouched) = (course.answer(step), self.course.answer(step));
            let has_ended = matches!(answer, Answer::Ended(_));
            if step < from && !has_ended {
                continue;
            }
            let outcome = self.outcome(step, &answer, &untouched)?;
            if outcome != Outcome::Safe {
                differences.push(Difference {
                    step: Some(step),
                    outcome,
                    given: answer.lines(),
                    expected: untouched.lines(),
                });
            }
            if has_ended || branch.ending != Ending::Finished && answer == Answer::Unreached {
                break;
            }
        }
        Ok(differences)
    }

    /// How a step's answer compares with that of the untouched run, of a restart with today's source, and
    /// of restarts with those before.
    fn outcome(&mut self, step: usize, answer: &Answer, untouched: &Answer) -> Result<Outcome, RunError> {
        if answer == untouched {
            return Ok(Outcome::Safe);
        }
        if *answer == self.restarts.today(step)?.answer(step) {
            return Ok(Outcome::Safe);
        }
        let source = self.restarts.sources.at(step);
        let mut before = Vec::new();
        for source in (0..source).rev() {
            before.push(self.restarts.on(source, step)?.answer(step));
        }
        Ok(Verdict::of(answer, untouched, &before).into())
    }
}
