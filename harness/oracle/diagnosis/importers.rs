//! What a reload cannot get at: the source that an importer does not see, the module of another interpreter.

use super::{Cause, Diagnosis, Evidence, finding};
use crate::oracle::Verdict;
use crate::worker::Role;

/// Archives of which a reload reads by a table of contents that is not theirs.
pub(super) fn goes_by_an_old_table(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let archives = evidence.seen.iter().filter(|one| one.role == Role::Archive);
    archives
        .map(|one| {
            let archive = &one.text;
            let text = format!(
                "the importer of {archive} goes by the table of contents that it read before {archive} was changed"
            );
            finding(Cause::StaleImporterCache, one, text)
        })
        .collect()
}

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
