//! Which runs take long.

use crate::world::{GOOD, World, python};

#[test]
fn the_slowest_runs_are_told_on_demand_and_never_kept() {
    let world = World::good().scenario("g/other", GOOD);
    for subcommand in ["run", "check"] {
        let ran = world.run(&[subcommand, "-p", python(), "--durations"]);
        ran.says("durations: ").says(" for 2 runs, one after the other; the slowest:\n");
        ran.says(&format!("  g/good@{}\n", python())).says(&format!("  g/other@{}\n", python()));
        assert!(!ran.out.contains("durations"), "{ran:?}");
        let ran = world.run(&[subcommand, "-p", python(), "--durations=1"]);
        assert_eq!(ran.err.matches(&format!("@{}\n", python())).count(), 1, "{ran:?}");
    }
    assert!(!world.run(&["run"]).err.contains("durations"));
    world.run(&["run", "--durations=x"]).is(2);
    let accepted = world.accepted().tree();
    assert!(accepted.values().all(|content| !String::from_utf8_lossy(content).contains("durations")));
}

#[test]
fn a_filter_behind_the_option_is_a_filter() {
    let world = World::good().scenario("g/other", GOOD);
    world.run(&["run", "--durations", "other"]).is(0).says(" for 1 run, one after the other");
}

#[test]
fn they_are_in_the_events_too() {
    let world = World::good();
    let took = |arguments: &[&str]| world.run(arguments).is(0).events()[1]["milliseconds"].clone();
    assert!(took(&["run", "--json", "--durations"]).as_f64().unwrap() > 0.0);
    assert!(took(&["run", "--json"]).is_null());
}
