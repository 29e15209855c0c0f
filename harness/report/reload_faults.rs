//! A sweep over a reload that fails, as text: the source with what a failure at each of its places does,
//! what the places have in common, and whether one more reload heals it.

use super::sweep::{differences, shown, source, surmised, unfinished, where_met};
use crate::scenario::Scenario;
use crate::sweep::{FaultEffect, FaultFindings, Given, Names, ThreadAnswer};
use crate::worker::{Fault, Thrown};

/// Columns that the mark of a line takes.
const MARK: usize = 16;

/// The sweep of something that goes by a title. A scenario's statements are named by what they say.
pub fn reload_faults(title: &str, scenario: Option<&Scenario>, findings: &FaultFindings) -> String {
    if findings.module.is_empty() {
        return format!("{title}: nothing is reloaded in it\n");
    }
    let mut lines = vec![format!("{title}: {}", headline(findings)), String::new()];
    for listing in &findings.places.listings {
        source(listing, &|spots| mark(findings, spots), MARK, &mut lines);
        lines.push(String::new());
    }
    for (number, effect) in findings.places.effects.iter().enumerate() {
        group(number, effect, scenario, findings, &mut lines);
    }
    let counts: Vec<String> = match findings.call {
        Some(_) => {
            let counts = findings.given_counts();
            counts.iter().map(|(given, count)| format!("{count} {}", given.word())).collect()
        }
        None => findings.counts().iter().map(|(outcome, count)| format!("{count} {outcome}")).collect(),
    };
    let counts = if counts.is_empty() { "nothing tried".to_owned() } else { counts.join(", ") };
    lines.push(format!("{} places, {} branches: {counts}", findings.places.met, findings.places.branches));
    lines.extend(findings.note.clone());
    lines.extend(unfinished(&findings.places));
    lines.extend(answer(findings));
    lines.join("\n") + "\n"
}

fn headline(findings: &FaultFindings) -> String {
    let module = &findings.module;
    match findings.fault {
        Fault::Reload => format!("a reload of {module} at every point"),
        Fault::Allocations => format!("MemoryError at every allocation of the reload of {module}"),
        Fault::Files => format!("failing and damaged files under the reload of {module}"),
        Fault::Statements => {
            let thrown = findings.thrown.map_or("Exception", Thrown::word);
            format!("{thrown} at every statement of the reload of {module}")
        }
        Fault::Interrupts => match findings.thrown {
            None => format!("Ctrl-C at every line of the reload of {module}"),
            Some(thrown) => {
                format!("a signal that raises {} at every line of the reload of {module}", thrown.word())
            }
        },
        Fault::Threads => {
            let call = findings.call.as_deref().unwrap_or("nothing");
            format!("another thread runs {call} at every line of the reload of {module}")
        }
    }
}

/// What a failure on a line does: the worst of it, and whether it lasts; or what a call there gives.
fn mark(findings: &FaultFindings, spots: &[usize]) -> String {
    match (findings.given_at(spots), findings.at(spots)) {
        (Some(given), _) => given.word().to_owned(),
        (None, None) => String::new(),
        (None, Some((outcome, true))) => outcome.to_string(),
        (None, Some((outcome, false))) => format!("{outcome}, lasts"),
    }
}

fn group(
    number: usize,
    effect: &FaultEffect,
    scenario: Option<&Scenario>,
    findings: &FaultFindings,
    lines: &mut Vec<String>,
) {
    let (places, named) = where_met(number, scenario, &findings.places);
    if let Some(answer) = &effect.answer {
        lines.push(format!("{} at {places}: {named}", answer.kind.word()));
        called(answer, lines);
    } else {
        lines.push(format!("{} at {places}: {named}", effect.then.outcome));
        match (&effect.raised, &effect.names) {
            (_, None) => lines.push("    the reload ends the process".to_owned()),
            (None, _) => lines.push("    the reload goes through".to_owned()),
            (Some(raised), _) => lines.push(format!("    the reload raises {raised}")),
        }
    }
    lines.extend(effect.names.as_ref().and_then(|list| names(list, effect.answer.is_some())));
    differences(&effect.then, scenario, lines);
    lines.extend(surmised(number, &findings.places));
    let Some(healed) = &effect.healed else { return };
    if effect.heals() {
        lines.push("    one more reload heals it".to_owned());
    } else {
        lines.push("    one more reload does not heal it".to_owned());
        if *healed != effect.then {
            differences(healed, scenario, lines);
        }
    }
}

/// What a call in another thread gives.
fn called(answer: &ThreadAnswer, lines: &mut Vec<String>) {
    lines.push("    the call gives".to_owned());
    shown(&answer.lines, lines);
}

/// `new: Foo; old: Bar`
fn names(names: &Names, is_whole: bool) -> Option<String> {
    // That all names are new goes without saying where the reload does not fail.
    if is_whole && names.old.is_empty() && names.half.is_empty() {
        return None;
    }
    let lists = [("new", &names.new), ("old", &names.old), ("neither", &names.half)];
    let told: Vec<String> = lists
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(word, list)| format!("{word}: {}", list.join(", ")))
        .collect();
    (!told.is_empty()).then(|| format!("    {}", told.join("; ")))
}

fn answer(findings: &FaultFindings) -> Option<String> {
    let (healed, all, module) = (findings.healed(), findings.places.known(), &findings.module);
    if all == 0 {
        return None;
    }
    if let Some(call) = &findings.call {
        let counts = findings.given_counts();
        let fair = [Given::Same, Given::Before, Given::After];
        let fair: usize = fair.iter().filter_map(|given| counts.get(given)).sum();
        return Some(format!(
            "{call} in another thread gives what it gives before or after the reload of {module} at {fair} of \
             {all} places."
        ));
    }
    Some(if healed == all {
        format!("A reload of {module} that fails is healed by one more, at any of {all} places.")
    } else {
        format!("A reload of {module} that fails is healed by one more at {healed} of {all} places.")
    })
}
