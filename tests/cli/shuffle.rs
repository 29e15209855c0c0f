//! Runs in another order.

use crate::world::{GOOD, World, python};

fn played(world: &World, arguments: &[&str]) -> Vec<String> {
    let events = world.run(&[&["run", "--json", "-p", python()], arguments].concat()).is(0).events();
    let runs = events.iter().filter(|event| event["event"] == "run-finished");
    runs.map(|event| event["scenario"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_number_draws_the_order_and_every_run_is_played_and_found_as_accepted() {
    let names = ["g/a", "g/b", "g/c", "g/d", "g/e", "g/f", "g/h"];
    let world = names.iter().fold(World::new(), |world, name| world.scenario(name, GOOD));
    let sorted = played(&world, &[]);
    assert_eq!(sorted, names);
    let mut shuffled = played(&world, &["--shuffle", "1"]);
    assert_ne!(shuffled, sorted);
    assert_eq!(shuffled, played(&world, &["--shuffle", "1"]));
    assert_ne!(shuffled, played(&world, &["--shuffle", "2"]));
    shuffled.sort();
    assert_eq!(shuffled, sorted);
    world.accepted().run(&["check", "-p", python(), "--shuffle", "3"]).is(0);
}
