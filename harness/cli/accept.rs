//! `accept`: take the reports as they are now.

use std::io::Write;

use clap::Args;

use super::args::{Folders, Json, Selection};
use super::failure::with_cause;
use super::session::emit;
use super::style::{ERROR, Styled};
use super::{Exit, Failure};
use crate::report::json::Event;
use crate::scenario::Filter;
use crate::snapshot::{Change, Store};

/// Accept what runs have proposed as the snapshots
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  reload-harness accept\n  reload-harness accept founding/unbound_base_call"
)]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,

    #[command(flatten)]
    pub(crate) folders: Folders,

    #[command(flatten)]
    pub(crate) json: Json,
}
pub(crate) fn accept(args: &AcceptArgs) -> Result<Exit, Failure> {
    let filter = Filter::new(&args.selection.filters)?;
    if filter.needs_tags() {
        return Err(Failure::TagsUnknown);
    }
    let store = Store::new(args.folders.snapshots());
    let accepted = store.accept(&|name| filter.matches(name, &[]))?;
    if args.json.json {
        for change in &accepted.changes {
            emit(&event(change))?;
        }
    } else {
        write!(anstream::stdout(), "{accepted}")?;
        if accepted.changes.is_empty() && accepted.passed_over == 0 && accepted.problems.is_empty() {
            anstream::eprintln!(
                "a report becomes pending when `reload-harness run` or `cargo test` finds it changed"
            );
        }
    }
    for problem in &accepted.problems {
        anstream::eprintln!("{} {}", Styled::new(ERROR, "error:"), with_cause(problem));
    }
    Ok(if accepted.problems.is_empty() { Exit::Clean } else { Exit::Io })
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
