//! The interpreters that a command is about: of each tag one, for reports and snapshots go by tags.

use super::Failure;
use super::args::Pythons;
use super::session::hosted;
use super::tell::say_warning;
use crate::python::{Discovery, Found, Interpreter};

/// Those that are asked for, as this machine can host them; a warning says which of them are left out.
pub(crate) fn interpreters(discovery: &Discovery, pythons: &Pythons) -> Result<Vec<Interpreter>, Failure> {
    let (chosen, left_out) = of_each_tag(discovery.resolve_found(&pythons.python)?);
    for found in &left_out {
        let Interpreter { tag, version, executable, .. } = &found.interpreter;
        let path = executable.display();
        let meant = chosen.iter().find(|one| one.interpreter.tag == *tag).map_or_else(String::new, |one| {
            format!("{} at {}", one.interpreter.version, one.interpreter.executable.display())
        });
        say_warning(format_args!(
            "{version} at {path} is left out: {tag} means {meant} here, and reports are told apart by tag \
             alone; play it alone, by `--python {path}`"
        ));
    }
    let chosen: Vec<Interpreter> = chosen.into_iter().map(|found| found.interpreter).collect();
    hosted(&chosen)
}

/// The first of each tag, in the order in which they were asked for, and the others.
pub(crate) fn of_each_tag(found: Vec<Found>) -> (Vec<Found>, Vec<Found>) {
    let (mut chosen, mut left_out): (Vec<Found>, Vec<Found>) = (Vec::new(), Vec::new());
    for found in found {
        let has_namesake = chosen.iter().any(|one| one.interpreter.tag == found.interpreter.tag);
        if has_namesake { left_out.push(found) } else { chosen.push(found) }
    }
    (chosen, left_out)
}
