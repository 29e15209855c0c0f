//! The source line that a frame ran: of the file as it was when the code was made.

use crate::scenario::{Scenario, Statement, Step};
use crate::trace::normalize::{Context, normalize};
use crate::trace::state::State;
use crate::trace::visible::visible;
use crate::trace::{Files, Is, Origin, Place};
use crate::worker::Frame;

/// Where lines of source are found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) files: &'a Files<'a>,
}

impl Source<'_> {
    /// Whether a frame's file is another by now than when the function was first seen that the frame runs.
    pub(crate) fn has_changed(self, state: &State, step: usize, frame: &Frame) -> bool {
        let content = |step| self.files.content(&frame.file, step).and_then(Is::content);
        state.made_with(frame).is_none_or(|made| content(made) != content(step))
    }

    /// Says of a frame whose code it is, and shows its line.
    pub(crate) fn place(self, state: &State, step: usize, frame: &Frame, context: &Context<'_>) -> Place {
        let file = normalize(&visible(frame.file.as_bytes()), context);
        let file = file.strip_prefix("./").unwrap_or(&file).to_owned();
        let made = state.made_with(frame).unwrap_or(step);
        let (source, markdown) = if file == STDIN {
            prompt_line(self.scenario, made, frame.line)
        } else {
            file_line(self.files, &file, made, frame.line)
        }
        .unwrap_or_default();
        Place {
            origin: origin(&file, &frame.function),
            file,
            line: frame.line,
            function: visible(frame.function.as_bytes()),
            source,
            markdown,
        }
    }
}

/// What the prompt's statements have for a file name.
const STDIN: &str = "<stdin>";

fn origin(file: &str, function: &str) -> Origin {
    if file == STDIN {
        return if function == "<module>" { Origin::Statement } else { Origin::Scenario };
    }
    let is_import = file.starts_with("<frozen importlib.")
        || file.starts_with("<frozen zipimport>")
        || file.contains("/importlib/") && !is_of_workspace(file);
    if is_import {
        Origin::Import
    } else if is_of_workspace(file) {
        Origin::Scenario
    } else {
        Origin::Library
    }
}

/// `<string>` and its like are code that the scenario compiled.
fn is_of_workspace(file: &str) -> bool {
    !["/", "<prefix>", "<packages>", "<frozen "].iter().any(|elsewhere| file.starts_with(elsewhere))
}

type Line = (Option<String>, Option<usize>);

fn file_line(files: &Files<'_>, file: &str, step: usize, line: usize) -> Option<Line> {
    let is = files.content(file, step)?;
    let text = is.content()?.split(|byte| *byte == b'\n').nth(line.checked_sub(1)?)?;
    let first = if let Is::Written(_, first) = is { first } else { None };
    Some((Some(shown(text)), first.map(|first| first + line - 1)))
}

fn prompt_line(scenario: &Scenario, step: usize, line: usize) -> Option<Line> {
    let statement = statement(scenario, step)?;
    let text = statement.source.lines().nth(line.checked_sub(1)?)?;
    Some((Some(shown(text.as_bytes())), Some(statement.line + line - 1)))
}

fn shown(line: &[u8]) -> String {
    visible(line.trim_ascii())
}

fn statement(scenario: &Scenario, step: usize) -> Option<&Statement> {
    match scenario.steps.get(step)? {
        Step::Statement(statement) => Some(statement),
        Step::Write(_) => None,
    }
}
