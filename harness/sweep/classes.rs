//! Which places of a run cannot be told apart, so that one stands for all of them.
//!
//! A reload rebinds the names of a module; what comes of it depends on what these mean at that moment,
//! on which calls are live, on what of the code has run before, for that is what made the objects there
//! are, and on what of it will run afterwards. Places on the same line that agree in all four are one
//! class. Of a loop that makes the same round again and again, all rounds but the first and the last
//! are. After Hayden, Hardisty, Hicks and Foster, "Efficient systematic testing for dynamically
//! updatable software" (`HotSWUp` 2009), who found 93 % of update points redundant; their criterion is a
//! trace of what an update touches, ours the sets of lines before and after.

use std::collections::{BTreeMap, HashSet};

use crate::worker::Survey;

/// Places that cannot be told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Their numbers, in the order in which the run comes to them. The first stands for them.
    pub places: Vec<usize>,
}

impl Class {
    /// The place at which the fault strikes, for all of them.
    pub fn representative(&self) -> usize {
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
    let locations = || places.iter().map(|place| place.location);
    let before = distinct(locations());
    let mut after = distinct(locations().rev());
    after.reverse();
    let mut classes: Vec<Class> = Vec::new();
    let mut known = BTreeMap::new();
    for (number, place) in places.iter().enumerate().filter(|(number, _)| is_tried(number)) {
        let ran = number.checked_sub(1).map_or(0, |last| before[last]);
        let key = (place.location, place.stack, place.bindings, ran, after[number]);
        let class = *known.entry(key).or_insert_with(|| {
            classes.push(Class { places: Vec::new() });
            classes.len() - 1
        });
        classes[class].places.push(number);
    }
    classes
}

/// How many different locations there are up to each place. As a set that only grows, the number
/// tells which they are.
fn distinct(locations: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut seen = HashSet::new();
    locations
        .map(|location| {
            seen.insert(location);
            seen.len()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::Place;

    fn survey(locations: &[usize]) -> Survey {
        let place =
            |location: &usize| Place { step: 0, location: *location, stack: 0, bindings: 0, threaded: false };
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
        let expected = [vec![0], vec![1], vec![2], vec![3, 5, 7, 9], vec![4, 6, 8, 10], vec![11], vec![12]];
        assert_eq!(classes, expected);
    }

    #[test]
    fn a_long_loop_has_no_more_classes_than_a_short_one() {
        let many = told(&survey(&[1, 2, 3].repeat(1000)));
        assert_eq!(many.len(), told(&survey(&[1, 2, 3].repeat(5))).len());
    }

    #[test]
    fn what_the_names_mean_and_which_calls_are_live_tells_places_apart() {
        let mut one = survey(&[0; 4]);
        assert_eq!(told(&one).len(), 2, "the first, before which nothing ran, and the rest");
        one.places[2].bindings = 1;
        one.places[3].stack = 1;
        assert_eq!(told(&one).len(), 4);
    }

    #[test]
    fn an_exhaustive_sweep_has_as_many_classes_as_places() {
        assert_eq!(classes(&survey(&[0; 4]), true).len(), 4);
    }
}
