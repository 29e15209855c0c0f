//! Numbers that a seed decides: the same on every machine and in every version.

/// A sequence of numbers (`SplitMix64`: Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014).
#[derive(Debug, Clone)]
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        let last = self.0;
        self.0 = last.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(last)
    }

    /// A number below a limit, which is not 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap_or_default()
    }

    /// The same things in another order.
    pub(crate) fn shuffled<T>(&mut self, mut things: Vec<T>) -> Vec<T> {
        for last in (1..things.len()).rev() {
            let other = self.below(last + 1);
            things.swap(last, other);
        }
        things
    }
}

/// A number that looks like no other's (the step of `SplitMix64`).
pub(crate) fn mixed(number: u64) -> u64 {
    let state = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_the_order_and_nothing_is_lost() {
        let all: Vec<usize> = (0..100).collect();
        let one = Draw::new(1).shuffled(all.clone());
        assert_eq!(one, Draw::new(1).shuffled(all.clone()));
        assert_ne!(one, Draw::new(2).shuffled(all.clone()));
        assert_ne!(one, all);
        let mut sorted = one;
        sorted.sort_unstable();
        assert_eq!(sorted, all);
    }
}
