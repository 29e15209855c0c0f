//! What a sweep has found.

use std::collections::BTreeMap;

use super::listing::{Listing, Spot};
use super::outcome::{Effect, Outcome};

/// What a sweep of one run has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The modules that were reloaded, in this order.
    pub modules: Vec<String>,
    /// Lines of the source that have places, in the order in which the run came to them first.
    pub spots: Vec<Spot>,
    /// The source that has them, in reading order.
    pub listings: Vec<Listing>,
    /// What was tried, in the order of the places.
    pub tried: Vec<Tried>,
    /// The effects that there are, each once, the worst first.
    pub effects: Vec<Effect>,
    /// How many places the run has, those included that were passed over.
    pub places: usize,
    /// Places of which nothing is known, because other threads, processes or interpreters of its own were there,
    /// which a fork does not take along.
    pub threaded: usize,
    /// Sources in the folder of a program that modules were loaded from, relative to it.
    pub files: Vec<String>,
    /// How many branches were played.
    pub branches: usize,
    /// Why not all were.
    pub unfinished: Option<Unfinished>,
}

/// A class of places of which one was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The numbers of its places; the first stands for them.
    pub places: Vec<usize>,
    /// On which line they are: an index into [`Findings::spots`].
    pub spot: usize,
    /// In which step.
    pub step: usize,
    /// How often the step has come to that line when it comes to the first place, that time included.
    pub nth: usize,
    /// What it does: an index into [`Findings::effects`].
    pub effect: usize,
}

/// Why a sweep did not come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// The branches that were allowed are played.
    Budget,
    /// The time that was allowed is over.
    Time,
    /// It was told to stop.
    Interrupted,
}

impl Findings {
    /// How many places have each outcome.
    pub fn counts(&self) -> BTreeMap<Outcome, usize> {
        let mut counts = BTreeMap::new();
        for tried in &self.tried {
            *counts.entry(self.effects[tried.effect].outcome).or_default() += tried.places.len();
        }
        counts
    }

    /// How many places something is known of.
    pub fn known(&self) -> usize {
        self.tried.iter().map(|tried| tried.places.len()).sum()
    }

    /// The outcomes of a line, and how many of its places have each.
    pub fn at(&self, spot: usize) -> BTreeMap<Outcome, usize> {
        let mut counts = BTreeMap::new();
        for tried in self.tried.iter().filter(|tried| tried.spot == spot) {
            *counts.entry(self.effects[tried.effect].outcome).or_default() += tried.places.len();
        }
        counts
    }

    /// The worst that was met.
    pub fn worst(&self) -> Outcome {
        self.effects.iter().map(|effect| effect.outcome).max().unwrap_or(Outcome::Safe)
    }

    /// Gathers what was tried, each with its effect.
    pub(super) fn gather(&mut self, tried: Vec<(Tried, Effect)>) {
        let mut effects: Vec<Effect> = tried.iter().map(|(_, effect)| effect.clone()).collect();
        effects.sort_by(|one, other| other.outcome.cmp(&one.outcome).then_with(|| one.cmp(other)));
        effects.dedup();
        self.tried = tried
            .into_iter()
            .map(|(tried, effect)| {
                let effect = effects.iter().position(|known| *known == effect).unwrap_or_default();
                Tried { effect, ..tried }
            })
            .collect();
        self.tried.sort_by_key(|tried| tried.places.first().copied());
        self.effects = effects;
    }
}
