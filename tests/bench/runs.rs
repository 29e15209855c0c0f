//! How many runs a second: ours, next to one fresh `python` process for each.
//! `cargo bench --bench runs`.
//!
//! Both sides play the same generated scenarios, two at a time, and take turns within every
//! iteration, so whatever else the machine does weighs on both alike: compare them with each other,
//! not with another day's figures. The fresh processes get a head start: a plain script, no `site`,
//! nothing observed but what it prints.
//!
//! Each side is to have about as long a turn, so ours plays every scenario several times. Its workers
//! are started once, before anything is measured: these are the rates of a long session, not of one
//! run.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use reload_harness::lab::{Item, Lab};
use reload_harness::python::{Discovery, Host, Interpreter};
use reload_harness::scenario::{Name, Scenario, Step};
use reload_harness::worker::{Cancel, Ending, Programs};

const SCENARIOS: usize = 50;
/// How often ours plays each in its turn.
const TIMES: usize = 8;
const AT_ONCE: usize = 2;

/// One small scenario: two classes, an edit, calls before and after.
fn scenario(number: usize) -> Scenario {
    let module = |word: &str| {
        format!(
            "`foo.py`:\n\n```python\nclass Foo(object):\n    def foo(self):\n        return '{word} {number}'\n\n\n\
             class Bar(Foo):\n    def foo(self):\n        return Foo.foo(self)\n\n\n\
             def make():\n    return Bar()\n```\n\n"
        )
    };
    let source = format!(
        "# Generated, number {number}\n\n{}```pycon\n>>> import foo\n>>> b = foo.make()\n>>> b.foo()\n\
         >>> id(foo.Bar)\n```\n\n{}```pycon\n>>> reload(foo)\n>>> b.foo()\n>>> isinstance(b, foo.Foo)\n\
         >>> foo.make().foo()\n```\n",
        module("before"),
        module("after")
    );
    let name = Name { group: "bench".to_owned(), name: format!("generated_{number}") };
    Scenario::parse(name, Path::new("generated.md"), source.as_bytes(), Vec::new()).expect("a sound scenario")
}

/// The same steps as a script that a person would write who has only `python`.
fn script(scenario: &Scenario) -> String {
    let mut text = String::from(
        "import os, sys\nsys.path.insert(0, os.getcwd())\n\
         try:\n    reload\nexcept NameError:\n    from importlib import reload\n\
         def show(call):\n    try:\n        print(repr(call()))\n\
         \x20   except Exception as error:\n        print(type(error).__name__, error)\n\
         def write(path, content, clock):\n    with open(path, 'w') as file:\n        file.write(content)\n\
         \x20   os.utime(path, (clock, clock))\n",
    );
    for (clock, step) in scenario.steps.iter().enumerate() {
        let clock = 1_000_000_000 + 10 * clock;
        match step {
            Step::Write(write) => {
                let content = String::from_utf8_lossy(&write.content);
                writeln!(text, "write('foo.py', {content:?}, {clock})").unwrap();
            }
            Step::Statement(statement) if statement.source.contains(" = ") => {
                writeln!(text, "{}", statement.source).unwrap();
            }
            Step::Statement(statement) if statement.source.starts_with("import ") => {
                writeln!(text, "{}", statement.source).unwrap();
            }
            Step::Statement(statement) => writeln!(text, "show(lambda: {})", statement.source).unwrap(),
        }
    }
    text
}

/// Every scenario through the lab.
fn ours(lab: &Lab, items: &[Item<'_>]) -> Duration {
    let start = Instant::now();
    let mut whole = 0;
    lab.run(items, |_, run| {
        whole += usize::from(run.outcome.is_ok_and(|play| play.ending == Ending::Finished));
    });
    let took = start.elapsed();
    assert_eq!(whole, items.len(), "every run comes to its end");
    took
}

/// Every script in a process and a folder of its own.
fn fresh(python: &Path, scripts: &[PathBuf]) -> Duration {
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(script) = scripts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    play_afresh(python, script);
                }
            });
        }
    });
    start.elapsed()
}

fn play_afresh(python: &Path, script: &Path) {
    let folder = tempfile::Builder::new().tempdir_in(script.parent().unwrap()).unwrap();
    let output = Command::new(python)
        .args(["-S", "-E", "-s", "-B"])
        .arg(script)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = String::from_utf8_lossy(&output.stdout).lines().count();
    assert_eq!(shown, 6, "each shown value is a line");
}

/// The newest that is embedded, and 2.7 or else the oldest that is spawned.
fn interpreters() -> Vec<Interpreter> {
    let discovery = Discovery::of_process();
    let mut all: Vec<Interpreter> =
        discovery.discovered().all().into_iter().map(|found| found.interpreter.clone()).collect();
    all.sort_by_key(|interpreter| interpreter.tag);
    let embedded = all.iter().rfind(|one| matches!(one.host, Host::Embedded { .. }));
    let spawned = all.iter().find(|one| matches!(one.host, Host::Spawned { .. }));
    let chosen: Vec<Interpreter> = embedded.into_iter().chain(spawned).cloned().collect();
    assert!(!chosen.is_empty(), "no Python found");
    chosen
}

/// A folder in memory where there is one, as the lab's workspaces are.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("reload-harness-bench-").tempdir_in(folder).unwrap()
}

fn runs(criterion: &mut Criterion) {
    let scenarios: Vec<Scenario> = (0..SCENARIOS).map(scenario).collect();
    let folder = scratch();
    let scripts: Vec<PathBuf> = scenarios
        .iter()
        .map(|scenario| {
            let path = folder.path().join(format!("{}.py", scenario.name.name));
            fs::write(&path, script(scenario)).unwrap();
            path
        })
        .collect();
    let programs = Programs {
        supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
        worker: env!("CARGO_BIN_EXE_reload-worker").into(),
    };
    let lab = Lab::new(programs, Cancel::new().unwrap()).unwrap().jobs(AT_ONCE);
    let mut lines = Vec::new();
    let mut group = criterion.benchmark_group("runs");
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(10)
        .throughput(Throughput::Elements((TIMES * SCENARIOS) as u64));
    for interpreter in interpreters() {
        let once = scenarios.iter().map(|scenario| Item { scenario, interpreter: &interpreter });
        let items: Vec<Item<'_>> = once.cycle().take(TIMES * SCENARIOS).collect();
        let mut pairs: Vec<(Duration, Duration)> = Vec::new();
        // Starts the workers.
        ours(&lab, &items[..2 * AT_ONCE]);
        group.bench_function(BenchmarkId::from_parameter(interpreter.tag), |bencher| {
            bencher.iter_custom(|iterations| {
                let mut total = Duration::ZERO;
                for _ in 0..iterations {
                    let pair = if pairs.len().is_multiple_of(2) {
                        (ours(&lab, &items), fresh(&interpreter.executable, &scripts))
                    } else {
                        let theirs = fresh(&interpreter.executable, &scripts);
                        (ours(&lab, &items), theirs)
                    };
                    pairs.push(pair);
                    total += pair.0;
                }
                total
            });
        });
        // Criterion's filter may have left this one out.
        if !pairs.is_empty() {
            lines.push(summary(&interpreter, &pairs));
        }
    }
    group.finish();
    println!(
        "{SCENARIOS} scenarios, {AT_ONCE} at a time, ours {TIMES} times a turn and its workers started before; \
         medians, ratio of each pair"
    );
    for line in lines {
        println!("{line}");
    }
}

#[allow(clippy::cast_precision_loss)]
fn summary(interpreter: &Interpreter, pairs: &[(Duration, Duration)]) -> String {
    let rate = |runs: usize, took: Duration| runs as f64 / took.as_secs_f64();
    let rates: Vec<(f64, f64)> =
        pairs.iter().map(|(ours, fresh)| (rate(TIMES * SCENARIOS, *ours), rate(SCENARIOS, *fresh))).collect();
    let ours = median(rates.iter().map(|(ours, _)| *ours));
    let fresh = median(rates.iter().map(|(_, fresh)| *fresh));
    let ratio = median(rates.iter().map(|(ours, fresh)| ours / fresh));
    let host = match interpreter.host {
        Host::Embedded { .. } => "embedded",
        Host::Spawned { .. } => "spawned",
    };
    format!(
        "{:>6} {host:<8} {ours:>6.0} runs/s, fresh processes {fresh:>4.0} runs/s, ratio {ratio:.1} ({} pairs)",
        interpreter.tag.to_string(),
        pairs.len()
    )
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

criterion_group!(benches, runs);
criterion_main!(benches);
