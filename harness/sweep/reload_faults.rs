//! A reload that fails at each of its places.
//!
//! At each place two branches are played. In one the exception goes on to whoever called `reload`: which
//! names of the module are new by then, which old, which neither, and what do the later steps do? In the
//! other it is swallowed, and one more, clean reload follows: is all then as if it had never failed?
//!
//! A call in another thread does not make the reload fail: there one branch is played, and what the call
//! answers is compared with what it answers before the reload and after it.

use std::collections::BTreeMap;

use super::error::SweepError;
use super::findings::Places;
use super::listing::{self, Line, Listing, Spot};
use super::outcome::{Effect, Outcome};
use super::scenario::{Judge, own_modules};
use super::strike::{Ground, Progress, Struck, Wishes, strike};
use crate::lab::{Item, Lab, RunError};
use crate::worker::{Branch, Called, Conduct, Fault, NameAfter, Plan, Reloaded, Reloading, Thrown};

/// The variants of a branch, as `faults.py` has them.
pub(super) const GOES_ON: usize = 0;
pub(super) const HEALS: usize = 1;
/// Functions that places are said to be in which are on no line: before the reload, at the end of a
/// module, after the reload; and what the source says of them.
const EDGES: [(&str, &str); 3] =
    [("<before>", "(before the reload)"), ("<end>", "(the end)"), ("<after>", "(after the reload)")];

/// What a sweep over a reload has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultFindings {
    /// What struck.
    pub fault: Fault,
    /// What it raised, where that was chosen.
    pub thrown: Option<Thrown>,
    /// The module whose reload failed; empty where nothing is reloaded.
    pub module: String,
    /// What another thread calls, where one does.
    pub call: Option<String>,
    /// What of the fault is not there in this Python, in words.
    pub note: Option<String>,
    /// What that gives before the reload and after it, where that is known.
    pub given: Option<[Vec<String>; 2]>,
    /// The places of the reload.
    pub places: Places<FaultEffect>,
}

/// What comes of a reload that fails.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FaultEffect {
    /// What the later steps do.
    pub then: Effect,
    /// What they do after one more, clean reload, where one was tried.
    pub healed: Option<Effect>,
    /// What reached the caller; nothing where the reload went through all the same.
    pub raised: Option<String>,
    /// What the names of the module mean after it; nothing where the process ended with it.
    pub names: Option<Names>,
    /// What a call in another thread gives, where one was made.
    pub answer: Option<ThreadAnswer>,
}

/// What a call in another thread gives in the midst of a reload.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ThreadAnswer {
    /// How it compares.
    pub kind: Given,
    /// What it gives, in lines.
    pub lines: Vec<String>,
}

/// How a call in the midst of a reload compares with one before and one after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Given {
    /// As always: before and after give the same.
    Same,
    /// As before.
    Before,
    /// As after.
    After,
    /// As neither.
    Neither,
    /// It raises, which it does neither before nor after.
    Raises,
    /// It waits for the reload to come to its end.
    Waits,
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
    pub fn at(&self, spots: &[usize]) -> Option<(Outcome, bool)> {
        self.places.on(spots).fold(None, |worst, (_, effect)| {
            let (outcome, heals) = worst.unwrap_or((Outcome::Safe, true));
            Some((outcome.max(effect.then.outcome), heals && effect.heals()))
        })
    }

    /// The worst that a call gives on a line.
    pub fn given_at(&self, spots: &[usize]) -> Option<Given> {
        self.places.on(spots).filter_map(|(_, effect)| effect.given()).max()
    }

    /// At how many places a call gives what.
    pub fn given_counts(&self) -> BTreeMap<Given, usize> {
        self.places.counts(FaultEffect::given)
    }

    /// How many places have each outcome.
    pub fn counts(&self) -> BTreeMap<Outcome, usize> {
        self.places.counts(|effect| Some(effect.then.outcome))
    }

    /// At how many places one more reload heals a failure.
    pub fn healed(&self) -> usize {
        self.places.count(FaultEffect::heals)
    }
}

impl FaultEffect {
    /// Whether after one more, clean reload all is as if it had never failed.
    pub fn heals(&self) -> bool {
        self.healed.as_ref().is_none_or(|healed| healed.outcome == Outcome::Safe)
    }

    fn given(&self) -> Option<Given> {
        self.answer.as_ref().map(|answer| answer.kind)
    }

    /// By which it is told how bad it is: what is worst has the greatest.
    pub(super) fn badness(&self) -> impl Ord + use<> {
        (self.healed.as_ref().map(|healed| healed.outcome), self.then.outcome, self.given())
    }
}

impl Given {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Before => "before",
            Self::After => "after",
            Self::Neither => "neither",
            Self::Raises => "raises",
            Self::Waits => "waits",
        }
    }

    fn of(lines: &[String], called: &Called, [before, after]: &[Vec<String>; 2]) -> Self {
        match () {
            () if called.waited => Self::Waits,
            () if lines == before && lines == after => Self::Same,
            () if lines == before => Self::Before,
            () if lines == after => Self::After,
            () if called.exception.is_some() => Self::Raises,
            () => Self::Neither,
        }
    }
}

impl Names {
    /// Compares what names mean with what they meant before, and with what a whole reload makes of them.
    pub(super) fn of(names: &BTreeMap<String, NameAfter>, whole: &Reloaded) -> Self {
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
    let untouched = lab.play(item)?;
    let mut judge = Judge::new(lab, item, &untouched)?;
    let plan = Plan {
        lines: wishes.lines.clone(),
        thrown: wishes.thrown,
        ..Plan::survey(wishes.fault, wishes.modules.clone(), wishes.limit)
    };
    let conduct = Conduct::new(Reloading::Real);
    let mut struck = strike(Ground { lab, item, conduct: &conduct, plan: &plan, wishes, told })?;
    if struck.survey.reloaded.is_none() && !wishes.modules.is_empty() {
        if let Some(module) = struck.survey.missing.first() {
            return Err(SweepError::never_loaded(module, own_modules(item.scenario), String::new()));
        }
        return Err(SweepError::not_reloaded("scenario", &wishes.modules));
    }
    let whole = struck.survey.reloaded.clone().unwrap_or_default();
    let (spots, spot_of) = judge.spots(&struck);
    let given = given(&judge, &struck);
    let tried = struck.judged(
        FaultEffect::badness,
        |place| spot_of[&(place.location, place.step)],
        |struck, number| {
            let branch = |variant| struck.branches.get(&(number, variant));
            let healed = branch(HEALS);
            let Some(on) = branch(GOES_ON).filter(|_| healed.is_some() || wishes.fault.variants() == 1)
            else {
                return Ok(None);
            };
            let mut effect = effect(&mut judge, &whole, on, healed)?;
            effect.answer = answer(&judge, on, given.as_ref());
            Ok(Some(effect))
        },
    )?;
    let listings = with_edges(&spots, |spots| listing::of_scenario(item.scenario, spots));
    Ok(FaultFindings {
        fault: wishes.fault,
        thrown: wishes.thrown,
        module: whole.module,
        call: whole.call,
        note: whole.note,
        given,
        places: Places::of(&struck, spots, listings, tried, FaultEffect::badness),
    })
}

fn effect(
    judge: &mut Judge<'_>,
    whole: &Reloaded,
    on: &Branch,
    healed: Option<&Branch>,
) -> Result<FaultEffect, RunError> {
    let struck = on.struck.as_ref();
    let raised = struck.and_then(|struck| struck.exception.as_ref());
    // That the reload itself raises is what was asked for.
    let from = on.step + usize::from(raised.is_some());
    Ok(FaultEffect {
        raised: raised.map(|raised| judge.raised(on, raised)),
        names: struck.map(|struck| Names::of(&struck.names, whole)),
        then: Effect::of(judge.differences(on, from)?),
        healed: match healed {
            Some(healed) => Some(Effect::of(judge.differences(healed, healed.step)?)),
            None => None,
        },
        answer: None,
    })
}

/// What a call in another thread gives before the reload and after it: at the first place and the last.
fn given(judge: &Judge<'_>, struck: &Struck<'_>) -> Option<[Vec<String>; 2]> {
    let lines = |place: usize| {
        let branch = struck.branches.get(&(place, GOES_ON))?;
        Some(called_lines(judge, branch, branch.struck.as_ref()?.called.as_ref()?))
    };
    Some([lines(0)?, lines(struck.survey.places.len().checked_sub(1)?)?])
}

fn answer(judge: &Judge<'_>, branch: &Branch, given: Option<&[Vec<String>; 2]>) -> Option<ThreadAnswer> {
    let called = branch.struck.as_ref()?.called.as_ref()?;
    let lines = called_lines(judge, branch, called);
    Some(ThreadAnswer { kind: Given::of(&lines, called, given?), lines })
}

/// What a call wrote, gave and raised.
fn called_lines(judge: &Judge<'_>, branch: &Branch, called: &Called) -> Vec<String> {
    let texts = [&called.output].into_iter().chain(&called.value);
    let mut lines: Vec<String> = texts.flat_map(|text| judge.printed(branch, text)).collect();
    lines.extend(called.exception.as_ref().map(|raised| judge.raised(branch, raised)));
    lines
}

/// The source, with lines of their own for places that are on none: the first line and the last may be
/// statements.
pub(super) fn with_edges(spots: &[Spot], listings: impl FnOnce(&[Spot]) -> Vec<Listing>) -> Vec<Listing> {
    let edge = |spot: &Spot| EDGES.iter().position(|(function, _)| *function == spot.place.function);
    let mut lines: Vec<Spot> = spots.to_vec();
    for spot in lines.iter_mut().filter(|spot| edge(spot).is_some()) {
        (spot.place.markdown, spot.place.line) = (None, 0);
    }
    let mut listings = listings(&lines);
    let edges = spots.iter().enumerate().filter_map(|(number, spot)| Some((edge(spot)?, number)));
    let mut edges: Vec<(usize, usize)> = edges.collect();
    edges.sort_unstable();
    for (edge, number) in edges {
        let is_of = |listing: &&mut Listing| {
            let mut there = listing.lines.iter().flat_map(|line| &line.spots);
            there.any(|spot| lines[*spot].place.file == spots[number].place.file)
        };
        if let Some(listing) = listings.iter_mut().find(is_of) {
            let line = Line { number: None, text: EDGES[edge].1.to_owned(), spots: vec![number] };
            let at = if edge == 0 { 0 } else { listing.lines.len() };
            listing.lines.insert(at, line);
        }
    }
    listings
}

#[cfg(test)]
mod tests {
    use super::super::findings::{Tried, gather};
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
            note: None,
            call: None,
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
    fn what_does_not_heal_comes_first_and_a_line_is_told_by_the_worst() {
        let broken = Effect { outcome: Outcome::Broken, ..Effect::of(Vec::new()) };
        let mild = FaultEffect {
            then: broken.clone(),
            healed: Some(Effect::of(Vec::new())),
            raised: None,
            names: None,
            answer: None,
        };
        let lasting = FaultEffect { healed: Some(broken), ..mild.clone() };
        let at = |place, spot| Tried { places: vec![place], surmised: 0, spot, step: 3, nth: 1, effect: 0 };
        let tried = vec![(at(0, 0), mild.clone()), (at(1, 0), lasting.clone()), (at(2, 1), mild.clone())];
        let (tried, effects) = gather(tried, FaultEffect::badness);
        let places = Places { tried, effects, ..Places::default() };
        let findings = FaultFindings { places, ..FaultFindings::default() };
        assert_eq!(findings.places.effects, [lasting, mild]);
        assert_eq!(findings.healed(), 2);
        assert_eq!(findings.at(&[0]), Some((Outcome::Broken, false)));
        assert_eq!(findings.at(&[1]), Some((Outcome::Broken, true)));
        assert_eq!(findings.at(&[2]), None);
    }

    #[test]
    fn a_call_is_compared_with_one_before_and_one_after() {
        let lines = |text: &str| vec![text.to_owned()];
        let given = [lines("old"), lines("new")];
        let called = Called::default();
        let raising = Called { exception: Some(crate::worker::Exception::default()), ..Called::default() };
        assert_eq!(Given::of(&lines("old"), &called, &given), Given::Before);
        assert_eq!(Given::of(&lines("new"), &raising, &given), Given::After);
        assert_eq!(Given::of(&lines("old"), &called, &[lines("old"), lines("old")]), Given::Same);
        assert_eq!(Given::of(&lines("other"), &called, &given), Given::Neither);
        assert_eq!(Given::of(&lines("other"), &raising, &given), Given::Raises);
        let waiting = Called { waited: true, ..Called::default() };
        assert_eq!(Given::of(&lines("new"), &waiting, &given), Given::Waits);
    }
}
