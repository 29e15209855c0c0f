//! `accept`: take the reports as they are now.

use clap::Args;

use super::args::{Folders, Json, Selection};
use super::{Exit, Failure};

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
    let _ = (&args.selection, &args.folders, &args.json);
    Err(Failure::Internal("accept is not wired yet".to_owned()))
}
