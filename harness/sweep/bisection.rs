//! Where in a class of places one effect ends and another begins.
//!
//! That places cannot be told apart beforehand does not make what comes of them the same: each round of a loop
//! works on another object, and what follows may look at one of these only. So the first place of a class is
//! tried and the last, and where the two differ those between, by halves, until neighbours do. It is taken that
//! all places between two of the same effect have it, and that between two of different ones there is one
//! boundary.

use std::collections::BTreeMap;

use super::classes::Class;

/// So many effects of the same kind are told apart within a class. Where there are more, each round gives something
/// of its own, and all of them would have to be tried.
const TOLD_APART: usize = 2;

/// What came of the places that were tried, by their numbers; nothing of one that was not met again.
pub(super) type Tries<E> = BTreeMap<usize, Option<E>>;

/// The places of a class that are tried at first.
pub(super) fn ends(class: &Class) -> Vec<usize> {
    let (first, last) = (class.first(), class.places[class.places.len() - 1]);
    if first == last { vec![first] } else { vec![first, last] }
}

/// The places of a class that are to be tried next: those half-way between two that differ.
pub(super) fn between<E: PartialEq, K: PartialEq>(
    class: &Class,
    tries: &Tries<E>,
    kind: impl Fn(&E) -> K,
) -> Vec<usize> {
    let known = known(class, tries);
    let is_one_of_many = |effect: &E| {
        let mut alike: Vec<&E> = Vec::new();
        for (_, other) in &known {
            if kind(other) == kind(effect) && !alike.contains(other) {
                alike.push(other);
            }
        }
        alike.len() > TOLD_APART
    };
    let halves = known.windows(2).filter_map(|pair| {
        let [(from, one), (to, other)] = pair else { return None };
        let differ = kind(one) != kind(other) || one != other && !is_one_of_many(one);
        let half = class.places[from + (to - from) / 2];
        (differ && !tries.contains_key(&half)).then_some(half)
    });
    halves.collect()
}

/// Places of a class that have one effect, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part<E> {
    /// Of which the first was tried.
    pub(super) class: Class,
    pub(super) effect: E,
    /// How many of them, the last ones, lie before a place of the same kind of effect, which is another effect.
    pub(super) surmised: usize,
}

/// A class, parted. Left out are places of which nothing is known: those between two of different kinds that are no
/// neighbours.
pub(super) fn parted<E: Clone + PartialEq, K: PartialEq>(
    class: &Class,
    tries: &Tries<E>,
    kind: impl Fn(&E) -> K,
) -> Vec<Part<E>> {
    let mut parts: Vec<Part<E>> = Vec::new();
    let mut after = 0;
    for (at, effect) in known(class, tries) {
        let between = &class.places[after..at];
        after = at + 1;
        if let Some(part) = parts.last_mut().filter(|part| kind(&part.effect) == kind(effect)) {
            part.class.places.extend(between);
            if part.effect == *effect {
                part.class.places.push(class.places[at]);
                continue;
            }
            part.surmised = between.len();
        }
        let first = Class { places: vec![class.places[at]] };
        parts.push(Part { class: first, effect: effect.clone(), surmised: 0 });
    }
    parts
}

/// What is known of a class: the places, by where they are in it, in their order.
fn known<'a, E>(class: &Class, tries: &'a Tries<E>) -> Vec<(usize, &'a E)> {
    let places = class.places.iter().enumerate();
    places.filter_map(|(at, number)| Some((at, tries.get(number)?.as_ref()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A kind, and what tells an effect from others of its kind.
    type Made = (char, u32);

    /// Tries places until nothing more is wanted: in how many rounds, how many places, and the parts by their first
    /// place and their last.
    fn tried(effects: &[Made]) -> (usize, usize, Vec<(usize, usize, Made)>) {
        let class = Class { places: (0..effects.len()).map(|number| number * 10).collect() };
        let kind = |effect: &Made| effect.0;
        let (mut tries, mut rounds, mut wanted) = (Tries::new(), 0, ends(&class));
        while !wanted.is_empty() {
            rounds += 1;
            tries.extend(wanted.iter().map(|number| (*number, Some(effects[number / 10]))));
            wanted = between(&class, &tries, kind);
        }
        let parts = parted(&class, &tries, kind).into_iter();
        let parts = parts.map(|part| {
            let places = part.class.places;
            (places[0], places[places.len() - 1], part.effect)
        });
        (rounds, tries.len(), parts.collect())
    }

    #[test]
    fn a_class_of_one_effect_takes_two_branches() {
        assert_eq!(tried(&[('s', 0)]), (1, 1, vec![(0, 0, ('s', 0))]));
        assert_eq!(tried(&[('s', 0); 1000]), (1, 2, vec![(0, 9990, ('s', 0))]));
    }

    #[test]
    fn a_boundary_is_found_by_halves() {
        let effects: Vec<Made> = (0..1000).map(|at| if at < 300 { ('m', 1) } else { ('s', 0) }).collect();
        let (rounds, branches, parts) = tried(&effects);
        assert_eq!(parts, [(0, 2990, ('m', 1)), (3000, 9990, ('s', 0))]);
        assert!(rounds <= 11 && branches <= 12, "{rounds} rounds, {branches} branches");
    }

    #[test]
    fn a_boundary_between_two_texts_is_one_too() {
        let effects: Vec<Made> = (0..20).map(|at| ('m', u32::from(at > 6))).collect();
        assert_eq!(tried(&effects).2, [(0, 60, ('m', 0)), (70, 190, ('m', 1))]);
    }

    #[test]
    fn where_each_place_gives_a_text_of_its_own_not_all_are_tried() {
        let effects: Vec<Made> = (0..1000).map(|at| ('m', at)).collect();
        let (_, branches, parts) = tried(&effects);
        assert_eq!(branches, 3);
        assert_eq!(parts, [(0, 4980, ('m', 0)), (4990, 9980, ('m', 499)), (9990, 9990, ('m', 999))]);
        let class = Class { places: vec![0, 1, 2, 3] };
        let tries = Tries::from([(0, Some(1)), (2, Some(2)), (3, Some(3))]);
        let surmised: Vec<usize> = parted(&class, &tries, |_| 'm').iter().map(|part| part.surmised).collect();
        assert_eq!(surmised, [1, 0, 0]);
    }

    #[test]
    fn of_what_lies_between_two_kinds_nothing_is_told_until_it_is_tried() {
        let class = Class { places: (0..10).collect() };
        let mut tries = Tries::from([(0, Some('m')), (9, Some('s'))]);
        let kind = |effect: &char| *effect;
        let told = |tries: &Tries<char>| -> Vec<Vec<usize>> {
            parted(&class, tries, kind).into_iter().map(|part| part.class.places).collect()
        };
        assert_eq!(told(&tries), [vec![0], vec![9]]);
        tries.insert(4, None);
        assert!(between(&class, &tries, kind).is_empty(), "it was not met again");
        tries.insert(9, None);
        assert_eq!(told(&tries), [vec![0]]);
    }
}
