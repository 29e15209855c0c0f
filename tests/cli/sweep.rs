//! Programs of the user's that are swept.

use crate::world::{World, python};

fn world() -> World {
    World::new().file("core.py", "X = 1\n").file("main.py", "import core\nprint(core.X)\n")
}

#[test]
fn a_module_that_the_program_does_not_load_is_an_error() {
    let world = world();
    let ran = world.run(&["sweep", "--reload", "cores", "-p", python(), "--", "main.py"]);
    ran.is(2).says("failed to sweep a reload of cores: no module of that name was loaded");
    assert_eq!(ran.out, "");
}

#[test]
fn a_program_that_does_not_reload_is_skipped_with_the_reason_where_a_reload_is_to_fail() {
    let world = world();
    let ran =
        world.run(&["sweep", "--fault", "statements", "--reload", "core", "-p", python(), "--", "main.py"]);
    ran.is(0).says("skipped main.py on ").says("the program does not reload core by itself");
    let arguments =
        ["sweep", "--json", "--fault", "statements", "--reload", "core", "-p", python(), "--", "main.py"];
    let events = world.run(&arguments).is(0).events();
    assert_eq!(events[0]["event"], "skipped");
    assert_eq!(events[0]["scenario"], "main.py");
}

#[test]
fn a_program_that_is_not_there_is_told() {
    let world = world();
    world.run(&["sweep", "--reload", "core", "-p", python(), "--", "other.py"]).is(2).says("other.py");
    world.run(&["sweep", "--reload", "core", "-p", python(), "--", "-x"]).is(2).says("-x");
}
