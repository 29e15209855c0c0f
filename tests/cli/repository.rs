//! A repository of scenarios and snapshots: propose, check, accept.

use crate::world::{GOOD, World, python, pythons};

#[test]
fn a_report_is_proposed_accepted_and_held_to() {
    let world = World::good();
    let (pending, accepted) =
        (format!("snapshots/g/good@{}.snap.new", python()), format!("snapshots/g/good@{}.snap", python()));
    world.check().is(4).prints("g/good: no snapshot for ").says("`reload-harness run --python all`");
    assert!(!world.has("snapshots"));
    let ran = world.run(&["run"]);
    ran.is(0).says("1 scenario has reports pending in snapshots: ").says("`reload-harness accept`");
    assert!(world.has(&pending));

    let waits = world.check();
    waits
        .is(4)
        .prints("waits to be accepted")
        .says("1 finding in the snapshots")
        .says("`reload-harness accept`");
    assert!(!waits.out.contains("no snapshot"), "{waits:?}");
    world.run(&["accept"]).is(0).prints(&format!("accepted g/good@{}\n", python()));
    assert!(world.has(&accepted) && !world.has(&pending));

    let clean = world.check();
    clean.is(0).says("1 run on ").says(", all as accepted");
    assert_eq!(clean.out, "");
    let again = world.run(&["run"]);
    assert!(!again.is(0).err.contains("pending"), "{again:?}");
}

#[test]
fn the_gate_shows_a_change_once_and_touches_nothing() {
    let world = World::good().accepted();
    world.write("scenarios/g/good.md", &GOOD.replace("1 + 1", "2 + 3"));
    let before = world.tree();
    let ran = world.check();
    ran.is(1).prints(&format!("g/good differs on {}\n", python())).says("1 differs");
    ran.prints(&format!("--- snapshots/g/good@{}.snap\n+++ this run\n@@ ", python()));
    ran.prints("\n->>> 1 + 1\n-    2\n+>>> 2 + 3\n+    5\n");
    assert_eq!(ran.out.matches("+++ this run").count(), 1);
    assert_eq!(world.tree(), before);
}

#[test]
fn a_run_whose_report_changed_says_so_and_proposes_it() {
    let world = World::good().accepted();
    world.write("scenarios/g/good.md", &GOOD.replace("1 + 1", "2 + 3"));
    world.run(&["run"]).is(1).says("1 differs from its snapshot").says("1 scenario has reports pending");
    assert!(world.has(&format!("snapshots/g/good@{}.snap.new", python())));
    world.run(&["accept"]).is(0);
    world.check().is(0);
}

#[test]
fn only_what_is_named_is_accepted() {
    let world = World::good().scenario("g/other", GOOD);
    world.run(&["run"]).is(0).says("2 scenarios have reports pending");
    let ran = world.run(&["accept", "other"]);
    assert_eq!(ran.is(0).out, format!("accepted g/other@{}\n", python()));
    assert!(world.has(&format!("snapshots/g/good@{}.snap.new", python())));
    world.run(&["accept", "other"]).is(0).prints("1 pending file was passed over");
    world.run(&["accept", "g/goof"]).is(2).says("did you mean `g/good`?");
}

#[test]
fn reports_are_accepted_by_tag_as_well() {
    let tagged = GOOD.replace("\n`foo.py`", "\n```toml\ntags = [\"slow\"]\n```\n\n`foo.py`");
    let world = World::good().scenario("g/tagged", &tagged);
    world.run(&["run"]).is(0);
    assert_eq!(world.run(&["accept", "tag:slow"]).is(0).out, format!("accepted g/tagged@{}\n", python()));
}

#[test]
fn a_snapshot_without_a_scenario_is_an_orphan() {
    let world = World::good().scenario("g/gone", GOOD).accepted();
    std::fs::remove_file(world.path().join("scenarios/g/gone.md")).unwrap();
    world.check().is(4).prints(&format!("g/gone@{}.snap: there is no such scenario", python()));
}

#[test]
fn numbers_are_shown_on_demand_and_never_kept() {
    let world = World::new().scenario("g/id", &GOOD.replace("1 + 1", "id(foo.Foo)"));
    let before = world.tree();
    let ran = world.run(&["run", "--raw-ids"]);
    let shown = ran.is(0).out.split(">>> id(foo.Foo)\n").nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(shown.parse::<u64>().is_ok(), "{ran:?}");
    assert_eq!(world.tree(), before);
    assert!(!world.run(&["run"]).out.contains(shown));
}

#[test]
fn a_report_that_several_pythons_share_is_printed_once() {
    let pythons = pythons();
    let [first, second, ..] = &pythons[..] else {
        eprintln!("left out: there is but one Python here, {pythons:?}");
        return;
    };
    let world = World::good();
    let ran = world.run(&["run", "--python", &format!("{first},{second}")]);
    ran.is(0).prints(&format!("on {first}, {second}:\n")).says("2 runs in ");
    assert_eq!(ran.out.matches("g/good: It reloads").count(), 1);
    let snapshots = world.tree().into_keys().filter(|path| path.to_string_lossy().ends_with(".snap.new"));
    assert_eq!(snapshots.count(), 1);
}

#[test]
fn folders_may_be_called_otherwise() {
    let world = World::new().file("cases/g/good.md", GOOD);
    world
        .run(&["run", "--scenarios", "cases", "--snapshots", "kept/here"])
        .is(0)
        .says("pending in kept/here: ");
    assert!(world.has(&format!("kept/here/g/good@{}.snap.new", python())));
}
