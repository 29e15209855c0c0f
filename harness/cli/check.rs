//! `check`: the gate.

use std::io::Write;

use clap::Args;

use super::args::{self, Folders, Json, Playing, Pythons};
use super::interpreters::interpreters;
use super::selection::Selection;
use super::session::{Outcome, Session, Told, hosted};
use super::style::{ERROR, HEADING, Styled};
use super::tell::emit;
use super::tell::{any, claimed, counted, judged, say, seconds};
use super::{Exit, Failure};
use crate::python::{Discovery, Tag, Unavailable};
use crate::report::json::Event;
use crate::scenario::{Name, Scenario, Stray};
use crate::snapshot::diff::{Difference, group, ranges};
use crate::snapshot::gate::{Finding, findings, missing};
use crate::snapshot::{Comparison, Store, compare};

const EXAMPLES: &str = "\
Examples:
  reload-harness check                     in every Python here
  reload-harness check --python 3.12       in one
  reload-harness check founding --json     one event a line";

/// Compare reports with their accepted snapshots; writes nothing
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", super::exit::table()))]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) selection: args::Selection,

    #[command(flatten)]
    pub(crate) folders: Folders,

    #[command(flatten)]
    pub(crate) pythons: Pythons,

    #[command(flatten)]
    pub(crate) playing: Playing,

    #[command(flatten)]
    pub(crate) json: Json,

    /// Fail where output that an author wrote below a step is not what the step answers
    #[arg(long)]
    pub(crate) strict_claims: bool,
}

pub(crate) fn check(args: &CheckArgs) -> Result<Exit, Failure> {
    let mut selection = Selection::of_folder(&args.folders, &args.selection.filters)?;
    // Findings, and so not told in passing.
    let strays = std::mem::take(&mut selection.strays);
    let discovery = Discovery::of_process();
    let interpreters = if args.pythons.python.is_empty() {
        let all = discovery.discovered().all().into_iter().map(|found| found.interpreter.clone());
        hosted(&all.collect::<Vec<_>>())?
    } else {
        interpreters(&discovery, &args.pythons)?
    };
    if interpreters.is_empty() {
        return Err(Unavailable::Nothing.into());
    }
    let json = args.json.json;
    let store = Store::new(args.folders.snapshots());
    let session = Session {
        selection: &selection,
        interpreters: &interpreters,
        playing: &args.playing,
        raw_ids: false,
        json,
    };
    let mut gate = Gate { strict_claims: args.strict_claims, strays, ..Gate::default() };
    let outcome = session.play(|scenario, runs| gate.take(&store, scenario, &runs))?;
    if outcome.is_interrupted() {
        return outcome.conclude([], json);
    }
    let files = store.scan()?;
    gate.findings = findings(&selection.declared, &files);
    gate.findings.extend(missing(gate.unproposed.iter().map(|(name, tag)| (name, *tag)), &files));
    let tags: Vec<Tag> = interpreters.iter().map(|interpreter| interpreter.tag).collect();
    gate.tell(&store, &tags, json)?;
    if !json {
        gate.sum_up(&outcome, &tags);
    }
    let exits = gate.exits();
    outcome.conclude(exits, json)
}

/// What the runs came to, against the snapshots.
#[derive(Debug, Default)]
struct Gate {
    /// Runs whose reports are neither accepted nor pending.
    unproposed: Vec<(Name, Tag)>,
    differences: Vec<Difference>,
    findings: Vec<Finding>,
    /// Files among the scenarios that belong to none: one that was meant as a scenario is never played.
    strays: Vec<Stray>,
    /// Whether claims must hold.
    strict_claims: bool,
    /// Claims that do not.
    false_claims: usize,
    /// Runs that ended early and whose reports nobody accepted.
    crashed: usize,
}

impl Gate {
    fn take(&mut self, store: &Store, scenario: &Scenario, runs: &[Told]) -> Result<(), Failure> {
        let kept = store.load(&scenario.name)?;
        let expected = kept.accepted.overlaid(&kept.pending);
        for run in runs {
            self.false_claims += run.false_claims;
            let proposed = expected.in_force(run.tag);
            if compare(&run.text, proposed) != Comparison::Equal {
                self.unproposed.push((scenario.name.clone(), run.tag));
            }
            let comparison = compare(&run.text, kept.accepted.in_force(run.tag));
            self.crashed += usize::from(!run.whole && comparison != Comparison::Equal);
            if let Comparison::Differs { expected, epoch } = comparison {
                self.differences.push(Difference {
                    scenario: scenario.name.clone(),
                    tag: run.tag,
                    epoch: Some(epoch),
                    expected,
                    actual: run.text.clone(),
                });
            }
        }
        Ok(())
    }

    fn tell(&self, store: &Store, tags: &[Tag], json: bool) -> Result<(), Failure> {
        let folder = store.root().display().to_string();
        let mut out = anstream::stdout().lock();
        for group in group(&self.differences) {
            if json {
                let pythons = group.tags.iter().map(ToString::to_string).collect();
                let diff = group.render(&folder, false);
                emit(&Event::Differs { scenario: group.scenario.to_string(), pythons, diff })?;
            } else {
                let heading = format!("{} differs on {}", group.scenario, ranges(&group.tags, tags));
                writeln!(out, "{}\n{}", Styled::new(HEADING, heading), group.render(&folder, true))?;
            }
        }
        for stray in &self.strays {
            let message = format!("{}: {}", stray.path.display(), stray.why);
            if json {
                emit(&Event::Finding { message })?;
            } else {
                writeln!(out, "{} {message}", Styled::new(ERROR, "scenarios:"))?;
            }
        }
        for finding in &self.findings {
            if json {
                emit(&Event::Finding { message: message(finding, tags) })?;
            } else {
                writeln!(out, "{} {}", Styled::new(ERROR, "snapshots:"), message(finding, tags))?;
            }
        }
        Ok(())
    }

    fn sum_up(&self, outcome: &Outcome, tags: &[Tag]) {
        let summary = &outcome.summary;
        let runs = counted(summary.runs, "run", "runs");
        let parts: Vec<String> = [
            Some(format!("{runs} on {} in {}", ranges(tags, tags), seconds(outcome.took))),
            judged(outcome),
            claimed(outcome),
            any(self.differences.len(), "differs", "differ"),
            any(self.strays.len(), "file of no scenario", "files of no scenario"),
            any(self.findings.len(), "finding in the snapshots", "findings in the snapshots"),
            any(self.crashed, "ended early, which nobody accepted", "ended early, which nobody accepted"),
            any(summary.skipped, "skipped", "skipped"),
            any(summary.problems, "error in scenarios", "errors in scenarios"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let clean = if self.exits().is_empty() && summary.skipped + summary.problems == 0 {
            ", all as accepted"
        } else {
            ""
        };
        say(Styled::new(HEADING, format!("{}{clean}", parts.join(", "))));
        self.advise();
    }

    fn advise(&self) {
        let missing = self.findings.iter().any(|finding| matches!(finding, Finding::Missing { .. }));
        if missing || !self.differences.is_empty() {
            say("propose the reports as they are now: `reload-harness run --python all`");
        }
        if self.findings.iter().any(|finding| matches!(finding, Finding::Pending { .. })) {
            say("accept what is pending: `reload-harness accept`");
        }
    }

    fn exits(&self) -> Vec<Exit> {
        let mut exits = Vec::new();
        exits.extend((!self.differences.is_empty()).then_some(Exit::Differs));
        let is_in_order = self.findings.is_empty() && self.strays.is_empty();
        exits.extend((!is_in_order).then_some(Exit::Snapshots));
        exits.extend((self.strict_claims && self.false_claims > 0).then_some(Exit::Claims));
        exits.extend((self.crashed > 0).then_some(Exit::Crashed));
        exits
    }
}

/// A finding in words, with its interpreters as short as those of a difference.
fn message(finding: &Finding, tags: &[Tag]) -> String {
    match finding {
        Finding::Missing { scenario, tags: missing } => {
            format!("{scenario}: no snapshot for {}", ranges(missing, tags))
        }
        other => other.to_string(),
    }
}
