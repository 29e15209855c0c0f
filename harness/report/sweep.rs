//! A sweep as text: the source with what a reload just before each line does, what the places have in
//! common, and where a reload is safe, in words.

use std::collections::BTreeMap;

use crate::scenario::Scenario;
use crate::sweep::{Difference, Effect, Findings, Line, Listing, Outcome, Places, Spot, Unfinished};

/// Lines without places that are shown between two with.
const GAP: usize = 2;
/// Lines of a difference that are shown.
const SHOWN: usize = 8;
/// Steps of a group of which is told what they give.
const TOLD: usize = 2;
/// Places of a group that are named.
const NAMED: usize = 12;
/// Columns that the mark of a line takes.
const MARK: usize = 12;

/// The sweep of something that goes by a title. A scenario's statements are named by what they say.
pub fn sweep(title: &str, scenario: Option<&Scenario>, findings: &Findings) -> String {
    let mut lines =
        vec![format!("{title}: a reload of {} at every point", list(&findings.modules)), String::new()];
    for listing in &findings.places.listings {
        source(listing, &|spots| mark(&findings.at(spots)), MARK, &mut lines);
        lines.push(String::new());
    }
    for (number, effect) in findings.places.effects.iter().enumerate() {
        group(number, effect, scenario, findings, &mut lines);
    }
    lines.push(sum(findings));
    lines.extend(unfinished(&findings.places));
    lines.extend(answer(findings));
    lines.join("\n") + "\n"
}

fn list(modules: &[String]) -> String {
    match modules {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}

/// What a reload just before a line does: the worst of it, and at how many of the line's places where
/// that differs from place to place.
pub fn mark(counts: &BTreeMap<Outcome, usize>) -> String {
    let all: usize = counts.values().sum();
    match counts.last_key_value() {
        None => String::new(),
        Some((worst, count)) if *count == all => worst.to_string(),
        Some((worst, count)) => format!("{worst} {count}/{all}"),
    }
}

/// The lines with places and those close to them, each with its mark.
pub(super) fn source(
    listing: &Listing,
    mark: &dyn Fn(&[usize]) -> String,
    columns: usize,
    lines: &mut Vec<String>,
) {
    if !listing.title.is_empty() {
        lines.push(listing.title.clone());
    }
    let with: Vec<usize> =
        (0..listing.lines.len()).filter(|at| !listing.lines[*at].spots.is_empty()).collect();
    let mut next = with.first().copied().unwrap_or_default();
    for at in with {
        if at > next + GAP {
            lines.push(format!("    {:<columns$}...", ""));
        } else {
            lines.extend((next..at).map(|between| source_line(&listing.lines[between], mark, columns)));
        }
        lines.push(source_line(&listing.lines[at], mark, columns));
        next = at + 1;
    }
}

fn source_line(line: &Line, mark: &dyn Fn(&[usize]) -> String, columns: usize) -> String {
    let mark = mark(&line.spots);
    let number = line.number.map(|number| format!("{number:>4}  ")).unwrap_or_default();
    format!("    {mark:<columns$}{number}{}", line.text).trim_end().to_owned()
}

fn group(
    number: usize,
    effect: &Effect,
    scenario: Option<&Scenario>,
    findings: &Findings,
    lines: &mut Vec<String>,
) {
    let (count, named) = where_met(number, scenario, &findings.places);
    if effect.outcome == Outcome::Safe {
        lines.push(format!("safe at {count}"));
        return;
    }
    lines.push(format!("{} at {count}: {named}", effect.outcome));
    differences(effect, scenario, lines);
    lines.extend(surmised(number, &findings.places));
}

/// Of how many places of a group it is not known that they do just that.
pub(super) fn surmised<E>(effect: usize, places: &Places<E>) -> Option<String> {
    let count = places.surmised_with(effect);
    let are = if count == 1 { "1 of these lies" } else { &format!("{count} of these lie") };
    (count > 0).then(|| format!("    {are} between others that are as bad, and may do something else"))
}

/// What the first steps that differ do, and how many more there are.
pub(super) fn differences(effect: &Effect, scenario: Option<&Scenario>, lines: &mut Vec<String>) {
    for difference in effect.differences.iter().take(TOLD) {
        tell(difference, scenario, lines);
    }
    match effect.differences.len().saturating_sub(TOLD) {
        0 => {}
        1 => lines.push("    and 1 step more differs".to_owned()),
        more => lines.push(format!("    and {more} steps more differ")),
    }
}

/// At how many places an effect is met, and on which lines.
pub(super) fn where_met<E>(
    effect: usize,
    scenario: Option<&Scenario>,
    places: &Places<E>,
) -> (String, String) {
    let (spots, count) = places.spots_with(effect);
    let count = if count == 1 { "1 place".to_owned() } else { format!("{count} places") };
    (count, named(spots.into_iter().map(|spot| &places.spots[spot]), scenario))
}

fn named<'a>(spots: impl Iterator<Item = &'a Spot>, scenario: Option<&Scenario>) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut ranges: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for spot in spots {
        match statement(spot, scenario) {
            Some(text) => names.push(text),
            None => ranges.entry(&spot.place.file).or_default().push(spot.place.line),
        }
    }
    let mut all: Vec<String> = Vec::new();
    for (file, mut numbers) in ranges {
        numbers.sort_unstable();
        numbers.dedup();
        all.push(match file.strip_prefix('<').and_then(|file| file.strip_suffix('>')) {
            None => format!("{file}:{}", runs(&numbers)),
            // No file, but what the places are, and how many-th of these.
            Some(what) if numbers == [0] => what.to_owned(),
            Some(what) => format!("{what} {}", runs(&numbers)),
        });
    }
    all.extend(names);
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all.join(", ")
}

/// `7-9,12`
fn runs(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let run = |(first, last): &(usize, usize)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    runs.iter().map(run).collect::<Vec<_>>().join(",")
}

fn statement(spot: &Spot, scenario: Option<&Scenario>) -> Option<String> {
    said(spot.step?, scenario)
}

/// A step as its first line says it.
fn said(step: usize, scenario: Option<&Scenario>) -> Option<String> {
    match scenario?.steps.get(step)? {
        crate::scenario::Step::Statement(statement) => {
            Some(format!(">>> {}", statement.source.lines().next().unwrap_or_default()))
        }
        crate::scenario::Step::Write(_) => None,
    }
}

fn tell(difference: &Difference, scenario: Option<&Scenario>, lines: &mut Vec<String>) {
    let Difference { step, given, expected, .. } = difference;
    let what = match step {
        None => "the reload itself raises".to_owned(),
        Some(step) => match said(*step, scenario) {
            Some(statement) => format!("{statement}  gives"),
            None => "it gives".to_owned(),
        },
    };
    lines.push(format!("    {what}"));
    shown(given, lines);
    if step.is_some() && (scenario.is_some() || !expected.is_empty()) {
        lines.push("    instead of".to_owned());
        shown(expected, lines);
    }
}

/// Lines of an answer.
pub(super) fn shown(texts: &[String], lines: &mut Vec<String>) {
    if texts.is_empty() {
        lines.push("        nothing".to_owned());
    }
    lines.extend(texts.iter().take(SHOWN).map(|text| format!("        {text}").trim_end().to_owned()));
    if texts.len() > SHOWN {
        lines.push(format!("        ... {} more lines", texts.len() - SHOWN));
    }
}

fn sum(findings: &Findings) -> String {
    let counts: Vec<String> =
        findings.counts().iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    let counts = if counts.is_empty() { "nothing tried".to_owned() } else { counts.join(", ") };
    format!("{} places, {} branches: {counts}", findings.places.met, findings.places.branches)
}

/// Why nothing is known of some places.
pub(super) fn unfinished<E>(places: &Places<E>) -> Vec<String> {
    let (untried, threaded) = (places.untried(), places.threaded);
    let mut told = Vec::new();
    if threaded > 0 {
        told.push(format!(
            "{threaded} places were passed over: other threads, processes or interpreters of its own were there, \
             which a fork does not take along"
        ));
    }
    let why = match places.unfinished {
        None if untried == 0 => return told,
        None => "they were not met again",
        Some(Unfinished::Budget) => "the budget is spent (--budget)",
        Some(Unfinished::Time) => "the time is over (--for)",
        Some(Unfinished::Interrupted) => "it was interrupted",
    };
    told.push(format!("{untried} places were not tried: {why}"));
    told
}

/// Where a reload is safe, in words.
fn answer(findings: &Findings) -> Vec<String> {
    let counts = findings.counts();
    let known = findings.places.known();
    let safe = counts.get(&Outcome::Safe).copied().unwrap_or_default();
    if findings.places.met == 0 {
        return vec!["No line in question was run: --lines chooses which these are.".to_owned()];
    }
    if known == 0 {
        return vec!["Nothing is known of where this may be reloaded.".to_owned()];
    }
    let modules = list(&findings.modules);
    if safe == known {
        return vec![format!("{modules} may be reloaded at any of {known} places.")];
    }
    if safe == 0 {
        return vec![format!("{modules} may be reloaded nowhere.")];
    }
    let lines = findings.lines();
    let safe_lines = lines.iter().filter(|worst| **worst == Outcome::Safe).count();
    vec![format!(
        "{modules} may be reloaded at {safe} of {known} places: {safe_lines} lines are safe every time, {} are not.",
        lines.len() - safe_lines
    )]
}
