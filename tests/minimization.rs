//! That one place stands for all that cannot be told apart from it: scenarios are swept both ways, in one of
//! the Pythons of this machine by turns, and each place must have the same outcome. Left out are those that
//! start threads: at which places these still run is not the same in every run.

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
    let outcomes = findings
        .tried
        .iter()
        .flat_map(|tried| tried.places.iter().map(|place| (*place, findings.effects[tried.effect].outcome)));
    outcomes.collect()
}

#[test]
fn no_verdict_is_lost_by_trying_one_place_of_each_class() {
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
        .filter(|found| found.name.group == "founding" && !found.name.name.starts_with("sighup"))
        .filter_map(|found| Scenario::load(found.name, &found.path).ok())
        .collect();
    let (mut all, mut tried, mut lost) = (0, 0, Vec::new());
    for (number, scenario) in scenarios.iter().enumerate() {
        let by_turns = interpreters.iter().cycle().skip(number).take(interpreters.len());
        let Some(interpreter) = by_turns.into_iter().find(|one| skip(scenario, one).is_none()) else {
            continue;
        };
        let item = Item { scenario, interpreter };
        let sweep = |exhaustive| {
            let wishes = Wishes { exhaustive, limit: Duration::from_secs(20), ..Wishes::default() };
            sweep_scenario(&lab, &item, &wishes, &())
        };
        // A scenario that ends early by design has no untouched run to compare with.
        let (Ok(some), Ok(every)) = (sweep(false), sweep(true)) else { continue };
        all += every.branches;
        tried += some.branches;
        let (some, every) = (by_place(&some), by_place(&every));
        let differing = every.iter().filter(|(place, outcome)| some.get(place) != Some(outcome));
        lost.extend(differing.map(|(place, outcome)| {
            format!(
                "{}@{} at place {place}: {outcome}, not {:?}",
                scenario.name,
                interpreter.tag,
                some.get(place)
            )
        }));
    }
    println!("{tried} of {all} branches tried, {} % saved", 100 - 100 * tried / all.max(1));
    assert_eq!(lost, Vec::<String>::new());
    assert!(tried < all);
}
