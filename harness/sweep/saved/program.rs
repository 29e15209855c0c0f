//! A finding in a program of the user's as a scenario: its sources, and a statement that runs it.

use std::path::{Path, PathBuf};

use super::super::program::{DURATION, Task};
use super::case::{Case, statement};
use super::{Page, Unsaved, save_shown};
use crate::lab::{Item, Lab};
use crate::python::Interpreter;
use crate::scenario::{Name, Scenario, Settings, Step, WorkspacePath, Write};
use crate::worker::Main;

/// Statements that stop the clock.
const TIMELESS: [&str; 2] = ["import time", "time.time = time.perf_counter = lambda: 0.0"];

/// Writes a case of a program down, with those of its sources that it takes. What is installed is not among
/// them: where it does not show without, `site` is imported. And where it tells how long it took, the clock
/// is stopped, for what differs from run to run cannot be judged.
pub fn save_program(
    lab: &Lab,
    interpreter: &Interpreter,
    task: &Task,
    files: &[String],
    case: &Case,
) -> Result<Page, Unsaved> {
    if !task.program.edits.is_empty() {
        return Err(Unsaved::Edit);
    }
    let attempt = |(site, is_timeless)| {
        let scenario = scenario(task, files, site, is_timeless);
        let case = Case { step: scenario.steps.len() - 1, shows: None, given: Vec::new(), ..case.clone() };
        let (page, shown) = save_shown(lab, &Item { scenario: &scenario, interpreter }, &case, &TIMELESS)?;
        let mut lines = shown.given.iter().chain(&shown.restart);
        if !is_timeless && lines.any(|line| DURATION.is_match(line)) {
            return Err(Unsaved::NotShown); // they may have taken as long by chance
        }
        Ok(page)
    };
    for conditions in [(false, false), (false, true), (true, false), (true, true)] {
        match attempt(conditions) {
            Err(Unsaved::NotShown) => {}
            saved => return saved,
        }
    }
    Err(Unsaved::NotShown)
}

/// What a program's pages are called after: its script or module.
pub fn name(main: &Main) -> String {
    match main {
        Main::Script(path) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        Main::Module(module) => module.replace('.', "_"),
    }
}

fn scenario(task: &Task, files: &[String], site: bool, is_timeless: bool) -> Scenario {
    let folder = &task.program.folder;
    let mut steps: Vec<Step> = files.iter().filter_map(|file| write(folder, file)).collect();
    let mut arguments = vec![match &task.program.main {
        Main::Script(path) => path.display().to_string(),
        Main::Module(module) => format!("-m {module}"),
    }];
    arguments.extend(task.program.arguments.iter().cloned());
    steps.push(statement("import os, runpy, sys"));
    if is_timeless {
        steps.extend(TIMELESS.map(statement));
    }
    if arguments.len() > 1 {
        steps.push(statement(&format!("sys.argv = {arguments:?}")));
    }
    if let Main::Script(path) = &task.program.main
        && let Some(parent) =
            path.strip_prefix(folder).unwrap_or(path).parent().filter(|parent| *parent != Path::new(""))
    {
        // Where Python looks for modules first.
        steps.push(statement(&format!(
            "sys.path.insert(0, os.path.abspath({:?}))",
            parent.display().to_string()
        )));
    }
    steps.push(statement(&match &task.program.main {
        Main::Script(path) => {
            let path = path.strip_prefix(folder).unwrap_or(path);
            format!(
                "_ = runpy.run_path(os.path.abspath({:?}), run_name=\"__main__\")",
                path.display().to_string()
            )
        }
        Main::Module(module) => {
            format!("_ = runpy.run_module({module:?}, run_name=\"__main__\", alter_sys=True)")
        }
    }));
    Scenario {
        name: Name { group: String::new(), name: task.command.clone() },
        path: PathBuf::new(),
        title: task.command.clone(),
        summary: String::new(),
        settings: Settings { site, ..Settings::default() },
        steps,
    }
}

/// A source of the program's; nothing of what cannot be in a scenario.
fn write(folder: &Path, file: &str) -> Option<Step> {
    let path = WorkspacePath::new(file).ok()?;
    let content = std::fs::read(folder.join(file)).ok()?;
    std::str::from_utf8(&content).ok()?;
    // A line of Markdown that is not known yet, which makes a block of it.
    Some(Step::Write(Write { path, content, edit: false, line: Some(0) }))
}
