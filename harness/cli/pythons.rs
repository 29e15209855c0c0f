//! `pythons`: say which interpreters there are.
#![allow(
    clippy::doc_markdown,
    reason = "what documents an option is its help, which people read as it stands"
)]

use std::fmt::Write as _;
use std::io::Write;

use clap::Args;

use super::args::{Json, Pythons};
use super::interpreters::of_each_tag;
use super::style::{ERROR, FAINT, GOOD, HEADING, PLAIN, Styled, Table};
use super::{Exit, Failure};
use crate::python::{Discovered, Discovery, Environment, Found, Host, Memory, Unusable};
use crate::report::json::{Event, Installed, Unfit};

const EXAMPLES: &str = "\
Examples:
  reload-harness pythons
  reload-harness pythons --python 3.8-3.13      marks what `run --python 3.8-3.13` would use
  reload-harness pythons --json | jq -r .tag";

/// List the Pythons of this machine, and how each will be hosted
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", super::exit::table()))]
pub(crate) struct PythonsArgs {
    #[command(flatten)]
    pythons: Pythons,

    #[command(flatten)]
    json: Json,

    /// Ask every Python anew, also those whose answer is remembered
    ///
    /// Answers are kept in the user's cache folder, or in RELOAD_HARNESS_CACHE_DIR; set that to nothing to
    /// keep none.
    #[arg(long)]
    refresh: bool,
}

pub(crate) fn pythons(args: &PythonsArgs) -> Result<Exit, Failure> {
    let memory = Memory::of_user();
    let memory = if args.refresh { memory.forgetting() } else { memory };
    let discovery = Discovery::new(Environment::of_process(), memory);
    let discovered = discovery.discovered();
    let chosen = discovery.resolve_found(&args.pythons.python).map(|found| of_each_tag(found).0);
    let rows = rows(discovered, chosen.as_deref().unwrap_or_default());
    let mut out = anstream::stdout().lock();
    if args.json.json {
        for event in events(&rows, &discovered.unusable) {
            event.write(&mut out)?;
        }
    } else {
        write!(out, "{}", text(&rows, &discovered.unusable))?;
    }
    out.flush()?;
    chosen?;
    Ok(Exit::Clean)
}

/// One interpreter, and what it is used for.
struct Row<'a> {
    found: &'a Found,
    /// `run` uses it.
    chosen: bool,
    /// The one that its tag means, where it is another.
    instead: Option<&'a Found>,
}

/// By tag, and of one tag the one that is meant first. What was chosen by its path need not be
/// among those that were found.
fn rows<'a>(discovered: &'a Discovered, chosen: &'a [Found]) -> Vec<Row<'a>> {
    let all = discovered.all();
    let same = |one: &Found, other: &Found| one.interpreter == other.interpreter;
    let named = chosen.iter().filter(|one| !discovered.found.iter().any(|found| same(found, one)));
    let mut rows: Vec<Row<'_>> = discovered
        .found
        .iter()
        .chain(named)
        .map(|found| {
            let meant = all.iter().copied().find(|other| other.interpreter.tag == found.interpreter.tag);
            Row {
                found,
                chosen: chosen.iter().any(|one| same(one, found)),
                instead: meant.filter(|meant| !same(meant, found)),
            }
        })
        .collect();
    rows.sort_by_key(|row| (row.found.interpreter.tag, row.instead.is_some()));
    rows
}

fn text(rows: &[Row<'_>], unusable: &[Unusable]) -> String {
    let mut table = Table::default();
    if !rows.is_empty() {
        table.row(["", "TAG", "VERSION", "FOUND", "PATH", "HOSTED"].map(|head| Styled::new(HEADING, head)));
    }
    for row in rows {
        let style = if row.instead.is_some() { FAINT } else { PLAIN };
        let interpreter = &row.found.interpreter;
        let plain = |text: String| Styled::new(style, text);
        table.row([
            Styled::new(GOOD, if row.chosen { "*" } else { "" }),
            Styled::new(if row.chosen { GOOD } else { style }, interpreter.tag.to_string()),
            plain(version(row.found)),
            plain(row.found.source.as_str().to_owned()),
            plain(interpreter.executable.display().to_string()),
            plain(hosted(row)),
        ]);
    }
    let mut text = table.to_string();
    if rows.iter().any(|row| row.chosen) {
        let _ = writeln!(text, "\n{} is what `run` uses", Styled::new(GOOD, "*"));
    }
    if !unusable.is_empty() {
        let mut table = Table::default();
        for Unusable { path, why } in unusable {
            table.row([Styled::new(PLAIN, format!("  {}", path.display())), Styled::new(PLAIN, why)]);
        }
        let _ = write!(text, "\n{}\n{table}", Styled::new(ERROR, "unusable:"));
    }
    text
}

fn version(found: &Found) -> String {
    let tag = found.interpreter.tag;
    let release = found.release.as_ref().map(|release| format!("{} {release}", tag.implementation));
    let flavours = [(tag.free_threaded, "free-threaded"), (tag.debug, "debug")];
    let flavours = flavours.into_iter().filter(|(is, _)| *is).map(|(_, name)| name.to_owned());
    let parts = [found.interpreter.version.clone()].into_iter().chain(release).chain(flavours);
    parts.collect::<Vec<_>>().join(" ")
}

fn hosted(row: &Row<'_>) -> String {
    if let Some(meant) = row.instead {
        let (tag, version) = (meant.interpreter.tag, &meant.interpreter.version);
        return format!("{tag} means {version} at {}", meant.interpreter.executable.display());
    }
    match &row.found.interpreter.host {
        Host::Embedded { .. } => "embedded".to_owned(),
        Host::Spawned { reason } => format!("spawned: {reason}"),
    }
}

fn events<'a>(rows: &'a [Row<'_>], unusable: &'a [Unusable]) -> impl Iterator<Item = Event> + 'a {
    let usable = rows.iter().map(|row| {
        let Found { interpreter, source, release, .. } = row.found;
        Event::Python(Box::new(Installed {
            release: release.clone(),
            chosen: row.chosen,
            of_tag: row.instead.is_none(),
            ..Installed::new(interpreter, *source)
        }))
    });
    usable.chain(unusable.iter().map(|unusable| Event::UnusablePython(Unfit::from(unusable))))
}
