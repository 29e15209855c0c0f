//! A sweep over a reload that fails, as text: the source with what a failure at each of its places does,
//! what the places have in common, and whether one more reload heals it.

use super::sweep::{differences, named, source, unfinished};
use crate::scenario::Scenario;
use crate::sweep::{FaultEffect, FaultFindings, Names, Outcome};
use crate::worker::Fault;

/// Columns that the mark of a line takes.
const MARK: usize = 16;

/// The sweep of a scenario that goes by a title.
pub fn reload_faults(title: &str, scenario: &Scenario, findings: &FaultFindings) -> String {
    if findings.module.is_empty() {
        return format!("{title}: nothing is reloaded in it\n");
    }
    let mut lines = vec![format!("{title}: {}", headline(findings)), String::new()];
    for listing in &findings.listings {
        source(listing, &|spot| mark(findings.at(spot)), MARK, &mut lines);
        lines.push(String::new());
    }
    for (number, effect) in findings.effects.iter().enumerate() {
        group(number, effect, scenario, findings, &mut lines);
    }
    let counts: Vec<String> =
        findings.counts().iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    let counts = if counts.is_empty() { "nothing tried".to_owned() } else { counts.join(", ") };
    lines.push(format!("{} places, {} branches: {counts}", findings.places, findings.branches));
    let unknown = findings.places - findings.tried.len() - findings.threaded;
    lines.extend(unfinished(unknown, findings.threaded, findings.unfinished));
    lines.extend(answer(findings));
    lines.join("\n") + "\n"
}

fn headline(findings: &FaultFindings) -> String {
    let module = &findings.module;
    match findings.fault {
        Fault::Reload => format!("a reload of {module} at every point"),
        Fault::Statements => format!("{} at every statement of the reload of {module}", findings.thrown),
        Fault::Allocations => format!("MemoryError at every allocation of the reload of {module}"),
    }
}

/// What a failure on a line does: the worst of it, and whether it lasts.
fn mark(worst: Option<(Outcome, bool)>) -> String {
    match worst {
        None => String::new(),
        Some((outcome, true)) => outcome.to_string(),
        Some((outcome, false)) => format!("{outcome}, lasts"),
    }
}

fn group(
    number: usize,
    effect: &FaultEffect,
    scenario: &Scenario,
    findings: &FaultFindings,
    lines: &mut Vec<String>,
) {
    let tried: Vec<_> = findings.tried.iter().filter(|tried| tried.effect == number).collect();
    let places = if tried.len() == 1 { "1 place".to_owned() } else { format!("{} places", tried.len()) };
    let mut spots: Vec<usize> = tried.iter().map(|tried| tried.spot).collect();
    spots.sort_unstable();
    spots.dedup();
    lines.push(format!(
        "{} at {places}: {}",
        effect.then.outcome,
        named(&spots, Some(scenario), &findings.spots)
    ));
    match (&effect.raised, &effect.names) {
        (_, None) => lines.push("    the reload ends the process".to_owned()),
        (None, _) => lines.push("    the reload goes through".to_owned()),
        (Some(raised), _) => lines.push(format!("    the reload raises {raised}")),
    }
    lines.extend(effect.names.as_ref().and_then(names));
    differences(&effect.then, Some(scenario), lines);
    if effect.heals() {
        lines.push("    one more reload heals it".to_owned());
    } else {
        lines.push("    one more reload does not heal it".to_owned());
        if effect.healed != effect.then {
            differences(&effect.healed, Some(scenario), lines);
        }
    }
}

/// `new: Foo; old: Bar`
fn names(names: &Names) -> Option<String> {
    let lists = [("new", &names.new), ("old", &names.old), ("neither", &names.half)];
    let told: Vec<String> = lists
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(word, list)| format!("{word}: {}", list.join(", ")))
        .collect();
    (!told.is_empty()).then(|| format!("    {}", told.join("; ")))
}

fn answer(findings: &FaultFindings) -> Option<String> {
    let (healed, all) = (findings.healed(), findings.tried.len());
    match all {
        0 => None,
        _ if healed == all => Some(format!(
            "A reload of {} that fails is healed by one more, at any of {all} places.",
            findings.module
        )),
        _ => Some(format!(
            "A reload of {} that fails is healed by one more at {healed} of {all} places.",
            findings.module
        )),
    }
}
