//! What the exit status says.

use std::fmt::Write as _;

/// The exit status of a run. The numbers are part of the interface: the low ones are the tool's own,
/// the high ones are those of sysexits.h and of a shell after Ctrl-C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Exit {
    /// All that was asked for was done, and nothing was found.
    Clean = 0,
    /// A report differs from its accepted snapshot, or the table of contents from what it should be.
    Differs = 1,
    /// The command line is wrong. `clap` uses this number as well.
    Usage = 2,
    /// A scenario is malformed; the others were run.
    Malformed = 3,
    /// A snapshot is missing, or a file belongs to no scenario.
    Snapshots = 4,
    /// A run crashed, hung, left by `sys.exit()`, or ended without having said what it did, and nobody has
    /// accepted that.
    Crashed = 5,
    /// A claim does not hold, and `--strict-claims` was given.
    Claims = 7,
    /// No interpreter is there that was asked for, or none at all.
    NoInterpreter = 6,
    /// The harness itself failed (`EX_SOFTWARE`).
    Internal = 70,
    /// A file or the output could not be read or written (`EX_IOERR`).
    Io = 74,
    /// Another run holds the lock of the snapshots (`EX_TEMPFAIL`): try again.
    Busy = 75,
    /// Ended by Ctrl-C (128 + `SIGINT`).
    Interrupted = 130,
}

impl Exit {
    /// All of them, the worst first: the less of what was asked for can be trusted to have been
    /// done, the worse. A snapshot that differs says more than one that is missing.
    pub const WORST_FIRST: [Exit; 12] = [
        Exit::Interrupted,
        Exit::Internal,
        Exit::Io,
        Exit::Busy,
        Exit::Usage,
        Exit::NoInterpreter,
        Exit::Malformed,
        Exit::Crashed,
        Exit::Differs,
        Exit::Snapshots,
        Exit::Claims,
        Exit::Clean,
    ];

    /// The exit status.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The status of a run in which all of these happened; of nothing it is clean.
    #[must_use]
    pub fn worst(exits: impl IntoIterator<Item = Exit>) -> Exit {
        exits.into_iter().min_by_key(|exit| exit.rank()).unwrap_or(Exit::Clean)
    }

    fn rank(self) -> usize {
        Self::WORST_FIRST.iter().position(|exit| *exit == self).unwrap_or(usize::MAX)
    }

    fn meaning(self) -> &'static str {
        match self {
            Exit::Clean => "clean",
            Exit::Differs => "a report differs from its snapshot, or the contents are out of date",
            Exit::Usage => "wrong usage of the command line",
            Exit::Malformed => "a scenario is malformed",
            Exit::Snapshots => "a snapshot is missing, or a file belongs to no scenario",
            Exit::Crashed => "a run crashed, hung or exited early, and no accepted snapshot says so",
            Exit::Claims => "a claim does not hold (with --strict-claims)",
            Exit::NoInterpreter => "no interpreter that was asked for",
            Exit::Internal => "internal error",
            Exit::Io => "a file or the output could not be read or written",
            Exit::Busy => "another run holds the snapshots, try again",
            Exit::Interrupted => "interrupted",
        }
    }
}

/// The table of exit codes for `--help`.
pub(super) fn table() -> String {
    let mut codes = Exit::WORST_FIRST;
    codes.sort_by_key(|exit| exit.code());
    let mut text = String::from("Exit codes:\n");
    for exit in codes {
        let _ = writeln!(text, "  {:>3}  {}", exit.code(), exit.meaning());
    }
    text.push_str("Where several apply, the worst is given: ");
    let order: Vec<String> = Exit::WORST_FIRST.iter().map(|exit| exit.code().to_string()).collect();
    text.push_str(&order.join(", "));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_worst_of_several_is_given() {
        assert_eq!(Exit::worst([]), Exit::Clean);
        assert_eq!(Exit::worst([Exit::Clean, Exit::Snapshots, Exit::Differs]), Exit::Differs);
        assert_eq!(Exit::worst([Exit::Differs, Exit::Crashed, Exit::Malformed]), Exit::Malformed);
        assert_eq!(Exit::worst(Exit::WORST_FIRST), Exit::Interrupted);
    }

    #[test]
    fn each_has_a_number_a_rank_and_a_line_of_its_own() {
        let all = Exit::WORST_FIRST;
        let codes: HashSet<u8> = all.iter().map(|exit| exit.code()).collect();
        let meanings: HashSet<&str> = all.iter().map(|exit| exit.meaning()).collect();
        assert_eq!((codes.len(), meanings.len()), (all.len(), all.len()));
        let table = table();
        for exit in all {
            assert!(table.contains(&format!("\n  {:>3}  {}\n", exit.code(), exit.meaning())), "{table}");
        }
    }
}
