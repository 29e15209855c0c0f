//! Plays the branches of a run, several runs at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::bisection::{Part, Tries, between, parted};
use super::choice::{choose, parts};
use super::classes::{Class, classes};
use super::error::SweepError;
use super::findings::{Tried, Unfinished};
use crate::lab::{Item, Lab};
use crate::worker::{Branch, Conduct, Ending, Fault, Place, Plan, Play, Survey, Thrown};

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
pub(super) struct Struck<'a> {
    ground: Ground<'a>,
    pub(super) survey: Survey,
    /// The run that was surveyed.
    pub(super) surveyed: Play,
    classes: Vec<Class>,
    /// The places at which it was to strike so far.
    chosen: BTreeSet<usize>,
    /// By the number of the place, and of what is tried there.
    pub(super) branches: BTreeMap<(usize, usize), Branch>,
    pub(super) unfinished: Option<Unfinished>,
}

impl Struck<'_> {
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
}

/// What is played, and who is told.
pub(super) struct Ground<'a> {
    pub(super) lab: &'a Lab,
    pub(super) item: &'a Item<'a>,
    pub(super) conduct: &'a Conduct,
    pub(super) plan: &'a Plan,
    pub(super) wishes: &'a Wishes,
    pub(super) told: &'a dyn Progress,
}

/// Surveys a run, and strikes at the first place of each class and the last.
pub(super) fn strike(ground: Ground<'_>) -> Result<Struck<'_>, SweepError> {
    let Ground { lab, item, conduct, plan, wishes, .. } = ground;
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
    let chosen = choose(&classes, ground.budget(), wishes.seed);
    let is_all = chosen.len() == choose(&classes, None, None).len();
    let mut struck = Struck {
        ground,
        survey,
        surveyed: swept.play,
        classes,
        chosen: BTreeSet::new(),
        branches: BTreeMap::new(),
        unfinished: (!is_all).then_some(Unfinished::Budget),
    };
    struck.play(chosen)?;
    Ok(struck)
}

impl Struck<'_> {
    /// What came of the places, in classes that are parted where another effect begins; as long as it is not known
    /// where that is, it strikes at more of them. `judge` is given the number of a place, and gives nothing for one
    /// that was not met again.
    pub(super) fn judged<E: Clone + PartialEq, K: PartialEq>(
        &mut self,
        kind: impl Fn(&E) -> K,
        spot: impl Fn(&Place) -> usize,
        mut judge: impl FnMut(&Self, usize) -> Result<Option<E>, SweepError>,
    ) -> Result<Vec<(Tried, E)>, SweepError> {
        let mut tries = Tries::new();
        loop {
            for number in &self.chosen {
                if !tries.contains_key(number) {
                    tries.insert(*number, judge(self, *number)?);
                }
            }
            let mut wanted: Vec<usize> =
                self.classes.iter().flat_map(|class| between(class, &tries, &kind)).collect();
            wanted.sort_unstable();
            if wanted.is_empty() || !self.has_room(&mut wanted) {
                break;
            }
            self.play(wanted)?;
        }
        let parts = self.classes.iter().flat_map(|class| parted(class, &tries, &kind));
        Ok(parts.map(|part| self.tried(part, &spot)).collect())
    }

    /// Whether more may be tried, and of what is wanted no more than that.
    fn has_room(&mut self, wanted: &mut Vec<usize>) -> bool {
        if self.unfinished.is_some() {
            return false;
        }
        let budget = self.ground.budget();
        let room = budget.map_or(usize::MAX, |budget| budget.saturating_sub(self.chosen.len()));
        self.unfinished = match () {
            () if self.ground.is_late() => Some(Unfinished::Time),
            () if self.ground.lab.is_stopped() => Some(Unfinished::Interrupted),
            () if wanted.len() > room => Some(Unfinished::Budget),
            () => None,
        };
        wanted.truncate(room);
        matches!(self.unfinished, None | Some(Unfinished::Budget)) && !wanted.is_empty()
    }

    /// Plays the run again, and strikes at these places.
    fn play(&mut self, places: Vec<usize>) -> Result<(), SweepError> {
        let Ground { lab, item, conduct, plan, told, .. } = self.ground;
        let parts: Vec<Conduct> = parts(&places, lab.job_count())
            .into_iter()
            .map(|chosen| conduct_with(conduct, Plan { chosen: Some(chosen), ..plan.clone() }))
            .collect();
        self.chosen.extend(places);
        told.begin(self.chosen.len() * plan.fault.variants());
        let (branches, survey, ground) = (Mutex::new(&mut self.branches), &self.survey, &self.ground);
        let heard = |branch: Branch| {
            told.advance();
            if !is_there(&branch, survey) {
                return;
            }
            let mut branches = branches.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            branches.insert((branch.place, branch.variant), branch);
            if ground.is_late() {
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
        let is_late = self.ground.is_late();
        match failure {
            Some(error) if !error.is_interruption() => return Err(error.into()),
            Some(_) if is_late => self.unfinished = Some(Unfinished::Time),
            Some(_) => self.unfinished = Some(Unfinished::Interrupted),
            None => {}
        }
        Ok(())
    }

    fn tried<E>(&self, part: Part<E>, spot: impl Fn(&Place) -> usize) -> (Tried, E) {
        let number = part.class.first();
        let place = &self.survey.places[number];
        let (spot, nth) = (spot(place), self.survey.visits(number));
        let (places, surmised) = (part.class.places, part.surmised);
        (Tried { places, surmised, spot, step: place.step, nth, effect: 0 }, part.effect)
    }
}

impl Ground<'_> {
    /// At how many places it may strike.
    fn budget(&self) -> Option<usize> {
        self.wishes.budget.map(|budget| budget.div_ceil(self.plan.fault.variants()))
    }

    fn is_late(&self) -> bool {
        self.wishes.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
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

fn conduct_with(conduct: &Conduct, plan: Plan) -> Conduct {
    Conduct { plan: Some(plan), ..conduct.clone() }
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
