//! `contents`: keep the table of contents of the scenarios.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::Args;
use similar::TextDiff;

use super::args::Folders;
use super::selection::Selection;
use super::tell::say;
use super::{Exit, Failure, tell};
use crate::catalogue::{Entry, contents as table, placed};
use crate::snapshot::Store;

/// Below the scenarios folder.
const PAGE: &str = "README.md";

const EXAMPLES: &str = "\
Examples:
  reload-harness contents             writes scenarios/README.md
  reload-harness contents --check     fails with a diff where it is not up to date";

/// Write the table of contents of the scenarios: what each shows, and the verdicts by Python
///
/// It goes to README.md in the scenarios folder, from what scenarios say and reports were accepted; no Python
/// is needed. What stands around it on that page is yours.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", super::exit::table()))]
pub(crate) struct ContentsArgs {
    /// Write nothing, and fail where it would be written
    #[arg(long)]
    check: bool,

    #[command(flatten)]
    pub(crate) folders: Folders,
}

pub(crate) fn contents(args: &ContentsArgs) -> Result<Exit, Failure> {
    let selection = Selection::of_folder(&args.folders, &[])?;
    tell::selection(&selection, false)?;
    if !selection.problems.is_empty() {
        return Ok(Exit::Malformed);
    }
    let store = Store::new(args.folders.snapshots());
    let mut entries = Vec::new();
    for scenario in selection.scenarios {
        let epochs = store.load(&scenario.name)?.accepted;
        entries.push(Entry { scenario, epochs });
    }
    let path = args.folders.scenarios.join(PAGE);
    let page = read(&path)?;
    let unplaced = |source| Failure::Contents { page: path.clone(), source };
    let new = placed(page.as_deref(), &table(&entries)).map_err(unplaced)?;
    let old = page.unwrap_or_default();
    if old == new {
        return Ok(Exit::Clean);
    }
    if args.check {
        let diff = TextDiff::from_lines(&old, &new);
        write!(
            anstream::stdout(),
            "{}",
            diff.unified_diff().header(&path.to_string_lossy(), "as it would be")
        )?;
        say("bring it up to date: `reload-harness contents`");
        return Ok(Exit::Differs);
    }
    let failed = |source| Failure::File { action: "write", path: path.clone(), source };
    fs::write(&path, new).map_err(failed)?;
    say(format_args!("wrote {}", path.display()));
    Ok(Exit::Clean)
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(page) => Ok(Some(page)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Failure::File { action: "read", path: path.to_owned(), source }),
    }
}
