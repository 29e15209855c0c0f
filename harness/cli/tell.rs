//! What subcommands say besides their result, on standard error: problems, warnings, sums.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use super::selection::Selection;
use super::session::Outcome;
use super::style::{ERROR, FAINT, Styled, WARNING};
use crate::lab::{Item, Skip};
use crate::python::{Host, Interpreter, Tag};
use crate::report::claimed;
use crate::report::json::{self, Event};
use crate::scenario::{Name, Problems};
use crate::snapshot::diff::ranges;

/// Writes a line to standard error. That nobody listens there any more is no reason to stop.
pub(crate) fn say(line: impl fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Says what is wrong.
pub(crate) fn say_error(error: impl fmt::Display) {
    say(format_args!("{} {error}", Styled::new(ERROR, "error:")));
}

/// Says what may not be as somebody thinks.
pub(crate) fn say_warning(warning: impl fmt::Display) {
    say(format_args!("{} {warning}", Styled::new(WARNING, "warning:")));
}

/// `1 run`, `2 runs`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The same, or nothing of nothing.
pub(crate) fn any(count: usize, one: &str, many: &str) -> Option<String> {
    (count > 0).then(|| counted(count, one, many))
}

/// The verdicts of all runs, or nothing where no step was judged.
pub(crate) fn judged(outcome: &Outcome) -> Option<String> {
    (outcome.tally.total() > 0).then(|| format!("verdicts: {}", outcome.tally))
}

/// The claims of all runs, or nothing where there is none.
pub(crate) fn claimed(outcome: &Outcome) -> Option<String> {
    let sum = claimed::sum(outcome.claims);
    (!sum.is_empty()).then(|| format!("claims: {sum}"))
}

/// Seconds, as precisely as one reads them.
pub(crate) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 10.0 { format!("{seconds:.2} s") } else { format!("{seconds:.0} s") }
}

/// What is wrong with scenarios, and what lies about beside them, where all of them were asked for.
pub(crate) fn selection(selection: &Selection, json: bool) -> io::Result<()> {
    for problems in &selection.problems {
        if json {
            emit_problems(problems)?;
        } else {
            say(problems.render(true));
        }
    }
    for stray in selection.strays.iter().filter(|_| selection.is_whole) {
        say_warning(format_args!("{}: {}", stray.path.display(), stray.why));
    }
    Ok(())
}

/// Writes an event to standard output.
pub(crate) fn emit(event: &Event) -> io::Result<()> {
    event.write(io::stdout().lock())
}

fn emit_problems(problems: &Problems) -> io::Result<()> {
    for problem in &problems.problems {
        let place = problems.place(problem);
        emit(&Event::Problem(json::Problem {
            file: problems.path.display().to_string(),
            line: place.line,
            column: place.column,
            message: problem.message.clone(),
            label: Some(problem.label.clone()).filter(|label| !label.is_empty()),
            help: problem.help.clone(),
        }))?;
    }
    Ok(())
}

/// Where runs are played, if that is one place: reports do not say.
pub(crate) fn interpreter(interpreters: &[Interpreter]) {
    if let [interpreter] = interpreters {
        let (Interpreter { tag, version, executable, .. }, host) = (
            interpreter,
            match interpreter.host {
                Host::Embedded { .. } => "embedded",
                Host::Spawned { .. } => "spawned",
            },
        );
        let line = format!("{tag} {version} {host} {}", executable.display());
        say(Styled::new(FAINT, line));
    }
}

/// What is being installed, to somebody who waits for it.
pub(crate) fn installs(item: &Item<'_>) {
    if io::stderr().is_terminal() {
        let requirements = item.scenario.settings.requires.join(", ");
        let line = format!("installing {requirements} for {}", item.interpreter.tag);
        say(Styled::new(FAINT, line));
    }
}

/// What is not played: one line for each scenario and reason.
pub(crate) fn skips(
    skipped: &[(Item<'_>, Skip)],
    interpreters: &[Interpreter],
    json: bool,
) -> io::Result<()> {
    if json {
        return skipped.iter().try_for_each(|(item, skip)| emit(&skipped_event(item, skip.to_string())));
    }
    let all: Vec<Tag> = interpreters.iter().map(|interpreter| interpreter.tag).collect();
    let mut grouped: BTreeMap<(&Name, String), Vec<Tag>> = BTreeMap::new();
    for (item, skip) in skipped {
        grouped.entry((&item.scenario.name, skip.to_string())).or_default().push(item.interpreter.tag);
    }
    for ((name, why), tags) in grouped {
        say(format_args!("skipped {name} on {}: {why}", ranges(&tags, &all)));
    }
    Ok(())
}

/// A run that does not take place, as an event.
pub(crate) fn skipped_event(item: &Item<'_>, reason: String) -> Event {
    Event::Skipped {
        scenario: item.scenario.name.to_string(),
        python: Some(item.interpreter.tag.to_string()),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_none_goes_without_saying() {
        assert_eq!(counted(0, "run", "runs"), "0 runs");
        assert_eq!(counted(1, "run", "runs"), "1 run");
        assert_eq!(any(2, "differs", "differ").as_deref(), Some("2 differ"));
        assert_eq!(any(0, "differs", "differ"), None);
    }

    #[test]
    fn durations_are_told_in_three_digits_at_most() {
        assert_eq!(seconds(Duration::from_millis(1234)), "1.23 s");
        assert_eq!(seconds(Duration::from_millis(61_700)), "62 s");
    }
}
