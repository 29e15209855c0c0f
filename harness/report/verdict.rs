//! A verdict, and what a restart did instead.

use crate::oracle::{Diagnosis, Judged, Restarted, Verdict};
use crate::report::ending;
use crate::report::text::answered;
use crate::trace::{Observation, Origin};
use crate::worker::StepKind;

/// The lines of a verdict; none where a step is the same. `told` says whether the restart that would
/// not start was told of before.
pub(super) fn lines(judged: &Judged, told: bool) -> Vec<String> {
    let verdict = judged.verdict;
    let (how, body) = match (verdict, &judged.restart) {
        (Verdict::Same, _) => return judged.diagnoses.iter().map(|one| diagnosis("silently", one)).collect(),
        (Verdict::Unsteady, _) | (_, Restarted::Varies(_)) => ("two restarts differ", Vec::new()),
        (_, Restarted::NotStarted(_)) if told => ("", Vec::new()),
        (_, Restarted::NotStarted(raised)) => ("a restart would not start", super::exception::lines(raised)),
        (_, Restarted::Played(observation)) => given(observation),
        (_, Restarted::Ended(how)) => ("a restart", ending::line(how).into_iter().collect()),
        (_, Restarted::Unreached) => ("a restart has ended before", Vec::new()),
    };
    let separator = if how.is_empty() { "" } else { "; " };
    let silently = if verdict == Verdict::Stale { ", as before the edit" } else { "" };
    let mut lines = vec![format!("verdict: {verdict}{silently}{separator}{how}")];
    lines.extend(body.into_iter().map(|line| format!("    {line}")));
    let is_new = verdict != Verdict::Outlives || !told;
    lines.extend(judged.diagnoses.iter().filter(|_| is_new).map(|one| diagnosis("diagnosis", one)));
    lines
}

fn diagnosis(word: &str, diagnosis: &Diagnosis) -> String {
    let place = diagnosis.place.as_ref().filter(|place| place.origin != Origin::Statement);
    let place = place.map(|place| format!("{}:{}: ", place.file, place.line)).unwrap_or_default();
    format!("{word}: {}: {place}{}", diagnosis.cause, diagnosis.text)
}

fn given(observation: &Observation) -> (&'static str, Vec<String>) {
    // What a module prints when it is run once more is not compared.
    let body = if observation.kind == StepKind::Reload {
        answered(&Observation { output: crate::trace::Text::default(), ..observation.clone() })
    } else {
        answered(observation)
    };
    let raises = observation.exception.is_some();
    let how = match (body.is_empty(), raises) {
        (true, _) => "a restart is silent",
        (false, true) => "a restart raises",
        (false, false) => "a restart gives",
    };
    (how, body)
}
