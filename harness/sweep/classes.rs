//! Which places of a run cannot be told apart, so that not all of them are tried.
//!
//! A reload rebinds the names of a module; what comes of it depends on what these mean at that moment,
//! on which calls are live, on what of the code has run before, for that is what made the objects there
//! are, and on what of it will run afterwards: in the whole run, and in each live call, for what a call
//! has made so far is not to be seen from outside of it. Places on the same line that agree in all of this
//! are one class. Of a loop that makes the same round again and again, all rounds but the first two and the
//! last two are. After Hayden, Hardisty, Hicks and Foster, "Efficient systematic testing for dynamically
//! updatable software" (`HotSWUp` 2009), who found 93 % of update points redundant; their criterion is a
//! trace of what an update touches, ours the sets of lines before and after, and whether each runs once or
//! more often.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::lab::mixed;
use crate::worker::Survey;

/// How often a line may run until once more makes no difference: what it does for the last time but one may be
/// what it does for the last time once it is reloaded, as with a cache.
const TOLD_APART: usize = 2;

/// Places that cannot be told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Their numbers, in the order in which the run comes to them.
    pub places: Vec<usize>,
}

impl Class {
    /// The first of them, at which the fault strikes in any case.
    pub fn first(&self) -> usize {
        self.places[0]
    }
}

/// All classes, in the order of their first places. Where it is to be exhaustive, each place is a class
/// of its own.
pub fn classes(survey: &Survey, exhaustive: bool) -> Vec<Class> {
    let places = &survey.places;
    let is_tried = |number: &usize| !places[*number].threaded;
    if exhaustive {
        return (0..places.len()).filter(is_tried).map(|place| Class { places: vec![place] }).collect();
    }
    let before = lines(survey, 0..places.len(), false);
    let mut after = lines(survey, (0..places.len()).rev(), true);
    after.reverse();
    let mut classes: Vec<Class> = Vec::new();
    let mut known = BTreeMap::new();
    for (number, place) in places.iter().enumerate().filter(|(number, _)| is_tried(number)) {
        // As a set, for a function that calls itself is in its own midst each time.
        let live: BTreeSet<(u64, u64)> =
            before[number].iter().copied().zip(after[number].iter().copied()).collect();
        let key = (place.location, place.stack, place.bindings, live);
        let class = *known.entry(key).or_insert_with(|| {
            classes.push(Class { places: Vec::new() });
            classes.len() - 1
        });
        classes[class].places.push(number);
    }
    classes
}

/// Which lines are run up to each place, once or more often: in the live calls, innermost first, and in the
/// whole run. Equal numbers for equal sets. The fault comes before the line, which so is one of those that
/// run after it.
fn lines(survey: &Survey, numbers: impl Iterator<Item = usize>, with_its_own: bool) -> Vec<Vec<u64>> {
    // The sum of its members' hashes tells a set, and is the same in whichever order they came.
    let mut seen: Vec<(HashMap<usize, usize>, u64)> = vec![Default::default(); survey.calls.len() + 1];
    numbers
        .map(|number| {
            let place = &survey.places[number];
            let mut all = Vec::new();
            let mut call = Some(place.call);
            while let Some(live) = call {
                let (counts, sum) = &mut seen[live];
                let without = *sum;
                let count = counts.entry(place.location).or_default();
                if *count < TOLD_APART {
                    *count += 1;
                    *sum = sum.wrapping_add(mixed((place.location * TOLD_APART + *count) as u64));
                }
                all.push(if with_its_own { *sum } else { without });
                call = live.checked_sub(1).map(|index| survey.calls[index]);
            }
            all
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::Place;

    fn survey(locations: &[usize]) -> Survey {
        let place = |location: &usize| Place { location: *location, ..Place::default() };
        Survey { places: locations.iter().map(place).collect(), ..Survey::default() }
    }

    fn told(survey: &Survey) -> Vec<Vec<usize>> {
        classes(survey, false).into_iter().map(|class| class.places).collect()
    }

    #[test]
    fn a_straight_line_has_a_class_for_each_place() {
        assert_eq!(told(&survey(&[0, 1, 2])), [[0], [1], [2]]);
    }

    #[test]
    fn of_a_loop_the_rounds_between_the_first_and_the_last_are_one() {
        let rounds = [&[0][..], &[1, 2].repeat(5), &[1, 3]].concat();
        let classes = told(&survey(&rounds));
        let expected = [
            vec![0],
            vec![1],
            vec![2],
            vec![3],
            vec![4],
            vec![5, 7],
            vec![6, 8],
            vec![9],
            vec![10],
            vec![11],
            vec![12],
        ];
        assert_eq!(classes, expected);
    }

    #[test]
    fn a_long_loop_has_no_more_classes_than_a_short_one() {
        let many = told(&survey(&[1, 2, 3].repeat(1000)));
        assert_eq!(many.len(), told(&survey(&[1, 2, 3].repeat(5))).len());
    }

    #[test]
    fn what_the_names_mean_and_which_calls_are_live_tells_places_apart() {
        let mut one = survey(&[0; 8]);
        assert_eq!(told(&one), [vec![0], vec![1], vec![2, 3, 4, 5, 6], vec![7]]);
        one.places[3].bindings = 1;
        one.places[4].stack = 1;
        assert_eq!(told(&one).len(), 6);
    }

    #[test]
    fn what_a_live_call_has_done_so_far_tells_places_apart() {
        // Three calls, each of six rounds on line 1.
        let mut calls = survey(&[[0, 1, 1, 1, 1, 1, 1].repeat(3), vec![2]].concat());
        calls.calls = vec![0, 1, 1, 1];
        for (number, place) in calls.places.iter_mut().enumerate() {
            place.call = if place.location == 1 { 2 + number / 7 } else { 1 };
        }
        let classes = told(&calls);
        assert!(classes.contains(&vec![8]), "the first round in the second call: {classes:?}");
        assert!(classes.contains(&vec![10, 11, 12]), "those in its middle: {classes:?}");
        let calls =
            Survey { calls: Vec::new(), places: calls.places.into_iter().map(without).collect(), ..calls };
        assert!(told(&calls).contains(&vec![8, 9, 10, 11, 12, 13]));
    }

    fn without(place: Place) -> Place {
        Place { call: 0, ..place }
    }

    #[test]
    fn an_exhaustive_sweep_has_as_many_classes_as_places() {
        assert_eq!(classes(&survey(&[0; 4]), true).len(), 4);
    }
}
