//! Verdicts, claims and causes, as one sees them on the command line.

use crate::world::{World, python};

/// A class whose text the edit changes, and an old instance of it.
const STALE: &str = "\
# An old instance

`foo.py`:

```python
class Foo(object):
    def text(self):
        return 1
```

```pycon
>>> import foo
>>> f = foo.Foo()
>>> f.text()
```

`foo.py`:

```python
class Foo(object):
    def text(self):
        return 2
```

```pycon
>>> reload(foo)
>>> f.text()
>>> foo.Foo().text()
```
";

const SET_ORDER: &str = "\
# A set of texts

`foo.py`:

```python
def first():
    return sorted([\"spam\", \"ham\", \"eggs\", \"tea\"], key=hash)[0]
```

```pycon
>>> import foo
>>> reload(foo)
>>> foo.first()
>>> 1 + 1
```
";

const CLAIMS: &str = "\
# Claims

```pycon
>>> 1 + 1
2
>>> 1 + 2
4
```
";

#[test]
fn a_step_that_answers_as_the_old_source_is_told_with_what_a_restart_gives() {
    let ran = World::new().scenario("g/stale", STALE).run(&["run"]);
    ran.is(0)
        .prints(">>> f.text()\n    1\n    verdict: stale, as before the edit; a restart gives\n        2\n")
        .prints("\nverdicts: 2 same, 1 stale\n")
        .says("verdicts: 2 same, 1 stale");
}

#[test]
fn verdicts_are_data_as_well() {
    let ran = World::new().scenario("g/stale", STALE).run(&["run", "--json"]);
    let events = ran.is(0).events();
    let run = events.iter().find(|event| event["event"] == "run-finished").unwrap();
    let step = run["steps"].as_array().unwrap().iter().find(|step| step["verdict"] == "stale").unwrap();
    assert_eq!(step["statement"], "f.text()");
    assert_eq!(step["restart"]["outcome"], "played");
    assert_eq!(step["restart"]["values"][0]["text"], "2");
    assert_eq!(run["verdicts"], serde_json::json!({"same": 2, "stale": 1}));
    assert_eq!(events.last().unwrap()["verdicts"]["stale"], 1);
}

#[test]
fn what_the_hash_seed_changes_is_unsteady_and_nothing_is_proposed() {
    let world = World::new().scenario("g/order", SET_ORDER);
    let ran = world.run(&["run", "--hashseeds", "0-7"]);
    ran.is(0).prints("(differs from run to run)\n    verdict: unsteady; two restarts differ\n");
    ran.prints("verdicts: 2 same, 1 unsteady\n");
    assert!(!world.has("snapshots"));
    world.run(&["run"]).is(0).prints("verdicts: 3 same\n");
}

#[test]
fn a_seed_that_is_none_is_refused() {
    World::good().run(&["run", "--hashseeds", "3-1"]).is(2).says("the first is above the last");
}

#[test]
fn claims_are_told_and_fail_only_where_that_is_asked_for() {
    let world = World::new().scenario("g/claims", CLAIMS);
    let ran = world.run(&["run"]);
    ran.is(0).prints(">>> 1 + 1\n    2\n    claim holds\n");
    ran.prints("    3\n    claim does not hold; the author wrote\n        4\n")
        .says("claims: 1 holds, 1 does not");
    let world = world.accepted();
    world.check().is(0);
    world.run(&["check", "--strict-claims", "--python", python()]).is(7);
}

#[test]
fn causes_are_listed_and_explained() {
    let world = World::new();
    let ran = world.run(&["explain"]);
    ran.is(0).prints("unbound-base-call ").prints("source-does-not-start ");
    world.run(&["explain", "deleted-name"]).is(0).prints("# ").prints("## What holds\n");
    world.run(&["explain", "deleted-nmae"]).is(2).says("deleted-name");
}
