//! What a reload cannot get at: the module of another interpreter.

use super::{Cause, Diagnosis, Evidence, finding};
use crate::oracle::Verdict;
use crate::worker::Role;

/// Calls that have another interpreter run code: its modules are not those that are reloaded here.
pub(super) fn in_another_interpreter(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    if evidence.verdict != Verdict::Stale {
        return Vec::new();
    }
    let calls = evidence.seen.iter().filter(|one| one.role == Role::Interpreter);
    calls
        .map(|one| {
            let text = format!(
                "{} runs code in another interpreter of the process, which no reload here reaches",
                one.text
            );
            finding(Cause::NotReloaded, one, text)
        })
        .take(1)
        .collect()
}
