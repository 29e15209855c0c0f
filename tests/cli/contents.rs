//! The table of contents of a user's scenarios.

use std::fs;

use crate::world::{GOOD, World};

#[test]
fn it_is_written_once_and_then_kept_up_to_date() {
    let world = World::good().accepted();
    world.run(&["contents", "--check"]).is(1).prints("+# Scenarios\n").says("`reload-harness contents`");
    assert!(!world.has("scenarios/README.md"));
    world.run(&["contents"]).is(0).says("wrote scenarios/README.md");
    let page = fs::read_to_string(world.path().join("scenarios/README.md")).unwrap();
    assert!(page.contains("\n| [It reloads](g/good.md) |  | "), "{page}");
    for arguments in [&["contents"][..], &["contents", "--check"]] {
        let ran = world.run(arguments);
        assert_eq!((ran.is(0).out.as_str(), ran.err.as_str()), ("", ""));
    }

    world.write("scenarios/README.md", &page.replace("# Scenarios\n", "# Ours\n\nprose\n"));
    world.write("scenarios/g/good.md", &GOOD.replace("It reloads", "It does"));
    let ran = world.run(&["contents", "--check"]);
    ran.is(1).prints("\n-| [It reloads](g/good.md)").prints("\n+| [It does](g/good.md)");
    world.run(&["contents"]).is(0);
    let page = fs::read_to_string(world.path().join("scenarios/README.md")).unwrap();
    assert!(page.starts_with("# Ours\n\nprose\n") && page.contains("[It does]"), "{page}");
}

#[test]
fn a_page_without_a_place_for_it_is_left_as_it_is() {
    let world = World::good().file("scenarios/README.md", "# Ours\n");
    world.run(&["contents"]).is(2).says("scenarios/README.md: it has no place").says("\n<!-- contents: ");
    assert_eq!(fs::read_to_string(world.path().join("scenarios/README.md")).unwrap(), "# Ours\n");
}

#[test]
fn a_malformed_scenario_is_told_and_nothing_is_written() {
    let world = World::good().scenario("g/bad", "# Bad\n");
    world.run(&["contents"]).is(3).says("scenarios/g/bad.md:1:1");
    assert!(!world.has("scenarios/README.md"));
}
