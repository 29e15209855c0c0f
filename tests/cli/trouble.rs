//! Disks that do not do as they are told.

use crate::world::{GOOD, World};

#[test]
fn a_file_in_place_of_the_snapshots_folder_is_told_by_name() {
    let world = World::good().file("snapshots", "a file");
    for subcommand in ["run", "check", "list", "accept"] {
        world.run(&[subcommand]).is(74).says("error: cannot ").says("snapshots");
    }
    assert_eq!(std::fs::read(world.path().join("snapshots")).unwrap(), b"a file");
}

#[test]
fn a_file_in_place_of_a_group_is_told_by_name() {
    let world = World::good().file("snapshots/g", "a file");
    world.run(&["run"]).is(74).says("error: cannot ").says("snapshots/g");
}

#[test]
fn a_file_in_place_of_the_scenarios_folder_is_told_by_name() {
    let world = World::new().file("scenarios", GOOD);
    world.run(&["run"]).is(74).says("error: failed to read scenarios: Not a directory");
}

#[test]
fn a_full_disk_behind_standard_output_is_told() {
    let world = World::good();
    for arguments in [&["run"][..], &["--help"], &["-V"], &["run", "-h"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let Ok(full) = full else {
            eprintln!("left out: there is no /dev/full here");
            return;
        };
        let ran = crate::world::Ran::from(
            world.command(arguments).stdout(full).stderr(std::process::Stdio::piped()).output().unwrap(),
        );
        ran.is(74).says("error: failed to write to standard output: No space left on device");
    }
}

#[test]
fn a_name_that_is_too_long_for_a_snapshot_is_an_error_of_that_one_scenario() {
    let world = World::good().scenario(&format!("g/{}", "a".repeat(233)), GOOD);
    let longest = "b".repeat(232);
    let world = world.scenario(&format!("g/{longest}"), GOOD);
    let ran = world.run(&["run"]);
    ran.is(3).says("a scenario cannot be called by more than 232 bytes").says("2 runs in ");
    let ran = world.run(&["accept", "bbb"]);
    assert_eq!(ran.is(0).out, format!("accepted g/{longest}@{}\n", crate::world::python()));
}

#[test]
fn a_snapshot_that_is_none_is_told_by_name() {
    let world = World::good().file("snapshots/g/good@cp27.snap", "no snapshot");
    world.run(&["run"]).is(74).says("snapshots/g/good@cp27.snap is no snapshot: ");
    assert_eq!(std::fs::read(world.path().join("snapshots/g/good@cp27.snap")).unwrap(), b"no snapshot");
}
