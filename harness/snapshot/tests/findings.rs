//! What the gate finds.

use std::fs;
use std::str::FromStr;

use pep440_rs::VersionSpecifiers;

use super::super::gate::{Declared, findings, missing};
use super::{Project, name, tags};

fn declared(scenario: &str, python: &str) -> Declared {
    let python = (!python.is_empty()).then(|| VersionSpecifiers::from_str(python).unwrap());
    Declared { name: name(scenario), python }
}

fn found(project: &Project, scenarios: &[Declared]) -> Vec<String> {
    let files = project.store.scan().unwrap();
    findings(scenarios, &files).iter().map(ToString::to_string).collect()
}

#[test]
fn a_folder_in_order_has_no_findings() {
    let project = Project::new();
    assert_eq!(found(&project, &[]), Vec::<String>::new());
    project.accepted("g/x", "cp27=A cp311=B pp310=A");
    project.accepted("y", "cp311=A");
    fs::write(project.store.root().join("README.md"), "About these files").unwrap();
    assert_eq!(found(&project, &[declared("g/x", ">=2.7"), declared("y", "")]), Vec::<String>::new());
}

#[test]
fn a_snapshot_without_a_scenario_is_an_orphan_and_a_renamed_one_is_suggested() {
    let project = Project::new();
    project.accepted("g/old_instance", "cp27=A");
    project.accepted("g/other", "cp27=A");
    project.accepted("h/moved", "cp27=A");
    let scenarios = [declared("g/old_instances", ""), declared("g/moved", ""), declared("g/unlike", "")];
    let expected = [
        "g/old_instance@cp27.snap: there is no such scenario; g/old_instances has no snapshot, was it renamed?",
        "g/other@cp27.snap: there is no such scenario",
        "h/moved@cp27.snap: there is no such scenario; g/moved has no snapshot, was it renamed?",
    ];
    assert_eq!(found(&project, &scenarios), expected);
}

#[test]
fn an_epoch_outside_of_the_scenarios_range_is_found() {
    let project = Project::new();
    project.accepted("g/x", "cp27=A cp311=B");
    let finding = "g/x@cp27.snap: the scenario is for Python >=3.6, which cp27 is not";
    assert_eq!(found(&project, &[declared("g/x", ">=3.6")])[0], finding);
    assert_eq!(found(&project, &[declared("g/x", "")]), Vec::<String>::new());
}

#[test]
fn a_file_name_that_cannot_be_read_gets_a_suggestion() {
    let project = Project::new();
    project.accepted("g/x", "cp27=A");
    for file in ["g/x@py39.snap", "g/x.snap", "g/x@latest.snap.new"] {
        fs::write(project.store.root().join(file), "---\n---\nA\n").unwrap();
    }
    let expected = [
        "g/x.snap: its name lacks an interpreter, as in x@cp27.snap",
        "g/x@latest.snap.new: latest is no interpreter",
        "g/x@py39.snap: py39 is no interpreter; did you mean x@cp39.snap?",
    ];
    assert_eq!(found(&project, &[declared("g/x", "")]), expected);
}

#[test]
fn a_file_that_is_no_snapshot_is_found() {
    let project = Project::new();
    project.accepted("g/x", "cp27=A");
    fs::write(project.store.root().join("g/x@cp39.snap"), "A").unwrap();
    assert_eq!(found(&project, &[declared("g/x", "")]), ["g/x@cp39.snap: it does not begin with ---"]);
}

#[test]
fn a_declared_version_below_the_first_epoch_is_a_gap() {
    let gap = |python: &str, epochs: &str| {
        let project = Project::new();
        project.accepted("g/x", epochs);
        found(&project, &[declared("g/x", python)])
    };
    assert_eq!(gap(">=2.7", "cp311=A"), ["g/x: no snapshot from 2.7 to 3.10"]);
    assert_eq!(gap(">=3.8", "cp311=A"), ["g/x: no snapshot from 3.8 to 3.10"]);
    assert_eq!(gap(">=3.10.4", "cp311=A"), ["g/x: no snapshot for 3.10"]);
    assert_eq!(gap(">=2.7", "cp36=A"), ["g/x: no snapshot for 2.7"]);
    assert_eq!(gap(">=2.7", ""), ["g/x: no snapshot from 2.7 on"]);
    let none: [&str; 0] = [];
    assert_eq!(gap(">=3.11", "cp311=A"), none);
    assert_eq!(gap(">=3", "cp36=A"), none, "3.0 to 3.5 cannot be hosted");
    assert_eq!(gap("<3.12", "cp311=A"), none, "no lower bound is declared");
    assert_eq!(gap("", "cp311=A"), none);
    assert_eq!(gap("", ""), none);
    assert_eq!(gap(">=2.7", "pp310=A"), none, "PyPy has its own line");
}

#[test]
fn a_repeated_epoch_is_redundant_until_accept_has_folded_it() {
    let project = Project::new();
    project.accepted("g/x", "cp27=A cp36=A");
    let scenarios = [declared("g/x", "")];
    assert_eq!(found(&project, &scenarios), ["g/x@cp36.snap: says the same as cp27; accept folds it"]);
    project.store.accept(&|_| true).unwrap();
    assert_eq!(found(&project, &scenarios), Vec::<String>::new());
}

#[test]
fn what_is_pending_is_found_once_and_makes_no_gap() {
    let project = Project::new();
    project.record("g/x", "cp27=A", "cp27");
    assert_eq!(found(&project, &[declared("g/x", ">=2.7")]), ["g/x@cp27.snap.new: waits to be accepted"]);
}

#[test]
fn interpreters_that_ran_and_have_no_epoch_are_missing() {
    let project = Project::new();
    project.accepted("g/x", "cp36=A");
    project.record("g/y", "cp27=A", "cp27");
    let files = project.store.scan().unwrap();
    let (x, y) = (name("g/x"), name("g/y"));
    let ran =
        tags("pp310 cp36 cp313 cp27").into_iter().map(|tag| (&x, tag)).chain([(&y, super::tag("cp27"))]);
    let missing: Vec<String> = missing(ran, &files).iter().map(ToString::to_string).collect();
    assert_eq!(missing, ["g/x: no snapshot for cp27, pp310", "g/y: no snapshot for cp27"]);
}
