//! `--durations`: which runs take long.

use std::fmt;
use std::time::Duration;

use super::style::{HEADING, PLAIN, Styled, Table};
use super::tell::{counted, seconds};
use crate::lab::Item;

/// How long each run took, its restarts included.
#[derive(Debug, Default)]
pub(crate) struct Durations {
    runs: Vec<(Duration, String)>,
}

impl Durations {
    pub(crate) fn add(&mut self, item: &Item<'_>, took: Duration) {
        self.runs.push((took, format!("{}@{}", item.scenario.name, item.interpreter.tag)));
    }

    /// The sum, and the slowest, to be shown.
    pub(crate) fn slowest(mut self, count: usize) -> Slowest {
        let runs = self.runs.len();
        let total = self.runs.iter().map(|(took, _)| *took).sum();
        self.runs.sort_by(|(took, name), (other, another)| other.cmp(took).then_with(|| name.cmp(another)));
        self.runs.truncate(count);
        Slowest { runs, total, first: self.runs }
    }
}

/// The slowest runs.
#[derive(Debug)]
pub(crate) struct Slowest {
    runs: usize,
    total: Duration,
    first: Vec<(Duration, String)>,
}

impl fmt::Display for Slowest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs = counted(self.runs, "run", "runs");
        let mut heading = format!("durations: {} for {runs}, one after the other", seconds(self.total));
        if !self.first.is_empty() {
            heading.push_str("; the slowest:");
        }
        write!(f, "{}", Styled::new(HEADING, heading))?;
        let mut table = Table::default();
        for (took, name) in &self.first {
            let took = format!("{:>8}", seconds(*took));
            table.row([Styled::new(PLAIN, took), Styled::new(PLAIN, name.as_str())]);
        }
        let table = table.to_string();
        if table.is_empty() { Ok(()) } else { write!(f, "\n{}", table.trim_end()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_come_first_and_all_are_summed_up() {
        let run = |millis, name: &str| (Duration::from_millis(millis), name.to_owned());
        let durations =
            || Durations { runs: vec![run(20, "g/b@cp27"), run(1500, "g/c@cp27"), run(20, "g/a@cp27")] };
        let plain = |slowest: Slowest| anstream::adapter::strip_str(&slowest.to_string()).to_string();
        assert_eq!(
            plain(durations().slowest(2)),
            "durations: 1.54 s for 3 runs, one after the other; the slowest:\n  1.50 s  g/c@cp27\n  0.02 s  g/a@cp27"
        );
        assert_eq!(plain(durations().slowest(0)), "durations: 1.54 s for 3 runs, one after the other");
        assert_eq!(
            plain(Durations::default().slowest(9)),
            "durations: 0.00 s for 0 runs, one after the other"
        );
    }
}
