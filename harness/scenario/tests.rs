//! Scenarios as a whole.

use std::path::Path;

use super::{Name, Problems, Scenario, Step, WorkspacePath};

mod blocks;
mod loading;
mod properties;
mod settings;
mod transcripts;

fn parse_bytes(source: &[u8], files: &[(&str, &str)]) -> Result<Scenario, Problems> {
    let files =
        files.iter().map(|(path, text)| (WorkspacePath::new(path).unwrap(), text.as_bytes().to_vec()));
    let name = Name { group: "g".into(), name: "x".into() };
    Scenario::parse(name, Path::new("scenarios/g/x.md"), source, files.collect())
}

fn parse(source: &str) -> Scenario {
    parse_bytes(source.as_bytes(), &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The problems of a source as `line:column message`.
fn faults(source: &str) -> Vec<String> {
    let Err(found) = parse_bytes(source.as_bytes(), &[]) else { return Vec::new() };
    let told = found.problems.iter().map(|problem| {
        let place = found.place(problem);
        format!("{}:{} {}", place.line, place.column, problem.message)
    });
    told.collect()
}

/// What a source's only problem advises.
fn help(source: &str) -> String {
    let found = parse_bytes(source.as_bytes(), &[]).unwrap_err();
    assert_eq!(found.problems.len(), 1, "{found}");
    found.problems[0].help.clone().unwrap_or_default()
}

/// The writes of a scenario as path, content, edit, line.
fn writes(scenario: &Scenario) -> Vec<(&str, &str, bool, Option<usize>)> {
    let writes = scenario.steps.iter().filter_map(|step| match step {
        Step::Write(write) => {
            let content = std::str::from_utf8(&write.content).unwrap();
            Some((write.path.as_str(), content, write.edit, write.line))
        }
        Step::Statement(_) => None,
    });
    writes.collect()
}

/// The statements of a scenario as source and line.
fn statements(scenario: &Scenario) -> Vec<(&str, usize)> {
    let statements = scenario.steps.iter().filter_map(|step| match step {
        Step::Statement(statement) => Some((statement.source.as_str(), statement.line)),
        Step::Write(_) => None,
    });
    statements.collect()
}

const TAIL: &str = "\n```pycon\n>>> 1\n```\n";

/// A sound scenario around some Markdown, which begins on line 3.
fn around(middle: &str) -> String {
    format!("# T\n\n{middle}\n{TAIL}")
}
