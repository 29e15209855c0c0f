//! How a run ended, in words.

use crate::worker::Ending;

/// The line that tells of an ending; none where there is nothing to tell.
pub(super) fn line(ending: &Ending) -> Option<String> {
    (*ending != Ending::Finished).then(|| ending.to_string())
}

/// Whether what was written up to the end depends on when the run was killed.
pub(super) fn is_cut_by_time(ending: &Ending) -> bool {
    matches!(ending, Ending::Hung { .. } | Ending::Swarmed { .. })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_ending_but_the_good_one_has_a_line() {
        let line = |ending| line(&ending).unwrap_or_default();
        assert_eq!(line(Ending::Finished), "");
        assert_eq!(line(Ending::Exited { status: 3 }), "exited with status 3");
        assert_eq!(line(Ending::Crashed { signal: "SIGSEGV".to_owned() }), "crashed: killed by SIGSEGV");
        let hung = |milliseconds| line(Ending::Hung { limit: Duration::from_millis(milliseconds) });
        assert_eq!(hung(500), "hung: still running after 500 ms");
        assert_eq!(hung(10_000), "hung: still running after 10 s");
        assert_eq!(hung(1500), "hung: still running after 1500 ms");
        assert!(line(Ending::Silent).starts_with("silent: "));
        assert!(line(Ending::Garbled).starts_with("garbled: "));
        assert_eq!(line(Ending::Swarmed { limit: 64 }), "swarmed: more than 64 processes at once");
        assert_eq!(line(Ending::KilledWorker), "killed its worker");
    }
}
