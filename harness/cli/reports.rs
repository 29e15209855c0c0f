//! What `run` does with reports: prints them, and compares them with what was accepted.

use std::collections::BTreeSet;
use std::io::Write;

use super::args::{Folders, Playing, Reporting};
use super::paint::paint;
use super::selection::Selection;
use super::session::{Outcome, Told};
use super::style::{FAINT, HEADING, Styled};
use super::tell::{any, claimed, counted, judged, say, seconds};
use super::{Exit, Failure};
use crate::python::{Discovery, Interpreter, Tag};
use crate::scenario::{Name, Scenario};
use crate::snapshot::diff::ranges;
use crate::snapshot::{Comparison, Store};

/// The reports of a run of `run`.
pub(crate) struct Reports<'a> {
    /// What they come to.
    pub(crate) exits: BTreeSet<Exit>,
    reporting: &'a Reporting,
    /// Other hash seeds make other verdicts, which are not what a snapshot keeps.
    has_seeds: bool,
    kept: &'a BTreeSet<Name>,
    store: Store,
    /// The interpreters that are asked for, and all that were found.
    tags: Vec<Tag>,
    present: Vec<Tag>,
    pending: BTreeSet<Name>,
    differing: usize,
}

impl<'a> Reports<'a> {
    pub(crate) fn new(
        folders: &Folders,
        reporting: &'a Reporting,
        playing: &Playing,
        selection: &'a Selection,
        discovery: &Discovery,
        interpreters: &[Interpreter],
    ) -> Self {
        let tags: Vec<Tag> = interpreters.iter().map(|interpreter| interpreter.tag).collect();
        // A proposal must leave alone what holds for a Python that is here and does not run this time.
        let mut present: Vec<Tag> = tags.clone();
        if !selection.kept.is_empty() && !reporting.raw_ids {
            present.extend(discovery.discovered().all().iter().map(|found| found.interpreter.tag));
        }
        present.sort_unstable();
        present.dedup();
        Self {
            exits: BTreeSet::new(),
            reporting,
            has_seeds: playing.hashseeds.is_some(),
            kept: &selection.kept,
            store: Store::new(folders.snapshots()),
            tags,
            present,
            pending: BTreeSet::new(),
            differing: 0,
        }
    }

    /// One scenario's runs: equal reports are printed once.
    pub(crate) fn take(&mut self, scenario: &Scenario, runs: &[Told]) -> Result<(), Failure> {
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
        if self.reporting.json.json {
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
        let recorded = if self.reporting.raw_ids || self.has_seeds || !self.kept.contains(&scenario.name) {
            None
        } else {
            Some(self.store.record(scenario, run.tag, &run.text, &self.present)?)
        };
        let comparison = recorded.as_ref().map(|recorded| &recorded.comparison);
        if recorded.as_ref().is_some_and(|recorded| recorded.proposed.is_some()) {
            self.pending.insert(scenario.name.clone());
        }
        if let Some(Comparison::Differs { .. }) = comparison {
            self.differing += 1;
            self.exits.insert(Exit::Differs);
        }
        if !run.whole && comparison != Some(&Comparison::Equal) {
            self.exits.insert(Exit::Crashed);
        }
        Ok(())
    }

    /// Says what it came to, and what to do about it.
    pub(crate) fn sum_up(&self, outcome: &Outcome) {
        let summary = &outcome.summary;
        let parts: Vec<String> = [
            Some(format!("{} in {}", counted(summary.runs, "run", "runs"), seconds(outcome.took))),
            any(summary.ended_early, "ended early", "ended early"),
            judged(outcome),
            claimed(outcome),
            any(self.differing, "differs from its snapshot", "differ from their snapshots"),
            any(summary.skipped, "skipped", "skipped"),
            any(summary.problems, "error in scenarios", "errors in scenarios"),
        ]
        .into_iter()
        .flatten()
        .collect();
        say(Styled::new(HEADING, parts.join(", ")));
        let causes: Vec<&str> = outcome.causes.iter().map(|cause| cause.word()).collect();
        match causes[..] {
            [] => {}
            [cause] => say(format_args!("what it means: `reload-harness explain {cause}`")),
            [cause, ..] => say(format_args!(
                "what a cause means, and which remedy holds: `reload-harness explain {cause}`, and so on for {} more",
                causes.len() - 1
            )),
        }
        if !self.pending.is_empty() {
            let scenarios = counted(self.pending.len(), "scenario has", "scenarios have");
            say(format_args!(
                "{scenarios} reports pending in {}: look with `reload-harness check` or `cargo insta review`, \
                 accept with `reload-harness accept`",
                self.store.root().display()
            ));
        }
    }
}
