//! How a run ended, in words.

use std::time::Duration;

use crate::worker::Ending;

/// The line that tells of an ending; none where there is nothing to tell.
pub(super) fn line(ending: &Ending) -> Option<String> {
    Some(match ending {
        Ending::Finished => return None,
        Ending::Exited { status } => format!("exited with status {status}"),
        Ending::Crashed { signal } => format!("crashed: killed by {signal}"),
        Ending::Hung { limit } => format!("hung: still running after {}", duration(*limit)),
        Ending::Silent => "silent: it ended with status 0, but its end marker never came".to_owned(),
        Ending::Garbled => "garbled: something else was written to the protocol's descriptor".to_owned(),
        Ending::Swarmed { limit } => format!("swarmed: more than {limit} processes at once"),
        Ending::KilledWorker => "killed its worker".to_owned(),
    })
}

/// Whether what was written up to the end depends on when the run was killed.
pub(super) fn is_cut_by_time(ending: &Ending) -> bool {
    matches!(ending, Ending::Hung { .. } | Ending::Swarmed { .. })
}

fn duration(duration: Duration) -> String {
    if duration.subsec_millis() == 0 && duration.as_secs() > 0 {
        format!("{} s", duration.as_secs())
    } else {
        format!("{} ms", duration.as_millis())
    }
}

#[cfg(test)]
mod tests {
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
