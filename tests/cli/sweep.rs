//! Programs of the user's that are swept.

use crate::world::{GOOD, World, python};

fn world() -> World {
    World::new().file("core.py", "X = 1\n").file("main.py", "import core\nprint(core.X)\n")
}

#[test]
fn a_module_that_the_program_does_not_load_is_an_error() {
    let world = world();
    let ran = world.run(&["sweep", "--reload", "cores", "-p", python(), "--", "main.py"]);
    ran.is(2).says("failed to sweep a reload of cores: no module of that name was loaded");
    ran.says("; did you mean `core`?");
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

#[test]
fn a_module_that_the_scenario_does_not_load_is_an_error() {
    let world = World::good();
    for fault in ["reload", "statements"] {
        let ran = world.run(&["sweep", "--fault", fault, "--reload", "fooo", "-p", python(), "good"]);
        ran.is(2).says("failed to sweep a reload of fooo: no module of that name was loaded");
        ran.says("; did you mean `foo`?");
        assert_eq!(ran.out, "");
    }
}

#[test]
fn a_module_that_the_scenario_loads_and_does_not_reload_has_no_reload_that_could_fail() {
    let other = GOOD.replace("`foo.py`", "`bar.py`:\n\n```python\nX = 1\n```\n\n`foo.py`");
    let world = World::new().scenario("g/other", &other.replace(">>> f =", ">>> import bar\n>>> f ="));
    let ran = world.run(&["sweep", "--fault", "statements", "--reload", "bar", "-p", python(), "other"]);
    ran.is(0).says("skipped g/other on ").says("the scenario does not reload bar by itself");
}

#[test]
fn a_program_that_fails_says_why_its_module_was_not_loaded() {
    let world = world().file("broken.py", "def f(:\n").file("slip.py", "import cor\n");
    for (script, why) in [("broken.py", "SyntaxError: "), ("slip.py", "No module named ")] {
        for fault in ["reload", "statements"] {
            let arguments = ["sweep", "--fault", fault, "--reload", "core", "-p", python(), "--", script];
            let ran = world.run(&arguments);
            ran.is(2).says("with no fault in it the program exited with status 1\n").says(why);
        }
    }
    let ran = world.run(&["sweep", "--reload", "core", "-p", python(), "--", "-m", "nope"]);
    ran.is(2).says("exited with status 1\n").says("No module named");
}
