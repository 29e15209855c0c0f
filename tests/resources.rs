//! A reload that runs out of memory, or whose files fail, on every Python of this machine.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::time::Duration;

use reload_harness::lab::{Item, Lab};
use reload_harness::python::{Discovery, Tag};
use reload_harness::report::reload_faults::reload_faults;
use reload_harness::scenario::{Name, Scenario};
use reload_harness::sweep::{FaultEffect, FaultFindings, SweepError, Wishes, sweep_reload};
use reload_harness::worker::{Cancel, Fault, Programs};

const EDITED: &str = "# Test\n\n`foo.py`:\n\n```python\nA = 1\n\n\nclass Foo(object):\n    def get(self):\n        \
                      return 1\n\n\nB = 1\n```\n\n```pycon\n>>> import foo\n>>> f = foo.Foo()\n```\n\n`foo.py`:\n\n\
                      ```python\nA = 2\n\n\nclass Foo(object):\n    def get(self):\n        return 2\n\n\nB = 2\n\
                      ```\n\n```pycon\n>>> reload(foo)\n>>> foo.A, foo.Foo().get(), foo.B\n```\n";

fn each(fault: Fault, budget: Option<usize>, jobs: usize) -> Vec<(Tag, Result<FaultFindings, SweepError>)> {
    let programs = Programs {
        supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
        worker: env!("CARGO_BIN_EXE_reload-worker").into(),
    };
    let lab = Lab::new(programs, Cancel::new().unwrap()).unwrap().jobs(jobs);
    let name = Name { group: String::new(), name: "test".to_owned() };
    let scenario = Scenario::parse(name, Path::new("test.md"), EDITED.as_bytes(), Vec::new())
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let discovery = Discovery::of_process();
    let found: Vec<_> =
        discovery.discovered().all().into_iter().map(|found| found.interpreter.clone()).collect();
    assert!(!found.is_empty(), "no Python was found on this machine");
    let limit = Duration::from_secs(60);
    let wishes = Wishes { limit, fault, budget, seed: budget.map(|_| 1), ..Wishes::default() };
    let sweep = |interpreter| {
        let item = Item { scenario: &scenario, interpreter };
        let findings = sweep_reload(&lab, &item, &wishes, &());
        if let Ok(findings) = &findings {
            println!("{}: {}", interpreter.tag, reload_faults("test", Some(&scenario), findings));
        }
        (interpreter.tag, findings)
    };
    found.iter().map(sweep).collect()
}

fn effect<'a>(findings: &'a FaultFindings, place: &str) -> &'a FaultEffect {
    let is_it = |spot: usize| findings.places.spots[spot].place.file == format!("<{place}>");
    let tried = findings.places.tried.iter().find(|tried| is_it(tried.spot));
    &findings.places.effects[tried.unwrap_or_else(|| panic!("{place} is no place")).effect]
}

fn raised<'a>(findings: &'a FaultFindings, place: &str) -> &'a str {
    effect(findings, place).raised.as_deref().unwrap_or("nothing")
}

#[test]
fn memory_runs_out_at_allocations_of_the_reload_the_same_ones_in_every_run() {
    let again = each(Fault::Allocations, Some(24), 2);
    for ((tag, findings), (_, again)) in each(Fault::Allocations, Some(24), 1).into_iter().zip(again) {
        let findings = match findings {
            Err(SweepError::Refused(reason)) if tag.to_string() == "cp27" => {
                assert!(reason.contains("_testcapi"), "{reason}");
                continue;
            }
            other => other.unwrap(),
        };
        assert!(findings.places.met > 200, "{tag}: {} allocations", findings.places.met);
        let fail = findings.places.tried.iter().filter(|tried| {
            findings.places.effects[tried.effect]
                .raised
                .as_deref()
                .is_some_and(|raised| raised.contains("MemoryError"))
        });
        assert!(fail.count() > 6, "{tag}");
        assert_eq!(findings, again.unwrap(), "{tag}");
    }
}

#[test]
fn the_source_and_its_bytecode_are_not_as_they_should_be() {
    for (tag, findings) in each(Fault::Files, None, 1) {
        let findings = findings.unwrap();
        let states = |word: &str| effect(&findings, word).names.clone().unwrap();
        assert_ne!(raised(&findings, "source vanishes"), "nothing", "{tag}");
        assert_eq!(states("source is empty").old, ["A", "B", "Foo"], "{tag}");
        assert_eq!(raised(&findings, "bytecode is of another magic"), "nothing", "{tag}");
        assert_eq!(states("bytecode is of another magic").new, ["A", "B", "Foo"], "{tag}");
        assert_ne!(raised(&findings, "bytecode is truncated"), "nothing", "{tag}");
        assert_eq!(states("bytecode is truncated").old, ["A", "B", "Foo"], "{tag}");
        let stale = effect(&findings, "bytecode is stale, of the same size and mtime");
        assert!(stale.then.differences.iter().any(|difference| difference.given == ["(1, 1, 1)"]), "{tag}");
        assert_eq!(raised(&findings, "bytecode beside deleted source"), "nothing", "{tag}: it is loaded");
        let states = ["source is half-written", "source vanishes", "bytecode is truncated"];
        assert!(states.iter().all(|state| effect(&findings, state).heals()), "{tag}");
    }
}

#[test]
fn each_call_on_a_file_fails_in_each_way_and_2_7_says_that_it_cannot() {
    for (tag, findings) in each(Fault::Files, None, 2) {
        let findings = findings.unwrap();
        if tag.to_string() == "cp27" {
            assert!(findings.note.is_some());
            continue;
        }
        assert_eq!(findings.note, None);
        assert!(raised(&findings, "open foo.py: EACCES").starts_with("PermissionError"), "{tag}");
        assert!(raised(&findings, "read foo.py: EIO").starts_with("OSError"), "{tag}");
        assert_ne!(raised(&findings, "stat foo.py: ENOENT"), "nothing", "{tag}");
        assert!(raised(&findings, "read foo.py: short").contains("foo.py"), "{tag}: half of it is no Python");
        assert!(!effect(&findings, "listdir .: short").heals(), "{tag}: the finder keeps what it has read");
        let (late, early) = ("source changes between stat and read", "source is half-written");
        assert!(raised(&findings, late).contains("foo.py"), "{tag}: half of a line is no Python");
        assert_eq!(raised(&findings, late), raised(&findings, early), "{tag}");
    }
}
