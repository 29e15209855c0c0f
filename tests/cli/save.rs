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

/// Adds up what is in a stock, of which it insists on the class.
const SHOP: &str = "class Stock(object):\n    def __init__(self):\n        self.items = [1]\n\n\ndef total(stock):\n    \
                    if not isinstance(stock, Stock):\n        raise TypeError('no stock')\n    return sum(stock.items)\n";

fn program() -> World {
    let world =
        World::new().file("shop.py", SHOP).file("notes.py", "raise ValueError('nobody imports this')\n");
    let test = "import shop\nimport unittest\n\n\nclass Test(unittest.TestCase):\n    def test_total(self):\n        \
                stock = shop.Stock()\n        self.assertEqual(shop.total(stock), 1)\n";
    world
        .file(
            "main.py",
            "import sys, shop\nstock = shop.Stock()\nprint(shop.total(stock) + int(sys.argv[1]))\n",
        )
        .file("test_shop.py", test)
}

#[test]
fn a_finding_in_a_program_is_written_down_with_its_sources() {
    let world = program();
    let ran = world.run(&[
        "sweep",
        "--save",
        "found",
        "--reload",
        "shop",
        "--lines",
        "shop,__main__",
        "-p",
        python(),
        "--",
        "main.py",
        "2",
    ]);
    ran.is(0).says("saved found/main_reload_broken_1.md\n");
    let page = std::fs::read_to_string(world.path().join("found/main_reload_broken_1.md")).unwrap();
    assert!(
        page.contains("`shop.py`:\n") && page.contains("`main.py`:\n") && !page.contains("notes.py"),
        "{page}"
    );
    let ran = world.run(&["run", "found/main_reload_broken_1.md", "-p", python()]);
    ran.prints(">>> sys.argv = [\"main.py\", \"2\"]\n");
    ran.prints("    TypeError: no stock\n").prints("    verdict: broken; a restart gives\n        3\n");
}

#[test]
fn a_finding_in_a_test_suite_is_written_down_with_its_sources() {
    let world = program();
    let ran = world.run(&[
        "sweep",
        "--save",
        "found",
        "--reload",
        "shop",
        "--lines",
        "shop,test_shop",
        "-p",
        python(),
        "--",
        "-m",
        "unittest",
        "test_shop",
    ]);
    ran.is(0).says("saved found/unittest_reload_broken_1.md\n");
    let ran = world.run(&["run", "found/unittest_reload_broken_1.md", "-p", python()]);
    ran.prints("TypeError: no stock\n");
    assert!(!ran.out.contains("verdict: same"), "{}", ran.out);
}
