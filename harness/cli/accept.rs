//! `accept`: take the reports as they are now.

use std::collections::BTreeSet;
use std::io::Write;

use clap::Args;

use super::args::{self, Folders, Json};
use super::failure::with_cause;
use super::selection::Selection;
use super::tell::emit;
use super::tell::{say, say_error};
use super::{Exit, Failure};
use crate::report::json::Event;
use crate::scenario::{Collection, Filter, Name};
use crate::snapshot::{Change, Store};

const EXAMPLES: &str = "\
Examples:
  reload-harness accept                               all that is pending
  reload-harness accept founding/unbound_base_call    of one scenario
  reload-harness accept 'founding/*' tag:slow         of some";

/// Accept what runs have proposed as the snapshots
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", super::exit::table()))]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    pub(crate) selection: args::Selection,

    #[command(flatten)]
    pub(crate) folders: Folders,

    #[command(flatten)]
    pub(crate) json: Json,
}

pub(crate) fn accept(args: &AcceptArgs) -> Result<Exit, Failure> {
    let store = Store::new(args.folders.snapshots());
    let wanted = wanted(args, &store)?;
    let accepted = store.accept(&*wanted)?;
    if args.json.json {
        for change in &accepted.changes {
            emit(&event(change))?;
        }
    } else {
        write!(anstream::stdout(), "{accepted}")?;
        if accepted.changes.is_empty() && accepted.passed_over == 0 && accepted.problems.is_empty() {
            say("a report becomes pending when `reload-harness run` or `cargo test` finds it changed");
        }
    }
    for problem in &accepted.problems {
        say_error(with_cause(problem));
    }
    Ok(if accepted.problems.is_empty() { Exit::Clean } else { Exit::Io })
}

type Wanted = dyn Fn(&Name) -> bool;

/// Which snapshots are meant. They are known by name, whether or not there is a scenario to them;
/// only tags have to be looked up in scenarios.
fn wanted(args: &AcceptArgs, store: &Store) -> Result<Box<Wanted>, Failure> {
    let patterns: Vec<String> =
        args.selection.filters.iter().map(|text| args.folders.pattern(text)).collect();
    let filter = Filter::new(&patterns)?;
    if filter.needs_tags() {
        let selection = Selection::of_folder(&args.folders, &patterns)?;
        let tagged: BTreeSet<Name> = selection.scenarios.into_iter().map(|scenario| scenario.name).collect();
        return Ok(Box::new(move |name| tagged.contains(name) || filter.matches(name, &[])));
    }
    let mut names: BTreeSet<Name> =
        store.scan()?.into_iter().filter_map(|file| Some(file.name.ok()?.scenario)).collect();
    if let Ok(collection) = Collection::find(&args.folders.scenarios) {
        names.extend(collection.scenarios.into_iter().map(|found| found.name));
    }
    let known: Vec<(&Name, &[String])> = names.iter().map(|name| (name, &[][..])).collect();
    match filter.unmatched(&known).first() {
        Some(pattern) => Err(Failure::nothing_matches(pattern, &names)),
        None => Ok(Box::new(move |name| filter.matches(name, &[]))),
    }
}

fn event(change: &Change) -> Event {
    match change {
        Change::Accepted { scenario, tag } => {
            Event::Accepted { scenario: scenario.to_string(), python: tag.to_string() }
        }
        Change::Folded { scenario, tag, into } => {
            Event::Folded { scenario: scenario.to_string(), python: tag.to_string(), into: into.to_string() }
        }
    }
}
