//! A scenario anywhere, and a folder without any.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::world::{CRASHES, GOOD, Ran, World};

#[test]
fn an_empty_folder_is_told_what_to_do() {
    let world = World::new();
    for subcommand in ["run", "check", "list"] {
        let ran = world.run(&[subcommand]);
        ran.is(2).says("error: no scenarios in `scenarios`; ").says("--scenarios").says("run path/to/one.md");
    }
    world.run(&["accept"]).is(0).prints("nothing is pending").says("`reload-harness run`");
    assert!(world.tree().is_empty());
}

#[test]
fn a_file_anywhere_runs_and_leaves_nothing() {
    let world = World::new().file("notes/one.md", GOOD);
    let before = world.tree();
    let ran = world.run(&["run", "notes/one.md"]);
    ran.is(0).prints("one: It reloads\n").prints(">>> reload(foo)\n").says("1 run in ");
    assert!(!ran.err.contains("pending"), "{ran:?}");
    assert_eq!(world.tree(), before);
}

#[test]
fn a_run_in_one_python_says_which() {
    let ran = World::new().file("one.md", GOOD).run(&["run", "one.md"]);
    let first = ran.err.lines().next().unwrap();
    assert!(first.starts_with(&format!("{} ", crate::world::python())), "{ran:?}");
    assert!(first.contains(" embedded /") || first.contains(" spawned /"), "{ran:?}");
}

#[test]
fn a_file_of_the_scenarios_folder_has_its_snapshots_wherever_it_is_named_from() {
    let world = World::good();
    world.run(&["run", "scenarios/../scenarios/g/good.md"]).is(0).prints("g/good: It reloads");
    assert!(world.has(&format!("snapshots/g/good@{}.snap.new", crate::world::python())));
}

#[test]
fn a_file_that_is_not_there_is_wrong_usage() {
    World::good()
        .run(&["run", "scenarios/g/god.md"])
        .is(2)
        .says("error: there is no file `scenarios/g/god.md`");
}

#[test]
fn a_file_that_crashes_is_a_crash() {
    let ran = World::new().file("one.md", CRASHES).run(&["run", "one.md"]);
    ran.is(5).prints("    crashed: killed by SIGABRT\n").says("1 ended early");
}

#[test]
fn a_path_that_is_no_text_is_refused_by_its_name_and_not_by_a_panic() {
    let world = World::new();
    let name = OsStr::from_bytes(b"caf\xe9.md");
    std::fs::write(world.path().join(name), GOOD).unwrap();
    let ran = Ran::from(world.command(&["run"]).arg(name).output().unwrap());
    ran.is(3).says("caf\u{fffd}.md:1:1");
}

#[test]
fn two_files_of_one_name_are_both_played_and_called_by_their_paths() {
    let other = GOOD.replace("It reloads", "Another");
    let world = World::new().file("one/x.md", GOOD).file("two/x.md", &other).file("y.md", GOOD);
    let ran = world.run(&["run", "one/x.md", "two/x.md", "y.md"]);
    ran.is(0).prints("one/x: It reloads\n").prints("two/x: Another\n").prints("y: It reloads\n");
    ran.says("3 runs in ");
    let world = world.file("one/scenarios/two/x.md", GOOD);
    let ran = world.run(&["run", "one/x.md", "two/x.md", "one/scenarios/two/x.md"]);
    ran.is(0).prints("one/x: It reloads\n").prints("\ntwo/x: It reloads\n").prints("/two/x: Another\n");
}

#[test]
fn a_file_that_is_given_twice_is_one() {
    let world = World::good().file("one.md", GOOD).file("bad.md", "# Bad\n\n```toml\nx = 1\n```\n");
    world.run(&["run", "one.md", "./one.md"]).is(0).prints("one: It reloads").says("1 run in ");
    world.run(&["run", "good", "scenarios/g/good.md"]).is(0).says("1 run in ");
    let once = world.run(&["run", "bad.md"]);
    assert_eq!(world.run(&["run", "bad.md", "./bad.md"]).is(3).out, once.is(3).out);
    let told = world.run(&["run", "bad.md", "./bad.md"]).err;
    assert_eq!(told.matches("--> bad.md:4:1").count(), once.err.matches("--> bad.md:4:1").count(), "{told}");
    assert!(!told.contains("--> ./bad.md"), "{told}");
}

#[test]
fn a_file_that_is_called_as_a_scenario_of_the_folder_leaves_its_snapshots_alone() {
    let other = GOOD.replace("It reloads", "Another");
    let world = World::good().file("other/scenarios/g/good.md", &other).accepted();
    let before = world.tree();
    for named in ["scenarios/g/good.md", "good"] {
        let ran = world.run(&["run", "other/scenarios/g/good.md", named]);
        ran.is(0).prints("other/scenarios/g/good: Another\n").prints("g/good: It reloads\n");
        assert_eq!(world.tree(), before);
    }
}

#[test]
fn a_link_in_the_scenarios_folder_is_called_as_it_is_there() {
    let world = World::good().file("one.md", GOOD);
    std::os::unix::fs::symlink("../../one.md", world.path().join("scenarios/g/linked.md")).unwrap();
    world.run(&["run", "good", "scenarios/g/linked.md"]).is(0).prints("g/linked: It reloads");
    assert!(world.has(&format!("snapshots/g/linked@{}.snap.new", crate::world::python())));
}
