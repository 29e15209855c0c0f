//! `list`: say which scenarios there are.

use std::io::Write;

use clap::Args;

use super::args::{self, Folders, Json};
use super::selection::Selection;
use super::style::{FAINT, HEADING, PLAIN, Styled, Table};
use super::tell::emit;
use super::{Exit, Failure, tell};
use crate::report::json::Event;
use crate::snapshot::Store;

const EXAMPLES: &str = "\
Examples:
  reload-harness list                     every scenario
  reload-harness list 'founding/*'        some of them
  reload-harness list tag:slow --json     one event a line";

/// List scenarios by name, with their titles
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", super::exit::table()))]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) selection: args::Selection,

    #[command(flatten)]
    pub(crate) folders: Folders,

    #[command(flatten)]
    pub(crate) json: Json,
}

pub(crate) fn list(args: &ListArgs) -> Result<Exit, Failure> {
    let selection = Selection::of_folder(&args.folders, &args.selection.filters)?;
    let store = Store::new(args.folders.snapshots());
    let mut table = Table::default();
    for scenario in &selection.scenarios {
        let kept = store.load(&scenario.name)?;
        let epochs: Vec<String> = kept.accepted.iter().map(|epoch| epoch.tag().to_string()).collect();
        let python = scenario.settings.python.as_ref().map(ToString::to_string);
        if args.json.json {
            emit(&Event::Scenario {
                scenario: scenario.name.to_string(),
                title: scenario.title.clone(),
                file: scenario.path.display().to_string(),
                requires: python,
                packages: scenario.settings.requires.clone(),
                tags: scenario.settings.tags.clone(),
                epochs,
            })?;
        } else {
            table.row([
                Styled::new(HEADING, scenario.name.to_string()),
                Styled::new(PLAIN, scenario.title.clone()),
                Styled::new(FAINT, python.unwrap_or_default()),
                Styled::new(FAINT, epochs.join(" ")),
            ]);
        }
    }
    write!(anstream::stdout(), "{table}")?;
    tell::selection(&selection, args.json.json)?;
    Ok(if selection.problems.is_empty() { Exit::Clean } else { Exit::Malformed })
}
