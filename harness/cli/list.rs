//! `list`: say which scenarios there are.

use clap::Args;

use super::args::{Folders, Json, Selection};
use super::{Exit, Failure};

/// List scenarios by name, with their titles
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  reload-harness list\n  reload-harness list 'founding/*' --json")]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,

    #[command(flatten)]
    pub(crate) folders: Folders,

    #[command(flatten)]
    pub(crate) json: Json,
}

pub(crate) fn list(args: &ListArgs) -> Result<Exit, Failure> {
    let _ = (&args.selection.filters, &args.folders.scenarios, args.json.json);
    Err(Failure::Internal("list is not wired yet".to_owned()))
}
