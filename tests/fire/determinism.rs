//! The same bytes from every rerun.

use std::collections::BTreeMap;
use std::path::Path;

use reload_harness::lab::{Item, Lab, plan};
use reload_harness::oracle::Trial;
use reload_harness::python::{Host, Interpreter};
use reload_harness::report::{Report, text};
use reload_harness::scenario::{Name, Scenario};
use reload_harness::trace::Surroundings;
use reload_harness::worker::Cancel;

use crate::ground::{ALL, programs, scenario, transcript, two};

fn founding() -> Vec<Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<_> =
        std::fs::read_dir(folder.join("founding")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    assert!(files.len() >= 10);
    files.iter().map(|file| Scenario::load(Name::below(&folder, file).unwrap(), file).unwrap()).collect()
}

/// What a person would read, whole.
fn report(item: &Item<'_>, trial: Trial) -> String {
    let surroundings = Surroundings::of(&trial.play, item.interpreter, false);
    text(&Report::new(item.scenario, &trial.play, &surroundings).judged(trial.judgement))
}

type Reports = BTreeMap<(String, String), String>;

/// The reports of items, played in that order on a lab of its own.
fn reports(items: &[Item<'_>], jobs: usize) -> Reports {
    let lab = Lab::new(programs(), Cancel::new().unwrap()).unwrap().jobs(jobs);
    let mut reports = Reports::new();
    let hold = |item: &Item<'_>| Trial::hold(&lab, item, &[]);
    lab.each(items, hold, |item, run| {
        let key = (item.interpreter.tag.to_string(), item.scenario.name.to_string());
        let new = report(item, run.outcome.unwrap());
        let old = reports.entry(key.clone()).or_insert_with(|| new.clone());
        assert_eq!(old, &new, "{key:?} is another one on the same lab");
    });
    reports
}

fn assert_same(one: &Reports, other: &Reports) {
    assert_eq!(one.len(), other.len());
    for (key, text) in one {
        assert_eq!(text, &other[key], "{key:?}");
    }
}

/// Every item once, in an order that has nothing to do with the one it came in.
fn shuffled<'a>(items: &[Item<'a>]) -> Vec<Item<'a>> {
    // A prime that does not divide the number of items meets each of them once.
    let step = [7, 11, 13, 17, 19].into_iter().find(|step| !items.len().is_multiple_of(*step)).unwrap();
    let shuffled: Vec<_> = (0..items.len()).map(|at| items[at * step % items.len()]).collect();
    assert_eq!(shuffled.len(), items.len());
    shuffled
}

#[test]
fn any_number_of_jobs_and_any_order_give_the_same_bytes() {
    let scenarios = founding();
    let (items, _) = plan(&scenarios, &ALL);
    let first = reports(&items, 1);
    assert_eq!(first.len(), items.len());
    let backwards: Vec<_> = items.iter().rev().copied().collect();
    assert_same(&first, &reports(&backwards, 2));
    assert_same(&first, &reports(&shuffled(&items), 4));
}

#[test]
fn the_two_hundredth_run_of_a_worker_gives_the_bytes_of_the_first() {
    let scenarios = founding();
    for python in two() {
        let pythons = std::slice::from_ref(python);
        let (items, _) = plan(&scenarios, pythons);
        let short =
            items.iter().copied().find(|item| item.scenario.name.name == "unbound_base_call").unwrap();
        let many = [&items[..], &vec![short; 200], &items[..]].concat();
        assert_eq!(reports(&many, 1).len(), items.len());
    }
}

/// What is left to chance unless someone takes care: when cycles are collected, in which order sets
/// and `sys.modules` are walked.
#[test]
fn what_depends_on_the_collector_is_the_same_in_every_run() {
    let markdown = "# T\n\n`mod.py`:\n\n```python\nclass Node(object):\n    def __init__(self):\n        self.me = self\n        \
                    self.more = [[] for _ in range(40)]\n```\n\n```pycon\n>>> import gc, sys, mod\n>>> gc.get_count()\n\
                    >>> for i in range(200):\n...     n = mod.Node()\n...\n>>> gc.get_count()\n\
                    >>> sum(isinstance(o, mod.Node) for o in gc.get_objects())\n>>> reload(mod)\n>>> gc.get_count()\n\
                    >>> list(sys.modules)[:5]\n>>> set(vars(mod))\n>>> mod.Node()\n```\n";
    let case = scenario("collector", markdown, &[]);
    let other = scenario("other", &format!("# T\n\n{}", transcript(&"[[], (1, []), {}]\n".repeat(100))), &[]);
    for python in ALL.iter() {
        let item = |scenario| Item { scenario, interpreter: python };
        let many: Vec<_> = [item(&case), item(&other)].into_iter().cycle().take(12).collect();
        let reports = reports(&many, 1);
        println!("{}", reports.values().next().unwrap());
    }
}

#[test]
fn embedded_and_spawned_give_the_same_bytes() {
    let Some(embedded) = two().into_iter().find(|python| crate::ground::is_embedded(python)) else {
        return eprintln!("skipped: this machine has no Python that is embedded");
    };
    let spawned = Interpreter { host: Host::Spawned { reason: "to compare".to_owned() }, ..embedded.clone() };
    let scenarios = founding();
    let of = |python: &Interpreter| {
        let pythons = [python.clone()];
        let (items, _) = plan(&scenarios, &pythons);
        reports(&items, 2)
    };
    assert_same(&of(embedded), &of(&spawned));
}
