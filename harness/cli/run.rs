//! `run`: play scenarios and print their reports.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::args::{Folders, Playing, Pythons, Reporting};
use super::selection::Selection;
use super::session::{Outcome, Session, Told};
use super::style::{FAINT, HEADING, PLAIN, STATEMENT, Styled};
use super::{Exit, Failure};
use crate::python::{Discovery, Interpreter, Tag};
use crate::scenario::{Name, Scenario};
use crate::snapshot::diff::ranges;
use crate::snapshot::{Comparison, Store};

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
    /// Only scenarios whose `group/name` contains this or fits this glob; or .md files, wherever they are
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
    selection.add_files(&args.folders, &what.files);
    let discovery = Discovery::of_process();
    let interpreters = discovery.resolve(&args.pythons.python)?;
    let session = Session {
        selection: &selection,
        interpreters: &interpreters,
        playing: &args.playing,
        raw_ids: args.reporting.raw_ids,
        json: args.reporting.json.json,
    };
    let mut sink = Sink::new(args, &selection, &discovery, &interpreters);
    let outcome = session.play(|scenario, runs| sink.take(scenario, &runs))?;
    sink.conclude(&outcome)?;
    let exits = sink.exits.into_iter();
    outcome.conclude(exits, args.reporting.json.json)
}

/// Prints reports, and compares them with what was accepted.
struct Sink<'a> {
    args: &'a RunArgs,
    kept: &'a BTreeSet<Name>,
    store: Store,
    /// The interpreters that are asked for, and all that were found.
    tags: Vec<Tag>,
    present: Vec<Tag>,
    exits: BTreeSet<Exit>,
    pending: usize,
    differing: usize,
}

impl<'a> Sink<'a> {
    fn new(
        args: &'a RunArgs,
        selection: &'a Selection,
        discovery: &Discovery,
        interpreters: &[Interpreter],
    ) -> Self {
        let tags: Vec<Tag> = interpreters.iter().map(|interpreter| interpreter.tag).collect();
        // Only what was found already: to look for more would take longer than the run.
        let mut present: Vec<Tag> = tags.clone();
        if !args.pythons.python.is_empty() {
            present.extend(discovery.discovered().all().iter().map(|found| found.interpreter.tag));
        }
        present.sort_unstable();
        present.dedup();
        Self {
            args,
            kept: &selection.kept,
            store: Store::new(args.folders.snapshots()),
            tags,
            present,
            exits: BTreeSet::new(),
            pending: 0,
            differing: 0,
        }
    }

    /// One scenario's runs: equal reports are printed once.
    fn take(&mut self, scenario: &Scenario, runs: &[Told]) -> Result<(), Failure> {
        let mut texts: Vec<(&str, Vec<Tag>)> = Vec::new();
        for run in runs {
            match texts.iter_mut().find(|(text, _)| *text == run.text) {
                Some((_, tags)) => tags.push(run.tag),
                None => texts.push((&run.text, vec![run.tag])),
            }
        }
        for (text, tags) in texts {
            self.print(text, &tags)?;
        }
        for run in runs {
            self.compare(scenario, run)?;
        }
        Ok(())
    }

    fn print(&self, text: &str, tags: &[Tag]) -> Result<(), Failure> {
        if self.args.reporting.json.json {
            return Ok(());
        }
        let mut out = anstream::stdout().lock();
        if self.tags.len() > 1 {
            writeln!(out, "{}", Styled::new(FAINT, format!("on {}:", ranges(tags, &self.tags))))?;
        }
        writeln!(out, "{}", paint(text))?;
        Ok(())
    }

    /// A report with raw ids is no one else's business, and neither is a scenario that is kept
    /// elsewhere.
    fn compare(&mut self, scenario: &Scenario, run: &Told) -> Result<(), Failure> {
        let recorded = if self.args.reporting.raw_ids || !self.kept.contains(&scenario.name) {
            None
        } else {
            Some(self.store.record(scenario, run.tag, &run.text, &self.present)?)
        };
        let comparison = recorded.as_ref().map(|recorded| &recorded.comparison);
        self.pending += usize::from(recorded.as_ref().is_some_and(|recorded| recorded.proposed.is_some()));
        match comparison {
            Some(Comparison::Equal) => {}
            Some(Comparison::Differs { .. }) => {
                self.differing += 1;
                self.exits.insert(Exit::Differs);
            }
            Some(Comparison::Missing) | None if !run.whole => {
                self.exits.insert(Exit::Crashed);
            }
            Some(Comparison::Missing) | None => {}
        }
        Ok(())
    }

    fn conclude(&self, outcome: &Outcome) -> Result<(), Failure> {
        if self.args.reporting.json.json {
            return Ok(());
        }
        let runs = outcome.summary.runs;
        let mut parts = vec![format!("{runs} {}", if runs == 1 { "run" } else { "runs" })];
        for (count, what) in [
            (outcome.summary.ended_early, "ended early"),
            (self.differing, "differ from their snapshots"),
            (outcome.summary.skipped, "skipped"),
            (outcome.summary.problems, "errors in scenarios"),
        ] {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        }
        anstream::eprintln!("{}", Styled::new(HEADING, parts.join(", ")));
        if self.pending > 0 {
            anstream::eprintln!(
                "reports that were not accepted yet are pending in {}: look at them with `reload-harness check` \
                 or `cargo insta review`, take them with `reload-harness accept`",
                self.store.root().display()
            );
        }
        Ok(())
    }
}

/// Makes the statements stand out from what they did.
fn paint(text: &str) -> String {
    let mut painted = String::new();
    for (number, line) in text.lines().enumerate() {
        let style = match line {
            _ if number == 0 => HEADING,
            line if line.starts_with(">>> ") || line.starts_with("... ") => STATEMENT,
            _ => PLAIN,
        };
        painted.push_str(&Styled::new(style, line).to_string());
        painted.push('\n');
    }
    painted
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
