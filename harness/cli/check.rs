//! `check`: the gate.

use clap::Args;

use super::args::{Folders, Playing, Pythons, Reporting, Selection};
use super::{Exit, Failure};

const EXAMPLES: &str = "\
Examples:
  reload-harness check                   in your python3
  reload-harness check --python all      in every Python here";

/// Compare reports with their accepted snapshots; writes nothing
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", super::exit::table()))]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,

    #[command(flatten)]
    pub(crate) folders: Folders,

    #[command(flatten)]
    pub(crate) pythons: Pythons,

    #[command(flatten)]
    pub(crate) playing: Playing,

    #[command(flatten)]
    pub(crate) reporting: Reporting,
}

pub(crate) fn check(args: &CheckArgs) -> Result<Exit, Failure> {
    let _ = (&args.selection, &args.folders, &args.pythons, &args.playing, &args.reporting.raw_ids);
    Err(Failure::Internal("check is not wired yet".to_owned()))
}
