//! Runs that do not come to their end.

use crate::world::{CRASHES, GOOD, World};

#[test]
fn a_crash_is_found_once_and_accepted_it_is_as_good_as_any_report() {
    let world = World::new().scenario("g/crash", CRASHES).scenario("g/good", GOOD);
    let ran = world.run(&["run"]);
    ran.is(5).prints(">>> os.abort()\n    crashed: killed by SIGABRT\n1 step was not reached\n");
    ran.prints("g/good: It reloads").says("1 ended early");
    world.check().is(5).says("1 ended early, which nobody accepted");
    world.run(&["accept"]).is(0);
    world.run(&["run"]).is(0);
    let clean = world.check();
    assert_eq!(clean.is(0).out, "");
}

#[test]
fn a_hang_is_ended_at_its_limit() {
    let hang = "# It hangs\n\n```pycon\n>>> while True: pass\n```\n";
    let world = World::new().scenario("g/hang", hang);
    let ran = world.run(&["run", "--timeout", "0.3", "--raw-ids"]);
    ran.is(5).prints("    hung: still running after 300 ms\n").says("1 ended early");
    let own = hang.replace("\n```pycon", "\n```toml\ntimeout = 0.2\n```\n\n```pycon");
    world.write("scenarios/g/hang.md", &own);
    world.run(&["run", "--timeout", "600"]).is(5).prints("    hung: still running after 200 ms\n");
}

#[test]
fn a_crash_where_another_report_was_accepted_is_a_crash_as_well() {
    let world = World::new().scenario("g/one", GOOD).accepted();
    world.write("scenarios/g/one.md", CRASHES);
    world.run(&["run"]).is(5).says("1 ended early").says("1 differs from its snapshot");
    world.check().is(5).prints("crashed: killed by SIGABRT").says("1 differs").says("which nobody accepted");
}

#[test]
fn a_run_that_exits_early_is_found_until_somebody_accepts_it() {
    let leaves = "# It leaves\n\n```pycon\n>>> import sys\n>>> sys.exit(0)\n```\n";
    let world = World::new().scenario("g/leaves", leaves);
    world.run(&["run"]).is(5).says("1 ended early");
    world.run(&["run", "--help"]).is(0).prints("5  a run crashed, hung or exited early, and no accepted");
    world.accepted().check().is(0);
}
