//! `run`: play scenarios and print their reports.

use std::path::PathBuf;

use clap::Args;

use super::args::{Folders, Playing, Pythons, Reporting};
use super::interpreters::interpreters;
use super::reports::Reports;
use super::selection::Selection;
use super::session::Session;
use super::{Exit, Failure, tell};
use crate::python::Discovery;

const EXAMPLES: &str = "\
Examples:
  reload-harness run                               every scenario, in your python3
  reload-harness run super 'founding/*'            by part of a name, or by glob
  reload-harness run --python 2.7,3.8-3.13 super   in these Pythons
  reload-harness run --python ./venv one.md        one file, in a virtual environment
  reload-harness run --json | jq .event            one event a line";

/// Run scenarios and print what each step did
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", super::exit::table()))]
pub(crate) struct RunArgs {
    /// Only scenarios whose `group/name` contains this or fits this glob, or that have this tag
    /// (`tag:slow`); or .md files, wherever they are
    #[arg(value_name = "FILTER|FILE.md")]
    what: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) folders: Folders,

    #[command(flatten)]
    pub(crate) pythons: Pythons,

    #[command(flatten)]
    pub(crate) playing: Playing,

    #[command(flatten)]
    pub(crate) reporting: Reporting,
}

/// What to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct What {
    /// Files that were named.
    pub(crate) files: Vec<PathBuf>,
    /// Filters for the scenarios folder.
    pub(crate) filters: Vec<String>,
}

impl What {
    /// Whether the scenarios folder is to be read at all.
    pub(crate) fn reads_folder(&self) -> bool {
        self.files.is_empty() || !self.filters.is_empty()
    }
}

impl RunArgs {
    /// The arguments, sorted: what ends in `.md` is a file, there or not, unless it has the stars of
    /// a glob and no file of that name is there.
    pub(crate) fn what(&self) -> What {
        let is_file = |path: &PathBuf| {
            let glob = path.to_string_lossy().contains(['*', '?', '[', '{']);
            path.extension().is_some_and(|extension| extension == "md") && (!glob || path.exists())
        };
        let (files, filters): (Vec<_>, Vec<_>) = self.what.iter().cloned().partition(is_file);
        let filters = filters.into_iter().map(|filter| filter.to_string_lossy().into_owned()).collect();
        What { files, filters }
    }
}

pub(crate) fn run(args: &RunArgs) -> Result<Exit, Failure> {
    let what = args.what();
    let mut selection = Selection::default();
    if what.reads_folder() {
        selection = Selection::of_folder(&args.folders, &what.filters)?;
    }
    selection.add_files(&args.folders, &what.files)?;
    let discovery = Discovery::of_process();
    let interpreters = interpreters(&discovery, &args.pythons)?;
    let json = args.reporting.json.json;
    if !json {
        tell::interpreter(&interpreters);
    }
    let session = Session {
        selection: &selection,
        interpreters: &interpreters,
        playing: &args.playing,
        raw_ids: args.reporting.raw_ids,
        json,
    };
    let mut reports =
        Reports::new(&args.folders, &args.reporting, &args.playing, &selection, &discovery, &interpreters);
    let outcome = session.play(|scenario, runs| reports.take(scenario, &runs))?;
    if !json && !outcome.is_interrupted() {
        reports.sum_up(&outcome);
    }
    outcome.conclude(reports.exits, json)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: RunArgs,
    }

    fn what(arguments: &[&str]) -> What {
        Line::try_parse_from([&["run"], arguments].concat()).unwrap().args.what()
    }

    #[test]
    fn files_are_told_from_filters() {
        let sorted = what(&["super", "no/such.md", "founding/*.md", "founding/*"]);
        assert_eq!(sorted.files, [PathBuf::from("no/such.md")]);
        assert_eq!(sorted.filters, ["super", "founding/*.md", "founding/*"]);
    }

    #[test]
    fn the_scenarios_folder_is_left_alone_where_only_files_are_named() {
        assert!(what(&[]).reads_folder());
        assert!(what(&["super"]).reads_folder());
        assert!(what(&["super", "one.md"]).reads_folder());
        assert!(!what(&["one.md"]).reads_folder());
    }
}
