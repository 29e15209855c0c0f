//! A first scenario.

use std::fs;

use crate::world::{World, python};

#[test]
fn a_new_scenario_runs_as_it_is_and_shows_a_fault() {
    let world = World::new();
    let ran = world.run(&["new", "counter/after_reload"]);
    assert_eq!(ran.is(0).out, "scenarios/counter/after_reload.md\n");
    ran.says("reload-harness run scenarios/counter/after_reload.md\n")
        .says("accept scenarios/counter/after_reload.md\n");
    let ran = world.run(&["run", "scenarios/counter/after_reload.md"]);
    ran.is(0).prints("counter/after_reload: After reload\n").prints("    claim holds\n");
    ran.prints(">>> isinstance(c, counter.Counter)\n    False\n    verdict: mixed");
    world.accepted().run(&["check", "-p", python()]).is(0);
}

#[test]
fn what_is_there_is_not_overwritten() {
    let world = World::good();
    let before = world.tree();
    world.run(&["new", "g/good"]).is(2).says("error: scenarios/g/good.md is there already");
    world.run(&["new", "scenarios/g/good.md"]).is(2).says("scenarios/g/good.md is there already");
    assert_eq!(world.tree(), before);
}

#[test]
fn a_name_that_cannot_be_is_refused_with_a_suggestion() {
    let world = World::new();
    let ran = world.run(&["new", "my group/x@y"]);
    ran.is(2).says("error: no scenario can be called `my group/x@y`: ").says("did you mean `my_group/x_y`?");
    world.run(&["new", "../x"]).is(2).says("`..` leads out of the scenarios folder");
    world.run(&["new", "g/"]).is(2).says("a name has the form GROUP/NAME");
    world.run(&["new"]).is(2).says("<GROUP/NAME>");
    assert!(!world.has("scenarios"));
}

#[test]
fn another_folder_of_scenarios_is_in_the_commands_that_follow() {
    let world = World::new();
    let ran = world.run(&["new", "g/x", "--scenarios", "cases"]);
    ran.is(0).says("run cases/g/x.md\n").says("accept --scenarios cases cases/g/x.md\n");
    assert!(fs::metadata(world.path().join("cases/g/x.md")).is_ok());
}

/// As a filter, `counter` is a part of the other names.
#[test]
fn what_is_told_to_accept_a_new_scenario_accepts_no_other() {
    let world = World::new();
    for other in ["counter/after_reload", "g/counter", "counters"] {
        world.run(&["new", other]).is(0);
    }
    world.run(&["new", "counter"]).is(0).says("accept scenarios/counter.md\n");
    world.run(&["run"]).is(0);
    let ran = world.run(&["accept", "scenarios/counter.md"]);
    assert_eq!(ran.is(0).out, format!("accepted counter@{}\n", python()));
    let ran = world.run(&["accept", "scenarios/g/counter.md"]);
    assert_eq!(ran.is(0).out, format!("accepted g/counter@{}\n", python()));
}
