//! How many runs a second: ours, next to one fresh `python` process for each, and to the floor.
//! `cargo bench --bench runs`.
//!
//! All three play the same generated scenarios, two at a time, and take turns within every
//! iteration, so whatever else the machine does weighs on all alike: compare them with each other,
//! not with another day's figures. The fresh processes get a head start: a plain script, no `site`,
//! nothing observed but what it prints.
//!
//! The floor is what isolated runs cost at the least: a fork of a warm interpreter for each, which
//! writes the same files, runs the same statements and is gone, with nothing observed (`floor.py`).
//!
//! Each side is to have about as long a turn, so ours and the floor play every scenario several
//! times. Their processes are started once, before anything is measured: these are the rates of a
//! long session, not of one run.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use reload_harness::lab::{Item, Lab};
use reload_harness::python::{Discovery, Host, Interpreter};
use reload_harness::scenario::{Name, Scenario, Step};
use reload_harness::worker::{Cancel, Ending, Programs};

const SCENARIOS: usize = 50;
/// How often ours and the floor play each in a turn.
const TIMES: usize = 8;
const AT_ONCE: usize = 2;
/// How many values a run shows.
const SHOWN: usize = 6;
/// How many runs a floor is asked for at a time.
const CHUNK: usize = 10;

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
    assert_eq!(shown, SHOWN, "each shown value is a line");
}

/// A process that forks a child for each run, and observes nothing.
struct Floor {
    server: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Floor {
    fn start(python: &Path, folder: &Path, scenarios: &Path) -> Self {
        let own = tempfile::Builder::new().prefix("floor-").tempdir_in(folder).unwrap().keep();
        let mut server = Command::new(python)
            .args(["-S", "-E", "-s", "-B", "-c", include_str!("floor.py")])
            .args([&own, scenarios])
            .arg(SHOWN.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(server.stdout.take().unwrap());
        Self { requests: server.stdin.take(), answers, server }
    }

    /// Has a stretch of the scenarios played, which begins again where it reaches their end.
    fn play(&mut self, first: usize, count: usize) {
        writeln!(self.requests.as_mut().unwrap(), "{first} {count}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim().parse(), Ok(count), "every run comes to its end");
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        self.requests = None;
        let _ = self.server.wait();
    }
}

/// The steps of every scenario, as a literal of Python: a name and a content for a file, else a statement.
fn literal(scenarios: &[Scenario]) -> String {
    let steps = |scenario: &Scenario| {
        let step = |step: &Step| match step {
            Step::Write(write) => format!("('foo.py', {:?})", String::from_utf8_lossy(&write.content)),
            Step::Statement(statement) => format!("(None, {:?})", statement.source),
        };
        scenario.steps.iter().map(step).collect::<Vec<_>>().join(", ")
    };
    let all: Vec<_> = scenarios.iter().map(|scenario| format!("[{}],\n", steps(scenario))).collect();
    format!("[{}]", all.concat())
}

/// Every scenario in a fork of its own, and nothing more.
fn bare(floors: &mut [Floor], runs: usize) -> Duration {
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for floor in floors {
            let next = &next;
            scope.spawn(move || {
                loop {
                    let first = next.fetch_add(CHUNK, Ordering::Relaxed);
                    if first >= runs {
                        break;
                    }
                    floor.play(first, CHUNK.min(runs - first));
                }
            });
        }
    });
    start.elapsed()
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
    // Not by the prefix of the harness's own folders: another one would remove it as left behind.
    tempfile::Builder::new().prefix("bench-of-reload-harness-").tempdir_in(folder).unwrap()
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
    let steps = folder.path().join("steps");
    fs::write(&steps, literal(&scenarios)).unwrap();
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
        let mut turns: Vec<[Duration; 3]> = Vec::new();
        let mut floors: Vec<Floor> =
            (0..AT_ONCE).map(|_| Floor::start(&interpreter.executable, folder.path(), &steps)).collect();
        // Starts the workers.
        ours(&lab, &items[..2 * AT_ONCE]);
        bare(&mut floors, 2 * AT_ONCE * CHUNK);
        group.bench_function(BenchmarkId::from_parameter(interpreter.tag), |bencher| {
            bencher.iter_custom(|iterations| {
                let mut total = Duration::ZERO;
                for _ in 0..iterations {
                    let mut turn = [Duration::ZERO; 3];
                    // Each begins as often as the others.
                    for side in 0..3 {
                        match (side + turns.len()) % 3 {
                            0 => turn[0] = ours(&lab, &items),
                            1 => turn[1] = fresh(&interpreter.executable, &scripts),
                            _ => turn[2] = bare(&mut floors, TIMES * SCENARIOS),
                        }
                    }
                    turns.push(turn);
                    total += turn[0];
                }
                total
            });
        });
        // Criterion's filter may have left this one out.
        if !turns.is_empty() {
            lines.push(summary(&interpreter, &turns));
        }
    }
    group.finish();
    println!(
        "{SCENARIOS} scenarios, {AT_ONCE} at a time, ours and the floor {TIMES} times a turn and started before; \
         medians of the rates, and of the ratios of each turn"
    );
    for line in lines {
        println!("{line}");
    }
}

#[allow(clippy::cast_precision_loss)]
fn summary(interpreter: &Interpreter, turns: &[[Duration; 3]]) -> String {
    let rate = |runs: usize, took: Duration| runs as f64 / took.as_secs_f64();
    let rates: Vec<[f64; 3]> = turns
        .iter()
        .map(|[ours, fresh, floor]| {
            [rate(TIMES * SCENARIOS, *ours), rate(SCENARIOS, *fresh), rate(TIMES * SCENARIOS, *floor)]
        })
        .collect();
    let [ours, fresh, floor] = [0, 1, 2].map(|side| median(rates.iter().map(|turn| turn[side])));
    let of_fresh = median(rates.iter().map(|[ours, fresh, _]| ours / fresh));
    let of_floor = median(rates.iter().map(|[ours, _, floor]| ours / floor));
    let host = match interpreter.host {
        Host::Embedded { .. } => "embedded",
        Host::Spawned { .. } => "spawned",
    };
    format!(
        "{:>6} {host:<8} {ours:>6.0} runs/s, fresh processes {fresh:>4.0}, floor {floor:>5.0}; \
         ours/fresh {of_fresh:.1}, ours/floor {of_floor:.2} ({} turns)",
        interpreter.tag.to_string(),
        turns.len()
    )
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

criterion_group!(benches, runs);
criterion_main!(benches);
