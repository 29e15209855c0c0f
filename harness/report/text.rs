//! The text that a person reads and a snapshot keeps.

use crate::oracle::{Restarted, Verdict};
use crate::report::ending::{is_cut_by_time, line as ending_line};
use crate::report::lines::{Rest, of_output, of_text, plural, thousands};
use crate::report::{Action, Played, Report, claimed, exception, held, identities, touched, verdict};
use crate::trace::visible::visible;
use crate::trace::{Displayed, Observation, Text};
use crate::worker::Ending;

/// Renders a report. Every line ends in a newline, and none in a space.
pub fn text(report: &Report) -> String {
    let mut page = Page::default();
    page.flush(&format!("{}: {}", report.name, visible(report.title.as_bytes())));
    page.flush("");
    let all_played = report.steps.iter().all(is_played);
    let left_at = report.steps.len().checked_sub(1).filter(|_| all_played && report.unreached > 0);
    let mut told = None;
    for (at, played) in report.steps.iter().enumerate() {
        let is_end = played.observation.is_none() || left_at == Some(at);
        let body = observed(played);
        page.action(&played.action, is_end || !body.is_empty());
        page.indented(&body);
        if is_end {
            page.indented(&ended(report));
        }
        if let Some(claimed) = &played.claimed {
            page.indented(&claimed::lines(claimed));
        }
        if let Some(judged) = &played.judged {
            page.indented(&verdict::lines(judged, told == Some(&judged.restart)));
            told = (judged.verdict == Verdict::Outlives).then_some(&judged.restart);
        }
    }
    if all_played && left_at.is_none() {
        let ended = ended(report);
        if !ended.is_empty() {
            page.flush("after the last step:");
            page.indented(&ended);
        }
    }
    if report.unreached > 0 {
        let count = u64::try_from(report.unreached).unwrap_or(u64::MAX);
        let were = if count == 1 { "was" } else { "were" };
        page.flush(&format!("{} {} {were} not reached", thousands(count), plural(count, "step")));
    }
    let held = held::lines(report);
    if !held.is_empty() {
        page.flush("still held at the end:");
        page.indented(&held);
    }
    let claims = claimed::sum(report.claims());
    if !claims.is_empty() {
        page.flush(&format!("claims: {claims}"));
    }
    let tally = report.tally();
    if tally.total() > 0 {
        page.flush(&format!("verdicts: {tally}"));
    }
    page.text
}

fn is_played(played: &Played) -> bool {
    played.observation.is_some()
}

/// Lines, each ended by a newline.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn flush(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn indented(&mut self, lines: &[String]) {
        for line in lines {
            self.flush(format!("    {line}").trim_end());
        }
    }

    /// A file that is there from the start is the scenario's own; it is shown where something
    /// happened at its writing.
    fn action(&mut self, action: &Action, happened: bool) {
        match action {
            Action::Statement { source, .. } => {
                for (at, line) in source.split('\n').enumerate() {
                    let prompt = if at == 0 { ">>> " } else { "... " };
                    self.flush(format!("{prompt}{}", visible(line.as_bytes())).trim_end());
                }
            }
            Action::Write { initial: true, .. } if !happened => {}
            Action::Write { path, change, .. } => {
                let verb =
                    if matches!(change, super::Change::New | super::Change::Binary { before: None, .. }) {
                        "write"
                    } else {
                        "edit"
                    };
                self.flush(&format!("{verb} {}{}", visible(path.as_bytes()), change.heading()));
                self.indented(&change.lines());
            }
        }
    }
}

fn observed(played: &Played) -> Vec<String> {
    let Some(observation) = &played.observation else { return Vec::new() };
    let mut lines = match played.judged.as_ref().map(|judged| &judged.restart) {
        Some(Restarted::Varies(steady)) => answered(steady),
        _ => answered(observation),
    };
    lines.extend(touched::lines(&played.touched));
    lines.extend(identities::lines(&observation.changes));
    lines
}

/// What is to be seen of a step: output, displayed values, exception.
pub(super) fn answered(observation: &Observation) -> Vec<String> {
    let mut lines = output(&observation.output, Rest::Counted);
    for value in &observation.values {
        lines.extend(displayed(value));
    }
    if let Some(raised) = &observation.exception {
        lines.extend(exception::lines(raised));
    }
    lines
}

/// What the worker dropped is counted for both streams together; it is told of below the one that
/// is longer, which is the one that was capped.
fn output(output: &Text, told: Rest) -> Vec<String> {
    let to_stderr = output.stderr.len() > output.stdout.len();
    let dropped = |here: bool| if here { output.dropped } else { 0 };
    let mut lines = of_output(&output.stdout, dropped(!to_stderr), told);
    lines.extend(
        of_output(&output.stderr, dropped(to_stderr), told).into_iter().map(|line| format!("stderr: {line}")),
    );
    lines
}

fn displayed(value: &Displayed) -> Vec<String> {
    let mut lines = of_text(&value.text, value.dropped);
    let told = |label: &str| names(&value.text, label);
    let is = value.is.as_ref().map(|identity| identity.label.to_string()).filter(|label| !told(label));
    let holds: Vec<String> =
        value.holds.iter().map(|identity| identity.label.to_string()).filter(|label| !told(label)).collect();
    let last = lines.pop().unwrap_or_default();
    let is = is.map(|label| format!("  is {label}")).unwrap_or_default();
    let holds = if holds.is_empty() { String::new() } else { format!("  holds {}", holds.join(", ")) };
    lines.push(format!("{last}{is}{holds}"));
    lines
}

/// Whether a text has a label in it, and not just one that begins or ends alike.
fn names(text: &str, label: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || "_.".contains(character);
    text.match_indices(label).any(|(at, _)| {
        !text[..at].ends_with(is_word)
            && !text[at + label.len()..].starts_with(|character: char| character.is_ascii_digit())
    })
}

/// What is told at the end of a run, wherever that is.
fn ended(report: &Report) -> Vec<String> {
    let told = if is_cut_by_time(&report.ending) { Rest::Uncounted } else { Rest::Counted };
    let mut lines = output(&report.rest, told);
    lines.extend(ending_line(&report.ending));
    if report.leaked {
        lines.push("left processes behind".to_owned());
    }
    if !report.threads.is_empty() {
        lines.push(format!("left threads: {}", visible(report.threads.join(", ").as_bytes())));
    }
    debug_assert!(report.ending == Ending::Finished || !lines.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_label_is_told_from_one_that_is_longer() {
        assert!(names("<foo.Bar object at b#1>", "b#1"));
        assert!(!names("<foo.Bar object at b#12>", "b#1"));
        assert!(!names("<foo.Bar object at ab#1>", "b#1"));
    }
}
