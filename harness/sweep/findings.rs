//! What a sweep has found.

use std::collections::BTreeMap;

use super::listing::{Listing, Spot};
use super::outcome::{Effect, Outcome};
use super::strike::Struck;

/// What a reload at every point of a run does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// The modules that were reloaded, in this order.
    pub modules: Vec<String>,
    /// The points.
    pub places: Places<Effect>,
}

/// The places of a run, and what comes of a fault at each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places<E> {
    /// Lines of the source that have places, once for each code object on them, in the order in which the run came
    /// to them first.
    pub spots: Vec<Spot>,
    /// The source that has them, in reading order.
    pub listings: Vec<Listing>,
    /// What was tried, in the order of the places.
    pub tried: Vec<Tried>,
    /// The effects that there are, each once, the worst first.
    pub effects: Vec<E>,
    /// How many places the run came to, those included that were passed over.
    pub met: usize,
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

/// Places on a line of which some were tried, and that have one effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Their numbers; the first was tried.
    pub places: Vec<usize>,
    /// How many of them, the last ones, lie between two places that are both so bad, but not the same in what they do.
    pub surmised: usize,
    /// Where they are: an index into [`Places::spots`].
    pub spot: usize,
    /// In which step; of a fault of a reload, the step that reloads.
    pub step: usize,
    /// How often the step, or the reload, has come to that line when it comes to the first place, that time
    /// included.
    pub nth: usize,
    /// What comes of it: an index into [`Places::effects`].
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

impl<E> Places<E> {
    /// How many places something is known of.
    pub fn known(&self) -> usize {
        self.count(|_| true)
    }

    /// How many places nothing is known of, though none was in the way.
    pub fn untried(&self) -> usize {
        self.met - self.known() - self.threaded
    }

    /// At how many places the effect is such a one.
    pub fn count(&self, is_one: impl Fn(&E) -> bool) -> usize {
        let tried = self.tried.iter().filter(|tried| is_one(&self.effects[tried.effect]));
        tried.map(|tried| tried.places.len()).sum()
    }

    /// How many places are alike in something of their effects, by what that is.
    pub fn counts<K: Ord>(&self, key: impl Fn(&E) -> Option<K>) -> BTreeMap<K, usize> {
        counts(self.tried.iter().map(|tried| (tried, &self.effects[tried.effect])), key)
    }

    /// The same of the places on one line.
    pub fn counts_on<K: Ord>(&self, spots: &[usize], key: impl Fn(&E) -> Option<K>) -> BTreeMap<K, usize> {
        counts(self.on(spots), key)
    }

    /// What was tried on a line, at any of its spots, and what came of it.
    pub fn on(&self, spots: &[usize]) -> impl Iterator<Item = (&Tried, &E)> {
        let tried = self.tried.iter().filter(move |tried| spots.contains(&tried.spot));
        tried.map(|tried| (tried, &self.effects[tried.effect]))
    }

    /// What was tried and had one of the effects.
    pub fn with(&self, effect: usize) -> impl Iterator<Item = &Tried> {
        self.tried.iter().filter(move |tried| tried.effect == effect)
    }

    /// The class of places at which an effect is met first.
    pub fn first_with(&self, effect: usize) -> Option<&Tried> {
        self.with(effect).min_by_key(|tried| (tried.step, tried.nth, tried.places.first().copied()))
    }

    /// The lines on which an effect is met, and at how many places.
    pub fn spots_with(&self, effect: usize) -> (Vec<usize>, usize) {
        let mut spots: Vec<usize> = self.with(effect).map(|tried| tried.spot).collect();
        spots.sort_unstable();
        spots.dedup();
        (spots, self.with(effect).map(|tried| tried.places.len()).sum())
    }

    /// How many of the places with an effect may have another one that is as bad.
    pub fn surmised_with(&self, effect: usize) -> usize {
        self.with(effect).map(|tried| tried.surmised).sum()
    }

    /// The numbers of the places at which an effect is met.
    pub fn numbers_with(&self, effect: usize) -> Vec<usize> {
        let mut places: Vec<usize> = self.with(effect).flat_map(|tried| tried.places.clone()).collect();
        places.sort_unstable();
        places
    }
}

impl<E: Clone + Ord> Places<E> {
    /// Gathers what was tried, each with its effect. The worst is what has the greatest key.
    pub(super) fn of<K: Ord>(
        struck: &Struck<'_>,
        spots: Vec<Spot>,
        listings: Vec<Listing>,
        tried: Vec<(Tried, E)>,
        key: impl Fn(&E) -> K,
    ) -> Self {
        let (tried, effects) = gather(tried, key);
        Self {
            spots,
            listings,
            tried,
            effects,
            met: struck.survey.met,
            threaded: struck.survey.skipped,
            files: struck.survey.files.clone(),
            branches: struck.branches.len(),
            unfinished: struck.unfinished,
        }
    }
}

impl<E> Default for Places<E> {
    fn default() -> Self {
        Self {
            spots: Vec::new(),
            listings: Vec::new(),
            tried: Vec::new(),
            effects: Vec::new(),
            met: 0,
            threaded: 0,
            files: Vec::new(),
            branches: 0,
            unfinished: None,
        }
    }
}

impl Findings {
    /// How many places have each outcome.
    pub fn counts(&self) -> BTreeMap<Outcome, usize> {
        self.places.counts(|effect| Some(effect.outcome))
    }

    /// The outcomes of a line, and how many of its places have each.
    pub fn at(&self, spots: &[usize]) -> BTreeMap<Outcome, usize> {
        self.places.counts_on(spots, |effect| Some(effect.outcome))
    }

    /// The worst on each line of which something is known.
    pub fn lines(&self) -> Vec<Outcome> {
        let mut worst = BTreeMap::new();
        for tried in &self.places.tried {
            let outcome = self.places.effects[tried.effect].outcome;
            let line = worst.entry(self.places.spots[tried.spot].line()).or_insert(outcome);
            *line = outcome.max(*line);
        }
        worst.into_values().collect()
    }

    /// The worst that was met.
    pub fn worst(&self) -> Outcome {
        self.places.effects.iter().map(|effect| effect.outcome).max().unwrap_or(Outcome::Safe)
    }
}

fn counts<'a, E: 'a, K: Ord>(
    tried: impl Iterator<Item = (&'a Tried, &'a E)>,
    key: impl Fn(&E) -> Option<K>,
) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    for (tried, effect) in tried {
        if let Some(key) = key(effect) {
            *counts.entry(key).or_default() += tried.places.len();
        }
    }
    counts
}

/// What was tried in the order of the places, and the effects that there are, each once.
pub(super) fn gather<E: Clone + Ord, K: Ord>(
    tried: Vec<(Tried, E)>,
    key: impl Fn(&E) -> K,
) -> (Vec<Tried>, Vec<E>) {
    let mut effects: Vec<E> = tried.iter().map(|(_, effect)| effect.clone()).collect();
    effects.sort_by(|one, other| key(other).cmp(&key(one)).then_with(|| one.cmp(other)));
    effects.dedup();
    let number = |effect: &E| effects.iter().position(|known| known == effect).unwrap_or_default();
    let mut tried: Vec<Tried> =
        tried.into_iter().map(|(tried, effect)| Tried { effect: number(&effect), ..tried }).collect();
    tried.sort_by_key(|tried| tried.places.first().copied());
    (tried, effects)
}
