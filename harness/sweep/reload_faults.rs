//! A reload that fails at each of its places.
//!
//! At each place two branches are played. In one the exception goes on to whoever called `reload`: which
//! names of the module are new by then, which old, which neither, and what do the later steps do? In the
//! other it is swallowed, and one more, clean reload follows: is all then as if it had never failed?

use std::collections::BTreeMap;

use super::error::SweepError;
use super::findings::{Spot, Unfinished};
use super::listing::{self, Line, Listing};
use super::outcome::{Effect, Outcome};
use super::scenario::Judge;
use super::strike::{Progress, Wishes, strike};
use crate::lab::{Item, Lab, RunError};
use crate::worker::{Branch, Conduct, Fault, NameAfter, Plan, Reloaded, Reloading};

/// The variants of a branch, as `faults.py` has them.
const GOES_ON: usize = 0;
const HEALS: usize = 1;
/// The function that a place after the last statement of a module is said to be in.
const END: &str = "<end>";

/// What a sweep over a reload has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultFindings {
    /// What struck.
    pub fault: Fault,
    /// What it raised, where that was chosen.
    pub thrown: String,
    /// The module whose reload failed; empty where nothing is reloaded.
    pub module: String,
    /// Where its places are.
    pub spots: Vec<Spot>,
    /// The source that has them.
    pub listings: Vec<Listing>,
    /// What was tried, in the order of the places.
    pub tried: Vec<FailedReload>,
    /// The effects that there are, each once, the worst first.
    pub effects: Vec<FaultEffect>,
    /// How many places the reload has.
    pub places: usize,
    /// Places of which nothing is known, because other threads ran, which a fork does not take along.
    pub threaded: usize,
    /// How many branches were played.
    pub branches: usize,
    /// Why not all were.
    pub unfinished: Option<Unfinished>,
}

/// A place at which the reload failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedReload {
    /// Its number.
    pub place: usize,
    /// Where it is: an index into [`FaultFindings::spots`].
    pub spot: usize,
    /// What came of it: an index into [`FaultFindings::effects`].
    pub effect: usize,
}

/// What comes of a reload that fails.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FaultEffect {
    /// What the later steps do.
    pub then: Effect,
    /// What they do after one more, clean reload.
    pub healed: Effect,
    /// What reached the caller; nothing where the reload went through all the same.
    pub raised: Option<String>,
    /// What the names of the module mean after it; nothing where the process ended with it.
    pub names: Option<Names>,
}

/// Names of a module after a reload that failed, apart from those on which a reload has no effect.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Names {
    /// As a whole reload leaves them.
    pub new: Vec<String>,
    /// As they were before.
    pub old: Vec<String>,
    /// As neither.
    pub half: Vec<String>,
}

impl FaultFindings {
    /// The worst of what failures on a line do, and whether one more reload heals all of them.
    pub fn at(&self, spot: usize) -> Option<(Outcome, bool)> {
        let effects = self.tried.iter().filter(|tried| tried.spot == spot);
        let effects = effects.map(|tried| &self.effects[tried.effect]);
        effects.fold(None, |worst, effect| {
            let (outcome, heals) = worst.unwrap_or((Outcome::Safe, true));
            Some((outcome.max(effect.then.outcome), heals && effect.heals()))
        })
    }

    /// How many places have each outcome.
    pub fn counts(&self) -> BTreeMap<Outcome, usize> {
        let mut counts = BTreeMap::new();
        for tried in &self.tried {
            *counts.entry(self.effects[tried.effect].then.outcome).or_default() += 1;
        }
        counts
    }

    /// At how many places one more reload heals a failure.
    pub fn healed(&self) -> usize {
        self.tried.iter().filter(|tried| self.effects[tried.effect].heals()).count()
    }

    fn gather(&mut self, tried: Vec<(usize, usize, FaultEffect)>) {
        let mut effects: Vec<FaultEffect> = tried.iter().map(|(.., effect)| effect.clone()).collect();
        effects.sort_by(|one, other| {
            let worst = |effect: &FaultEffect| (effect.healed.outcome, effect.then.outcome);
            worst(other).cmp(&worst(one)).then_with(|| one.cmp(other))
        });
        effects.dedup();
        self.tried = tried
            .into_iter()
            .map(|(place, spot, effect)| {
                let effect = effects.iter().position(|known| *known == effect).unwrap_or_default();
                FailedReload { place, spot, effect }
            })
            .collect();
        self.effects = effects;
    }
}

impl FaultEffect {
    /// Whether after one more, clean reload all is as if it had never failed.
    pub fn heals(&self) -> bool {
        self.healed.outcome == Outcome::Safe
    }
}

impl Names {
    /// Compares what names mean with what they meant before, and with what a whole reload makes of them.
    fn of(names: &BTreeMap<String, NameAfter>, whole: &Reloaded) -> Self {
        let mut sorted = Self::default();
        let mut all: Vec<&String> =
            whole.before.keys().chain(whole.after.keys()).chain(names.keys()).collect();
        all.sort_unstable();
        all.dedup();
        for name in all {
            let old = whole.before.get(name).map(|shape| NameAfter(false, shape.clone()));
            let (new, now) = (whole.after.get(name), names.get(name));
            let list = match () {
                () if now == old.as_ref() && now == new => continue,
                () if now == new => &mut sorted.new,
                () if now == old.as_ref() => &mut sorted.old,
                () => &mut sorted.half,
            };
            list.push(name.clone());
        }
        sorted
    }
}

/// Has the first reload of a scenario fail at each of its places.
pub fn sweep_reload(
    lab: &Lab,
    item: &Item<'_>,
    wishes: &Wishes,
    told: &dyn Progress,
) -> Result<FaultFindings, SweepError> {
    let mut judge = Judge::new(lab, item)?;
    let plan = Plan {
        lines: wishes.lines.clone(),
        thrown: wishes.thrown,
        ..Plan::survey(wishes.fault, wishes.modules.clone(), wishes.limit)
    };
    let struck = strike(lab, item, &Conduct::new(Reloading::Real), plan, wishes, told)?;
    let whole = struck.survey.reloaded.clone().unwrap_or_default();
    let (spots, spot_of) = judge.spots(&struck.survey);
    let mut tried = Vec::new();
    for (number, place) in struck.survey.places.iter().enumerate() {
        let branch = |variant| struck.branches.get(&(number, variant));
        if let (Some(on), Some(healed)) = (branch(GOES_ON), branch(HEALS)) {
            let spot = spot_of[&(place.location, place.step)];
            tried.push((number, spot, effect(&mut judge, &whole, on, healed)?));
        }
    }
    let mut findings = FaultFindings {
        fault: wishes.fault,
        thrown: wishes.thrown.word().to_owned(),
        module: whole.module,
        listings: listings(item, &spots),
        spots,
        places: struck.survey.met,
        threaded: struck.survey.skipped,
        branches: struck.branches.len(),
        unfinished: struck.unfinished,
        ..FaultFindings::default()
    };
    findings.gather(tried);
    Ok(findings)
}

fn effect(
    judge: &mut Judge<'_>,
    whole: &Reloaded,
    on: &Branch,
    healed: &Branch,
) -> Result<FaultEffect, RunError> {
    let struck = on.struck.as_ref();
    let raised = struck.and_then(|struck| struck.exception.as_ref());
    Ok(FaultEffect {
        raised: raised.map(|raised| judge.raised(on, raised)),
        names: struck.map(|struck| Names::of(&struck.names, whole)),
        // That the reload itself raises is what was asked for.
        then: Effect::of(judge.differences(on, on.step + 1)?),
        healed: Effect::of(judge.differences(healed, healed.step)?),
    })
}

/// The source, with a line of its own for the end of a module: the last line may be a statement's.
fn listings(item: &Item<'_>, spots: &[Spot]) -> Vec<Listing> {
    let is_end = |spot: &Spot| spot.place.function == END;
    let mut lines: Vec<Spot> = spots.to_vec();
    for spot in lines.iter_mut().filter(|spot| is_end(spot)) {
        spot.place.markdown = None;
    }
    let mut listings = listing::of_scenario(item.scenario, &lines);
    for (number, end) in spots.iter().enumerate().filter(|(_, spot)| is_end(spot)) {
        let is_of = |listing: &&mut Listing| {
            let mut spots = listing.lines.iter().filter_map(|line| line.spot);
            spots.any(|spot| lines[spot].place.file == end.place.file)
        };
        if let Some(listing) = listings.iter_mut().find(is_of) {
            listing.lines.push(Line { number: None, text: "(the end)".to_owned(), spot: Some(number) });
        }
    }
    listings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(names: &[(&str, bool, &str)]) -> BTreeMap<String, NameAfter> {
        let name = |(name, is_other, shape): &(&str, bool, &str)| {
            ((*name).to_owned(), NameAfter(*is_other, (*shape).to_owned()))
        };
        names.iter().map(name).collect()
    }

    #[test]
    fn a_name_is_new_or_old_or_neither_or_of_no_account() {
        let before = [("f", "function"), ("T", "dict 2"), ("n", "1"), ("gone", "1"), ("os", "module")];
        let whole = Reloaded {
            module: "foo".to_owned(),
            before: before.iter().map(|(name, shape)| ((*name).to_owned(), (*shape).to_owned())).collect(),
            after: after(&[
                ("f", true, "function"),
                ("T", true, "dict 2"),
                ("n", true, "2"),
                ("os", false, "module"),
                ("made", true, "1"),
            ]),
        };
        let failed = after(&[
            ("f", true, "function"),
            ("T", true, "dict 0"),
            ("n", false, "1"),
            ("gone", false, "1"),
            ("os", false, "module"),
        ]);
        let names = Names::of(&failed, &whole);
        assert_eq!(names.new, ["f"]);
        assert_eq!(names.old, ["gone", "made", "n"]);
        assert_eq!(names.half, ["T"]);
    }

    #[test]
    fn what_does_not_heal_comes_first_and_equal_effects_are_one() {
        let broken = Effect { outcome: Outcome::Broken, ..Effect::of(Vec::new()) };
        let mild =
            FaultEffect { then: broken.clone(), healed: Effect::of(Vec::new()), raised: None, names: None };
        let lasting = FaultEffect { healed: broken, ..mild.clone() };
        let mut findings = FaultFindings::default();
        findings.gather(vec![(0, 0, mild.clone()), (1, 0, lasting.clone()), (2, 1, mild.clone())]);
        assert_eq!(findings.effects, [lasting, mild]);
        assert_eq!(findings.healed(), 2);
        assert_eq!(findings.at(0), Some((Outcome::Broken, false)));
        assert_eq!(findings.at(1), Some((Outcome::Broken, true)));
        assert_eq!(findings.at(2), None);
    }
}
