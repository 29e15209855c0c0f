//! `sweep --save`: the findings of a sweep as files.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Failure;
use super::tell;
use crate::python::Interpreter;
use crate::report::json::Event;
use crate::sweep::saved::{Case, Page, Unsaved};

/// What was swept.
pub(crate) struct Subject<'a> {
    /// What it is called in reports.
    pub(crate) title: &'a str,
    /// What its pages are called after.
    pub(crate) name: &'a str,
    pub(crate) interpreter: &'a Interpreter,
}

/// Writes each case down as a scenario below a folder, and says where, or why not. What is there is never
/// overwritten.
pub(crate) fn save_all(
    subject: &Subject<'_>,
    cases: &[Case],
    save: impl Fn(&Case) -> Result<Page, Unsaved>,
    folder: &Path,
    json: bool,
) -> Result<(), Failure> {
    let (title, tag) = (subject.title, &subject.interpreter.tag);
    for case in cases {
        match save(case) {
            Ok(page) => {
                let name = format!("{}_{}", subject.name, case.suffix());
                let (file, is_new) = lay_down(folder, &name, &page)?;
                if json {
                    let (subject, python) = (title.to_owned(), tag.to_string());
                    let (file, outcome) = (file.display().to_string(), case.outcome.word());
                    tell::emit(&Event::Saved { subject, python, outcome, file })?;
                } else if is_new {
                    tell::say(format_args!("saved {}", file.display()));
                } else {
                    tell::say(format_args!("{} is there already", file.display()));
                }
            }
            Err(Unsaved::Run(error)) if error.is_interruption() => return Ok(()),
            Err(Unsaved::Run(error)) => tell::say_error(error),
            Err(why) => tell::say(format_args!(
                "not saved: {} of {title} on {tag}, group {}: {why}",
                case.outcome, case.group
            )),
        }
    }
    Ok(())
}

/// Makes sure of a folder: better before a sweep than after it.
pub(crate) fn make(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(failed("create", folder))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.to_owned();
    move |source| Failure::File { action, path, source }
}

/// Lays a page down under a name that is free, or finds the one that is there; whether it is new.
fn lay_down(folder: &Path, name: &str, page: &Page) -> Result<(PathBuf, bool), Failure> {
    make(folder)?;
    let mut number = 0;
    loop {
        number += 1;
        let name = if number == 1 { name.to_owned() } else { format!("{name}_{number}") };
        let path = folder.join(format!("{name}.md"));
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if fs::read(&path).is_ok_and(|there| there == page.text.as_bytes()) {
                    return Ok((path, false));
                }
            }
            Err(source) => return Err(Failure::File { action: "create", path, source }),
            Ok(mut file) => {
                file.write_all(page.text.as_bytes()).map_err(failed("write", &path))?;
                for (below, content) in &page.files {
                    let path = folder.join(format!("{name}.files")).join(below.as_str());
                    if let Some(parent) = path.parent() {
                        fs::create_dir_all(parent).map_err(failed("create", parent))?;
                    }
                    fs::write(&path, content).map_err(failed("write", &path))?;
                }
                return Ok((path, true));
            }
        }
    }
}
