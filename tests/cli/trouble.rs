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
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let Ok(full) = full else {
        eprintln!("left out: there is no /dev/full here");
        return;
    };
    let ran = crate::world::Ran::from(
        world.command(&["run"]).stdout(full).stderr(std::process::Stdio::piped()).output().unwrap(),
    );
    ran.is(74).says("error: failed to write to standard output: No space left on device");
}

#[test]
fn a_snapshot_that_is_none_is_told_by_name() {
    let world = World::good().file("snapshots/g/good@cp27.snap", "no snapshot");
    world.run(&["run"]).is(74).says("snapshots/g/good@cp27.snap is no snapshot: ");
    assert_eq!(std::fs::read(world.path().join("snapshots/g/good@cp27.snap")).unwrap(), b"no snapshot");
}
