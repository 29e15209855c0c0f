//! Which places are tried at first, and in which of the runs that are played at a time.

use super::bisection::ends;
use super::classes::Class;
use crate::lab::Draw;

/// The places of the classes on which a budget of so many is spent: of the first ones, or of those that a seed draws.
pub(super) fn choose(classes: &[Class], budget: Option<usize>, seed: Option<u64>) -> Vec<usize> {
    let ends = order(classes.len(), seed).into_iter().flat_map(|class| ends(&classes[class]));
    let mut chosen: Vec<usize> = ends.take(budget.unwrap_or(usize::MAX)).collect();
    chosen.sort_unstable();
    chosen
}

fn order(count: usize, seed: Option<u64>) -> Vec<usize> {
    let mut left: Vec<usize> = (0..count).collect();
    let Some(seed) = seed else { return left };
    let mut draw = Draw::new(seed);
    let drawn = (0..count).map(|_| {
        let drawn = draw.below(left.len());
        left.swap_remove(drawn)
    });
    drawn.collect()
}

/// Deals the places out, so that each part has as many of the early ones, which take longest.
pub(super) fn parts(chosen: &[usize], count: usize) -> Vec<Vec<usize>> {
    let count = count.min(chosen.len());
    (0..count).map(|part| chosen.iter().copied().skip(part).step_by(count).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(of_each: usize) -> Vec<Class> {
        let places = |class| (0..of_each).map(move |nth| class * of_each + nth).collect();
        (0..100).map(|class| Class { places: places(class) }).collect()
    }

    #[test]
    fn a_seed_draws_the_same_places_each_time_and_each_at_most_once() {
        let all = classes(1);
        assert_eq!(choose(&all, Some(3), None), [0, 1, 2]);
        let drawn = choose(&all, Some(30), Some(7));
        assert_eq!(drawn, choose(&all, Some(30), Some(7)));
        assert_ne!(drawn, choose(&all, Some(30), Some(8)));
        assert!(drawn.len() == 30 && drawn.is_sorted_by(|one, other| one < other));
        assert_eq!(choose(&all, Some(100), Some(7)), (0..100).collect::<Vec<usize>>());
    }

    #[test]
    fn a_class_of_several_places_takes_two_of_the_budget() {
        let all = classes(3);
        assert_eq!(choose(&all, Some(5), None), [0, 2, 3, 5, 6]);
        assert_eq!(choose(&all, Some(31), Some(7)).len(), 31);
        assert_eq!(choose(&all, None, None).len(), 200);
    }

    #[test]
    fn the_parts_have_all_places_and_each_some_of_the_early_ones() {
        assert_eq!(parts(&[1, 3, 5, 7, 9], 2), [vec![1, 5, 9], vec![3, 7]]);
        assert_eq!(parts(&[1], 2), [vec![1]]);
        assert!(parts(&[], 2).is_empty());
    }
}
