//! That a few places stand for all that cannot be told apart from them: scenarios are swept both ways, in one of
//! the Pythons of this machine by turns, and each place must have the same outcome. A few of each group are;
//! all of them, which takes long, by `cargo test --test minimization -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use reload_harness::lab::{Item, Lab, skip};
use reload_harness::python::{Discovery, Interpreter};
use reload_harness::scenario::{Collection, Scenario};
use reload_harness::sweep::{Findings, Outcome, Wishes, sweep_scenario};
use reload_harness::worker::{Cancel, Programs};

fn by_place(findings: &Findings) -> BTreeMap<usize, Outcome> {
    let outcomes = findings.places.tried.iter().flat_map(|tried| {
        tried.places.iter().map(|place| (*place, findings.places.effects[tried.effect].outcome))
    });
    outcomes.collect()
}

/// Whether the run came to all the places of its survey again. What asks the collector for all objects does
/// not always: the harness has more of them at each branch.
fn is_whole(findings: &Findings) -> bool {
    findings.places.untried() == 0
}

/// How many scenarios of each group are swept, from all over it.
const SAMPLE: usize = 2;

#[test]
fn no_verdict_is_lost_by_trying_some_places_of_each_class() {
    no_verdict_is_lost(SAMPLE);
}

#[test]
#[ignore = "it takes long: some ten sweeps a minute"]
fn no_verdict_is_lost_in_any_scenario() {
    no_verdict_is_lost(usize::MAX);
}

/// So many of each group, at even distances.
fn sample(scenarios: Vec<Scenario>, count: usize) -> Vec<Scenario> {
    let mut groups: BTreeMap<String, Vec<Scenario>> = BTreeMap::new();
    for scenario in scenarios {
        groups.entry(scenario.name.group.clone()).or_default().push(scenario);
    }
    let some = groups.into_values().flat_map(|group| {
        let step = group.len().div_ceil(count).max(1);
        group.into_iter().step_by(step)
    });
    some.collect()
}

fn no_verdict_is_lost(count: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let discovery = Discovery::of_process();
    let interpreters: Vec<Interpreter> =
        discovery.discovered().all().into_iter().map(|found| found.interpreter.clone()).collect();
    let programs = Programs {
        supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
        worker: env!("CARGO_BIN_EXE_reload-worker").into(),
    };
    let lab = Lab::new(programs, Cancel::new().unwrap()).unwrap();
    let scenarios: Vec<Scenario> = Collection::find(&root.join("scenarios"))
        .unwrap()
        .scenarios
        .into_iter()
        .filter_map(|found| Scenario::load(found.name, &found.path).ok())
        .filter(|scenario| scenario.settings.requires.is_empty())
        .collect();
    let scenarios = sample(scenarios, count);
    let (mut all, mut tried, mut lost) = (0, 0, Vec::new());
    for (number, scenario) in scenarios.iter().enumerate() {
        let by_turns = interpreters.iter().cycle().skip(number).take(interpreters.len());
        let Some(interpreter) = by_turns.into_iter().find(|one| skip(scenario, one).is_none()) else {
            println!("{}: passed over, for it is written for no Python of this machine", scenario.name);
            continue;
        };
        let item = Item { scenario, interpreter };
        let sweep = |exhaustive| {
            let wishes = Wishes { exhaustive, limit: Duration::from_secs(20), ..Wishes::default() };
            sweep_scenario(&lab, &item, &wishes, &())
        };
        let name = format!("{}@{}", scenario.name, interpreter.tag);
        let (some, every) = match (sweep(false), sweep(true)) {
            (Ok(some), Ok(every)) => (some, every),
            // A scenario that ends early by design has no untouched run to compare with.
            (Err(why), _) | (_, Err(why)) => {
                println!("{name}: passed over, {why}");
                continue;
            }
        };
        if some.places.met != every.places.met || some.places.threaded != every.places.threaded {
            println!("{name}: passed over, for its threads come and go: the two are not of the same places");
            continue;
        }
        if !is_whole(&some) || !is_whole(&every) {
            println!(
                "{name}: passed over, for not all its places are met again: it goes by what is in memory"
            );
            continue;
        }
        println!("{name}: {} of {} branches", some.places.branches, every.places.branches);
        all += every.places.branches;
        tried += some.places.branches;
        let (some, every) = (by_place(&some), by_place(&every));
        let differing = every.iter().filter(|(place, outcome)| some.get(place) != Some(outcome));
        lost.extend(differing.map(|(place, outcome)| {
            format!("{name} at place {place}: {outcome}, not {:?}", some.get(place))
        }));
    }
    println!("{tried} of {all} branches tried, {} % saved", 100 - 100 * tried / all.max(1));
    assert_eq!(lost, Vec::<String>::new());
    assert!(tried < all);
}
