//! Faults of a reload itself: an exception at a statement, a signal and another thread at a line, on every
//! Python of this machine.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::time::Duration;

use reload_harness::lab::{Item, Lab};
use reload_harness::python::{Discovery, Tag};
use reload_harness::report::reload_faults::reload_faults;
use reload_harness::scenario::{Name, Scenario};
use reload_harness::sweep::{FaultEffect, FaultFindings, Given, SweepError, Wishes, sweep_reload};
use reload_harness::worker::{Cancel, Fault, Programs, Thrown};

const TABLE: &str = r#"# Test

`foo.py`:

```python
"""It has a table."""
from __future__ import division
import bar

TABLE = {}


def add(name):
    TABLE[name] = 1


class Foo(object):
    def get(self):
        return TABLE["one"]


add("one")
try:
    N = 1; M = 2
except Exception:
    N = 3
```

`bar.py`:

```python
X = 1
```

```pycon
>>> import foo, sys
>>> f = foo.Foo()
>>> del sys.modules["bar"]
>>> reload(foo)
>>> f.get()
>>> [name for name in dir(foo) + dir(sys.modules["bar"]) if "harness" in name or "_fp" in name]
```
"#;

/// Sweeps a scenario on each Python.
fn each(
    markdown: &str,
    fault: Fault,
    thrown: Option<Thrown>,
) -> Vec<(Tag, Result<FaultFindings, SweepError>)> {
    let programs = Programs {
        supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
        worker: env!("CARGO_BIN_EXE_reload-worker").into(),
    };
    let lab = Lab::new(programs, Cancel::new().unwrap()).unwrap().jobs(1);
    let name = Name { group: String::new(), name: "test".to_owned() };
    let scenario = Scenario::parse(name, Path::new("test.md"), markdown.as_bytes(), Vec::new())
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let discovery = Discovery::of_process();
    let found: Vec<_> =
        discovery.discovered().all().into_iter().map(|found| found.interpreter.clone()).collect();
    assert!(!found.is_empty(), "no Python was found on this machine");
    let wishes = Wishes { limit: Duration::from_secs(60), fault, thrown, ..Wishes::default() };
    let sweep = |interpreter| {
        let item = Item { scenario: &scenario, interpreter };
        let findings = sweep_reload(&lab, &item, &wishes, &());
        if let Ok(findings) = &findings {
            println!("{}: {}", interpreter.tag, reload_faults("test", Some(&scenario), findings));
        }
        (interpreter.tag, findings)
    };
    found.iter().map(sweep).collect()
}

/// What a fault just before a line does, by the line as it stands there.
fn effects<'a>(findings: &'a FaultFindings, text: &str) -> Vec<&'a FaultEffect> {
    let lines = findings.places.listings.iter().flat_map(|listing| &listing.lines);
    let spots: Vec<usize> =
        lines.filter(|line| line.text.trim() == text).flat_map(|line| line.spots.clone()).collect();
    assert!(!spots.is_empty(), "{text} has no place");
    let tried = findings.places.tried.iter().filter(|tried| spots.contains(&tried.spot));
    tried.map(|tried| &findings.places.effects[tried.effect]).collect()
}

fn all_raise(findings: &FaultFindings, what: &str) -> bool {
    findings.places.effects.iter().filter_map(|effect| effect.raised.as_deref()).all(|raised| raised == what)
}

#[test]
fn the_reload_raises_at_each_statement_and_the_places_are_the_same_in_every_python() {
    for (tag, findings) in each(TABLE, Fault::Statements, None) {
        let findings = findings.unwrap();
        let lines: Vec<&str> = findings
            .places
            .tried
            .iter()
            .map(|tried| findings.places.spots[tried.spot].place.source.as_deref().unwrap_or_default())
            .collect();
        assert_eq!(
            lines,
            [
                "import bar",
                "X = 1",
                "X = 1",
                "TABLE = {}",
                "def add(name):",
                "class Foo(object):",
                "def get(self):",
                r#"add("one")"#,
                "TABLE[name] = 1",
                "try:",
                "N = 1; M = 2",
                "N = 1; M = 2",
                "N = 3",
            ],
            "{tag}"
        );
        assert!(all_raise(&findings, "Exception: injected"), "{tag}");
        let [before_class] = effects(&findings, "class Foo(object):")[..] else { panic!("{tag}") };
        let names = before_class.names.as_ref().unwrap();
        assert_eq!(names.new, ["add", "bar"], "{tag}");
        assert_eq!(names.old, ["Foo"], "{tag}");
        assert_eq!(names.half, ["TABLE"], "{tag}");
        assert_eq!(before_class.then.differences.len(), 1, "{tag}: f.get() alone, so no name of the harness");
        assert!(before_class.heals(), "{tag}");
        assert_eq!(findings.healed(), findings.places.met, "{tag}");
        let within = effects(&findings, "N = 1; M = 2");
        assert!(within.iter().all(|effect| effect.raised.is_none()), "{tag}: caught by the module itself");
    }
}

#[test]
fn a_reload_that_exits_ends_the_process_and_one_more_heals_it() {
    for (tag, findings) in each(TABLE, Fault::Statements, Some(Thrown::SystemExit)) {
        let findings = findings.unwrap();
        assert!(all_raise(&findings, "SystemExit: injected"), "{tag}");
        let [first] = effects(&findings, "import bar")[..] else { panic!("{tag}") };
        assert_eq!(first.then.differences[0].given, ["exited with status 1"], "{tag}");
        assert!(first.heals(), "{tag}");
    }
}

#[test]
fn what_a_module_keeps_across_reloads_may_stay_broken() {
    let markdown = "# Test\n\n`foo.py`:\n\n```python\nLOG = globals().get('LOG', [])\nLOG.append(1)\nX = 1\n\
                    ```\n\n```pycon\n>>> import foo\n>>> reload(foo)\n>>> foo.LOG\n```\n";
    for (tag, findings) in each(markdown, Fault::Statements, None) {
        let findings = findings.unwrap();
        let [before] = effects(&findings, "LOG.append(1)")[..] else { panic!("{tag}") };
        assert!(before.heals(), "{tag}");
        let [after] = effects(&findings, "X = 1")[..] else { panic!("{tag}") };
        assert!(!after.heals(), "{tag}");
        assert_eq!(after.healed.as_ref().unwrap().differences[0].given, ["[1, 1, 1]"], "{tag}");
    }
}

#[test]
fn ctrl_c_comes_at_each_line() {
    for (tag, findings) in each(TABLE, Fault::Interrupts, None) {
        let findings = findings.unwrap();
        assert!(all_raise(&findings, "KeyboardInterrupt"), "{tag}");
        let before_class = effects(&findings, "class Foo(object):");
        let first = before_class.first().unwrap();
        let names = first.names.as_ref().unwrap();
        assert_eq!(
            (&names.old[..], &names.half[..]),
            (&["Foo".to_owned()][..], &["TABLE".to_owned()][..]),
            "{tag}"
        );
        assert!(effects(&findings, "N = 1; M = 2").iter().any(|effect| effect.raised.is_some()), "{tag}");
        assert_eq!(findings.healed(), findings.places.met, "{tag}");
    }
}

#[test]
fn a_signal_whose_handler_raises_may_be_caught_by_the_module() {
    for (tag, findings) in each(TABLE, Fault::Interrupts, Some(Thrown::ImportError)) {
        let findings = findings.unwrap();
        assert!(all_raise(&findings, "ImportError: injected"), "{tag}");
        assert!(effects(&findings, "N = 1; M = 2").iter().any(|effect| effect.raised.is_none()), "{tag}");
    }
}

#[test]
fn a_call_in_another_thread_gives_old_half_and_new() {
    let markdown = TABLE.replace(r#"return TABLE["one"]"#, r#"return TABLE["one"], isinstance(self, Foo)"#);
    for (tag, findings) in each(&markdown, Fault::Threads, None) {
        let findings = findings.unwrap();
        assert_eq!(findings.call.as_deref(), Some("f.get()"), "{tag}");
        let given = |text: &str| -> Vec<Given> {
            let effects = effects(&findings, text).into_iter();
            effects.map(|effect| effect.answer.as_ref().unwrap().kind).collect()
        };
        assert_eq!(given("(before the reload)"), [Given::Before], "{tag}");
        assert_eq!(given("TABLE = {}"), [Given::Before], "{tag}");
        assert_eq!(given("def add(name):"), [Given::Raises], "{tag}");
        assert_eq!(given("try:"), [Given::After], "{tag}");
        assert_eq!(given("(after the reload)"), [Given::After], "{tag}");
        let [raises] = effects(&findings, "def add(name):")[..] else { panic!("{tag}") };
        assert_eq!(raises.answer.as_ref().unwrap().lines, ["KeyError: 'one'"], "{tag}");
    }
}

#[test]
fn without_a_call_after_the_reload_there_is_none_to_make() {
    let markdown =
        "# Test\n\n`foo.py`:\n\n```python\nX = 1\n```\n\n```pycon\n>>> import foo\n>>> reload(foo)\n```\n";
    for (tag, findings) in each(markdown, Fault::Threads, None) {
        let Err(SweepError::Refused(reason)) = findings else { panic!("{tag}") };
        assert_eq!(reason, "no call comes after the reload", "{tag}");
    }
}

#[test]
fn a_scenario_without_a_reload_has_no_places() {
    let markdown = "# Test\n\n`foo.py`:\n\n```python\nX = 1\n```\n\n```pycon\n>>> import foo\n```\n";
    for (tag, findings) in each(markdown, Fault::Statements, None) {
        let findings = findings.unwrap();
        assert_eq!((findings.places.met, findings.module.as_str()), (0, ""), "{tag}");
    }
}

#[test]
fn old_bytecode_that_python_takes_for_new_has_no_statements() {
    // An edit within the second, of the same size: no Python looks further.
    let markdown = "# Test\n\n```toml\nbytecode = \"timestamp\"\n```\n\n`foo.py`:\n\n```python\nX = 1\n```\n\n```pycon\n\
                    >>> import foo, os\n>>> status = os.stat(\"foo.py\")\n```\n\n`foo.py`:\n\n```python\nX = 2\n```\n\n\
                    ```pycon\n>>> os.utime(\"foo.py\", (status.st_atime, status.st_mtime))\n>>> reload(foo)\n\
                    >>> foo.X\n```\n";
    for (tag, findings) in each(markdown, Fault::Statements, None) {
        assert_eq!(findings.unwrap().places.met, 0, "{tag}");
    }
}
