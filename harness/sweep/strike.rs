//! Plays the branches of a run, several runs at a time.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::classes::{Class, classes};
use super::error::SweepError;
use super::findings::{Tried, Unfinished};
use crate::lab::{Draw, Item, Lab};
use crate::worker::{Branch, Conduct, Ending, Fault, Plan, Play, Survey, Thrown};

/// What is asked of a sweep.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// The modules to reload, in this order; none leaves it to the scenario.
    pub modules: Vec<String>,
    /// Modules whose lines are in question; none means the scenario's or the reloaded packages' own.
    pub lines: Vec<String>,
    /// Whether every place is tried, those included that cannot be told apart.
    pub exhaustive: bool,
    /// How many branches may be played.
    pub budget: Option<usize>,
    /// What draws the places on which it is spent; they are the first ones where there is none.
    pub seed: Option<u64>,
    /// When it is to be over.
    pub deadline: Option<Instant>,
    /// How long a branch may take.
    pub limit: Duration,
    /// What strikes.
    pub fault: Fault,
    /// What it raises, where that is chosen.
    pub thrown: Option<Thrown>,
}

/// The branches of a run.
#[derive(Debug)]
pub(super) struct Struck {
    pub(super) survey: Survey,
    /// The run that was surveyed.
    pub(super) surveyed: Play,
    pub(super) classes: Vec<Class>,
    /// By the number of the place, and of what is tried there.
    pub(super) branches: BTreeMap<(usize, usize), Branch>,
    pub(super) unfinished: Option<Unfinished>,
}

impl Struck {
    /// The first of these modules that no branch had to reload, where that tells that it never was there: of a
    /// sweep that somebody has interrupted it does not.
    pub(super) fn never_loaded<'m>(&self, modules: &'m [String]) -> Option<&'m String> {
        if self.unfinished == Some(Unfinished::Interrupted) {
            return None;
        }
        let all: Vec<_> = self.branches.values().filter_map(|branch| branch.struck.as_ref()).collect();
        modules.iter().find(|module| {
            let is_missing = !all.is_empty() || self.survey.missing.contains(module);
            is_missing && !all.iter().any(|struck| struck.reloaded.contains(module))
        })
    }

    /// A class of places on a line, which gets its effect when all are gathered.
    pub(super) fn tried(&self, class: &Class, spot: usize) -> Tried {
        let number = class.representative();
        let (step, nth) = (self.survey.places[number].step, self.survey.visits(number));
        Tried { places: class.places.clone(), spot, step, nth, effect: 0 }
    }
}

/// Surveys a run, and strikes at one place of each class. `began` is told how many that will be, and
/// `advanced` of each.
pub(super) fn strike(
    lab: &Lab,
    item: &Item<'_>,
    conduct: &Conduct,
    plan: &Plan,
    wishes: &Wishes,
    told: &dyn Progress,
) -> Result<Struck, SweepError> {
    let surveyed = conduct_with(conduct, plan.clone());
    let swept = lab.sweep(item, &surveyed, &mut |_| {})?;
    if let Some(reason) = swept.refused {
        return Err(SweepError::Refused(reason));
    }
    let Some(survey) = swept.survey else {
        return Err(match swept.play.ending {
            ending @ (Ending::Finished | Ending::Exited { .. }) => SweepError::Vanished(ending.to_string()),
            ending => SweepError::NoEnd(ending.to_string(), String::new()),
        });
    };
    let classes = classes(&survey, wishes.exhaustive || !plan.fault.has_classes());
    let all: Vec<usize> = classes.iter().map(Class::representative).collect();
    let variants = plan.fault.variants();
    let count = wishes.budget.map_or(all.len(), |budget| budget.div_ceil(variants).min(all.len()));
    let chosen = &choose(&all, count, wishes.seed);
    told.begin(chosen.len() * variants);
    let branches = Mutex::new(BTreeMap::new());
    let mut unfinished = (chosen.len() < all.len()).then_some(Unfinished::Budget);
    let parts: Vec<Conduct> = parts(chosen, lab.job_count())
        .into_iter()
        .map(|chosen| conduct_with(conduct, Plan { chosen: Some(chosen), ..plan.clone() }))
        .collect();
    let is_late = || wishes.deadline.is_some_and(|deadline| Instant::now() >= deadline);
    let heard = |branch: Branch| {
        told.advance();
        if !is_there(&branch, &survey) {
            return;
        }
        let mut branches = branches.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        branches.insert((branch.place, branch.variant), branch);
        if is_late() {
            lab.stop();
        }
    };
    let mut failure = None;
    lab.each(
        &parts,
        |part| lab.sweep(item, part, &mut |branch| heard(branch)),
        |_, finished| {
            if let Err(error) = finished.outcome {
                failure = Some(error);
            }
        },
    );
    match failure {
        Some(error) if !error.is_interruption() => return Err(error.into()),
        Some(_) => unfinished = Some(if is_late() { Unfinished::Time } else { Unfinished::Interrupted }),
        None => {}
    }
    let branches = branches.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(Struck { survey, surveyed: swept.play, classes, branches, unfinished })
}

/// Whether a branch began where the survey has its place, and not only as many places after the beginning.
fn is_there(branch: &Branch, survey: &Survey) -> bool {
    let (Some((file, line, function)), Some(place)) = (&branch.at, survey.places.get(branch.place)) else {
        return true;
    };
    let there = &survey.locations[place.location];
    place.step == branch.step && (&there.file, &there.line, &there.function) == (file, line, function)
}

/// Who is told how far a sweep is.
pub trait Progress: Sync {
    /// So many branches will be played.
    fn begin(&self, branches: usize);
    /// One more is.
    fn advance(&self);
}

/// Nobody.
impl Progress for () {
    fn begin(&self, _: usize) {}
    fn advance(&self) {}
}

/// So many of the places, in their order: the first ones, or those that a seed draws.
fn choose(all: &[usize], count: usize, seed: Option<u64>) -> Vec<usize> {
    let Some(seed) = seed else { return all[..count].to_vec() };
    let (mut left, mut draw) = (all.to_vec(), Draw::new(seed));
    let mut chosen: Vec<usize> = (0..count)
        .map(|_| {
            let drawn = draw.below(left.len());
            left.swap_remove(drawn)
        })
        .collect();
    chosen.sort_unstable();
    chosen
}

fn conduct_with(conduct: &Conduct, plan: Plan) -> Conduct {
    Conduct { plan: Some(plan), ..conduct.clone() }
}

/// Deals the places out, so that each part has as many of the early ones, which take longest.
fn parts(chosen: &[usize], count: usize) -> Vec<Vec<usize>> {
    let count = count.min(chosen.len());
    (0..count).map(|part| chosen.iter().copied().skip(part).step_by(count).collect()).collect()
}

/// The run that a branch is, from the beginning: the steps of the run that it was forked from, and then its
/// own. None is of the untouched run, which is of another process: an address that one of them shows may be
/// something else in the other.
pub(super) fn whole(untouched: &Play, branch: &Branch) -> Play {
    Play {
        steps: branch.before.iter().chain(&branch.steps).cloned().collect(),
        rest: branch.rest.clone(),
        ending: branch.ending.clone(),
        threads: Vec::new(),
        held: Vec::new(),
        more_held: 0,
        uses: Vec::new(),
        workspace: branch.workspace.clone(),
        ..untouched.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_places_each_time_and_each_at_most_once() {
        let all: Vec<usize> = (0..100).collect();
        assert_eq!(choose(&all, 3, None), [0, 1, 2]);
        let drawn = choose(&all, 30, Some(7));
        assert_eq!(drawn, choose(&all, 30, Some(7)));
        assert_ne!(drawn, choose(&all, 30, Some(8)));
        assert!(drawn.len() == 30 && drawn.is_sorted_by(|one, other| one < other));
        assert_eq!(choose(&all, 100, Some(7)), all);
    }

    #[test]
    fn the_parts_have_all_places_and_each_some_of_the_early_ones() {
        assert_eq!(parts(&[1, 3, 5, 7, 9], 2), [vec![1, 5, 9], vec![3, 7]]);
        assert_eq!(parts(&[1], 2), [vec![1]]);
        assert!(parts(&[], 2).is_empty());
    }
}
