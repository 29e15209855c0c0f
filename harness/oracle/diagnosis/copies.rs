//! Copies of what has no identity: numbers, texts, objects of the library.

use super::state::{compared, differing, means_one_thing};
use super::{Cause, Diagnosis, Evidence, finding, names};
use crate::oracle::Verdict;
use crate::trace::Sighting;
use crate::worker::{Executed, Form, Found, Past};

/// Names that a `from` statement bound to what the other module's name does not mean any more.
pub(super) fn copies(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    let origin = |past: &Past| past.origin.clone();
    let is_so_in_restart = |one: &Sighting| {
        let same = |other: &&Sighting| other.text == one.text && other.place.source == one.place.source;
        evidence.restart.iter().filter(same).any(|other| other.past.as_ref().and_then(origin).is_some())
    };
    names(evidence)
        .filter(|(one, _)| !is_so_in_restart(one))
        .filter_map(|(one, sense)| {
            let past = one.past.as_ref()?;
            let origin = past.origin.as_ref()?;
            let means = past.now.as_ref().map_or("another object", String::as_str);
            let is = match (&past.through, &sense.plain) {
                (Some(through), _) => format!("was worked out from {through}"),
                (None, Some(plain)) => format!("is still {plain}"),
                (None, None) => "is still what it was".to_owned(),
            };
            let text = format!("{} {is}; {origin} means {means} now", one.text);
            Some(finding(Cause::FromImportAlias, one, text))
        })
        .collect()
}

/// Values of modules that were not executed from today's source.
pub(super) fn not_executed(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    // What is mixed may have any other reason, but not where nothing was executed that would tell of today.
    let is_told = |one: &Sighting| match evidence.verdict {
        Verdict::Stale => true,
        Verdict::Mixed => {
            one.past.as_ref().is_some_and(|past| matches!(past.form, None | Some(Form::Untouched)))
        }
        _ => false,
    };
    differing(evidence)
        .filter(|(one, ..)| one.found == Found::Global && is_told(one))
        .filter_map(|(one, here, there)| {
            let why = match one.past.as_ref()?.source {
                Executed::Today => return None,
                Executed::Before => "no reload has come to its module since that was changed",
                Executed::Elsewhere => "its module was executed from something else than its file holds",
            };
            Some(finding(Cause::NotReloaded, one, format!("{}, and {why}", compared(one, here, there)?)))
        })
        .collect()
}

/// Objects that were what a name meant before a reload made it anew.
pub(super) fn formers(evidence: &Evidence<'_>) -> Vec<Diagnosis> {
    names(evidence)
        // Of what a loop goes through, one is old and another is not: none is what the line is about.
        .filter(|(one, _)| one.found != Found::Local || means_one_thing(evidence.seen, one))
        .filter_map(|(one, _)| {
            let former = one.past.as_ref()?.former.as_ref()?;
            let is_kept = one.found == Found::Local || !evidence.imported.has(&one.place.file, &one.text);
            let cause = if is_kept { Cause::KeptReference } else { Cause::FromImportAlias };
            let text = format!("{} is still what {former} meant before the reload", one.text);
            Some(finding(cause, one, text))
        })
        .collect()
}
