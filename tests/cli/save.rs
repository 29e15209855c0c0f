//! Findings of a sweep, written down.

use crate::world::{World, python};

/// The method of an instance from before a reload names a class, which its instance does not descend from.
const OLD_SELF: &str = r#"# Test

`foo.py`:

```python
class Foo(object):
    def name(self):
        return isinstance(self, Foo)


TABLE = {}
TABLE["foo"] = Foo


def look():
    return sorted(TABLE)
```

```pycon
>>> import foo
>>> f = foo.Foo()
>>> 1 + 1
>>> f.name()
>>> reload(foo)
>>> foo.look()
```
"#;

#[test]
fn each_group_that_is_not_safe_becomes_a_scenario_that_shows_it() {
    let world = World::new().scenario("g/old_self", OLD_SELF);
    let sweep = ["sweep", "--save", "found", "old_self", "-p", python()];
    world.run(&sweep).is(0).says("saved found/old_self_reload_mixed_1.md\n");
    let ran = world.run(&["run", "found/old_self_reload_mixed_1.md", "-p", python()]);
    ran.is(0).prints("\n>>> f.name()\n    False\n    verdict: mixed; a restart gives\n        True\n");
    assert!(!ran.out.contains("1 + 1") && !ran.out.contains("look()"), "{}", ran.out);
    world.run(&sweep).is(0).says("found/old_self_reload_mixed_1.md is there already\n");
}

#[test]
fn a_reload_that_fails_is_written_down_with_inject() {
    let world = World::new().scenario("g/old_self", OLD_SELF);
    let ran = world.run(&["sweep", "--save", "found", "--fault", "statements", "old_self", "-p", python()]);
    ran.is(0).says("saved found/old_self_statements_mixed_1.md\n");
    let ran = world.run(&["run", "found/old_self_statements_mixed_1.md", "-p", python()]);
    ran.prints(
        ">>> with inject(\"statements\", at=\"foo.py:7\"):\n...     reload(foo)\n    Exception: injected\n",
    );
    ran.prints("\n>>> foo.look()\n    []\n    verdict: mixed; a restart gives\n        ['foo']\n");
}

#[test]
fn what_is_saved_is_an_event() {
    let world = World::new().scenario("g/old_self", OLD_SELF);
    let ran = world.run(&["sweep", "--save", "found", "--json", "old_self", "-p", python()]);
    let saved = ran.is(0).events().into_iter().find(|event| event["event"] == "saved").unwrap();
    assert_eq!(saved["file"], "found/old_self_reload_mixed_1.md");
    assert_eq!(saved["outcome"], "mixed");
}

#[test]
fn a_folder_that_cannot_be_is_told() {
    let world = World::new().scenario("g/old_self", OLD_SELF).file("found", "");
    let ran = world.run(&["sweep", "--save", "found", "old_self", "-p", python()]);
    ran.says("error: failed to create found: ");
    assert!(ran.code != Some(0) && ran.out.is_empty(), "told before the sweep: {ran:?}");
}

#[test]
fn a_scenario_that_injects_is_swept_for_reloads_and_refused_for_faults_of_one() {
    let injecting = OLD_SELF
        .replace(">>> reload(foo)", ">>> with inject(\"statements\", at=\"foo.py:7\"):\n...     reload(foo)");
    let world = World::new().scenario("g/injecting", &injecting);
    world.run(&["sweep", "injecting", "-p", python()]).is(0).prints("a reload of foo at every point");
    let ran = world.run(&["sweep", "--fault", "statements", "injecting", "-p", python()]);
    ran.is(0).says("this scenario injects a fault by itself");
}
