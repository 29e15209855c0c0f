//! What a sweep tells of the places on a line, on every Python of this machine.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::time::Duration;

use reload_harness::lab::{Item, Lab};
use reload_harness::python::{Discovery, Interpreter};
use reload_harness::report::sweep::sweep;
use reload_harness::scenario::{Name, Scenario};
use reload_harness::sweep::{Findings, Outcome, Unfinished, Wishes, sweep_scenario};
use reload_harness::worker::{Cancel, Programs};

const ITEM: &str = "class Item(object):\n    def __init__(self, n): self.n = n\n";

fn lab() -> Lab {
    let programs = Programs {
        supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
        worker: env!("CARGO_BIN_EXE_reload-worker").into(),
    };
    Lab::new(programs, Cancel::new().unwrap()).unwrap()
}

/// A scenario with one module and a transcript.
fn scenario(module: &str, transcript: &str) -> Scenario {
    let text = format!("# Test\n\n`foo.py`:\n\n```python\n{module}```\n\n```pycon\n{transcript}```\n");
    let name = Name { group: "g".to_owned(), name: "test".to_owned() };
    Scenario::parse(name, std::path::Path::new("test.md"), text.as_bytes(), Vec::new()).unwrap()
}

/// Sweeps it on each Python.
fn each(scenario: &Scenario, wishes: &Wishes, mut look: impl FnMut(&Interpreter, &Findings, &str)) {
    let lab = lab();
    let discovery = Discovery::of_process();
    let mut are_any = false;
    for interpreter in discovery.discovered().all().into_iter().map(|found| &found.interpreter) {
        let item = Item { scenario, interpreter };
        let found = sweep_scenario(&lab, &item, wishes, &()).unwrap();
        look(interpreter, &found, &sweep("g/test", Some(scenario), &found));
        are_any = true;
    }
    assert!(are_any, "no Python found");
}

fn wishes(exhaustive: bool) -> Wishes {
    Wishes { limit: Duration::from_secs(30), exhaustive, ..Wishes::default() }
}

/// How many places of each outcome a listed line has, by its text.
fn told(found: &Findings) -> BTreeMap<String, BTreeMap<Outcome, usize>> {
    let lines = found.places.listings.iter().flat_map(|listing| &listing.lines);
    let with = lines.filter(|line| !line.spots.is_empty());
    with.map(|line| (line.text.trim().to_owned(), found.at(&line.spots))).collect()
}

#[test]
fn a_line_is_told_by_the_places_of_all_code_on_it() {
    let transcript = ">>> import foo\n>>> make = lambda k: foo.Item(k)\n>>> items = list(make(k) for k in range(3))\n\
                      >>> [isinstance(item, foo.Item) for item in items]\n";
    each(&scenario(ITEM, transcript), &wishes(true), |interpreter, found, text| {
        let told = told(found);
        let all: usize = told.values().flat_map(BTreeMap::values).sum();
        assert_eq!(all, found.places.met, "{}:\n{text}", interpreter.tag);
        // The one safe place is where the class comes to be; whatever is made from then on is of it.
        let made = &told["def __init__(self, n): self.n = n"];
        assert_eq!(made[&Outcome::Safe], 1, "{}:\n{text}", interpreter.tag);
        assert_eq!(made[&Outcome::Mixed], 3, "{}:\n{text}", interpreter.tag);
        let safe =
            told.values().filter(|outcomes| outcomes.keys().all(|outcome| *outcome == Outcome::Safe)).count();
        let counted = format!("{safe} lines are safe every time, {} are not.", told.len() - safe);
        assert!(text.contains(&counted), "{}, not {counted}:\n{text}", interpreter.tag);
    });
}

/// From 3.12 on nothing says of a line by itself that it begins once more.
#[test]
fn a_loop_on_one_line_has_a_place_for_each_round() {
    let module = "def numbers():\n    items = []\n    for k in range(3): items.append(k)\n    \
                  return list(k for k in items)\n";
    each(
        &scenario(module, ">>> import foo\n>>> foo.numbers()\n"),
        &wishes(true),
        |interpreter, found, text| {
            let told = told(found);
            let count = |line: &str| told[line].values().sum::<usize>();
            // Three rounds, and the end of the loop; the generator's begin as well.
            assert_eq!(count("for k in range(3): items.append(k)"), 4, "{}:\n{text}", interpreter.tag);
            assert_eq!(count("return list(k for k in items)"), 5, "{}:\n{text}", interpreter.tag);
        },
    );
}

/// The outcome of each place that something is told of, by its number.
fn by_place(found: &Findings) -> BTreeMap<usize, Outcome> {
    let outcome = |effect: usize| found.places.effects[effect].outcome;
    let tried = found.places.tried.iter();
    tried.flat_map(|tried| tried.places.iter().map(move |place| (*place, outcome(tried.effect)))).collect()
}

/// What follows looks at the object that a round in the midst of the loop has made.
#[test]
fn the_rounds_of_a_loop_are_told_as_if_each_were_tried() {
    let transcript = ">>> import foo\n>>> items = []\n>>> for k in range(16):\n...     items.append(foo.Item(k))\n\
                      >>> isinstance(items[9], foo.Item)\n";
    let scenario = scenario(ITEM, transcript);
    let mut every = BTreeMap::new();
    each(&scenario, &wishes(true), |interpreter, found, _| {
        every.insert(interpreter.tag, by_place(found));
    });
    each(&scenario, &wishes(false), |interpreter, found, text| {
        assert_eq!(by_place(found), every[&interpreter.tag], "{}:\n{text}", interpreter.tag);
        assert!(found.places.branches < found.places.met, "{}:\n{text}", interpreter.tag);
    });
    for budget in [9, 30] {
        let wishes = Wishes { budget: Some(budget), seed: Some(1), ..wishes(false) };
        each(&scenario, &wishes, |interpreter, found, text| {
            let (told, every) = (by_place(found), &every[&interpreter.tag]);
            assert_eq!(found.places.branches, budget, "{}:\n{text}", interpreter.tag);
            assert_eq!(found.places.unfinished, Some(Unfinished::Budget), "{}", interpreter.tag);
            assert!(told.len() < every.len(), "{}:\n{text}", interpreter.tag);
            for (place, outcome) in told {
                assert_eq!(outcome, every[&place], "{}, place {place}:\n{text}", interpreter.tag);
            }
        });
    }
}

#[test]
fn where_each_round_gives_something_of_its_own_it_is_said_how_many_were_not_tried() {
    let transcript = ">>> import foo\n>>> items = []\n>>> for k in range(30):\n...     items.append(foo.Item(k))\n\
                      >>> [isinstance(item, foo.Item) for item in items].count(True)\n";
    each(&scenario(ITEM, transcript), &wishes(false), |interpreter, found, text| {
        let surmised: usize = found.places.tried.iter().map(|tried| tried.surmised).sum();
        assert!(surmised > 50, "{}:\n{text}", interpreter.tag);
        assert!(
            text.contains(" of these lie between others that are as bad, and may do something else\n"),
            "{text}"
        );
        assert_eq!(found.places.known(), found.places.met, "{}:\n{text}", interpreter.tag);
        assert!(found.places.branches < 40, "{}:\n{text}", interpreter.tag);
    });
}
