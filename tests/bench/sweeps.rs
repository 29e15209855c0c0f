//! How many places a second a sweep tries, next to one fresh `python` process for each, and to the floor.
//! `cargo bench --bench sweeps`.
//!
//! Programs of 50, 500 and 5,000 executed lines, of three shapes. *Straight* is one line after the other,
//! of which no two can be told to be the same; a sample of the places is tried, for all have the same
//! chance. *Loop* is two lines again and again: once each class is tried, once (`every`) places are drawn
//! from all. *Tail* is straight, but only the last 100 lines are in question: what comes after a place
//! is of the same length there, so what grows is what grows with the part before it.
//!
//! A place costs what is played after it, so *straight* grows with the length of the program, in the
//! floor as well. The floor is what the same costs at the least: a bare fork at each of the same places,
//! which reloads and runs on, with nothing observed (`struck.py`). A fresh process plays the part
//! before as well; it has no `site`. All take turns, two at a time: compare them with each other.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use reload_harness::lab::Lab;
use reload_harness::python::{Discovery, Host, Interpreter};
use reload_harness::sweep::{Findings, Outcome, Task, Wishes, sweep_program};
use reload_harness::worker::{Cancel, Main, Program, Programs};

const LENGTHS: [usize; 3] = [50, 500, 5000];
const AT_ONCE: usize = 2;
/// How many places are drawn where not all are tried.
const DRAWN: usize = 100;
/// How many fresh processes are started in a turn.
const FRESH: usize = 10;
/// How many lines are in question at the end of *tail*.
const TAIL: usize = 100;
const CORE: &str = "class Counter(object):\n    def __init__(self):\n        self.total = 0\n\n\
                    \x20   def add(self, n):\n        self.total += n\n\n\ndef make():\n    return Counter()\n";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Straight,
    Loop,
    Every,
    Tail,
}

impl Shape {
    const ALL: [Self; 4] = [Self::Straight, Self::Loop, Self::Every, Self::Tail];

    fn word(self) -> &'static str {
        match self {
            Self::Straight => "straight",
            Self::Loop => "loop",
            Self::Every => "every",
            Self::Tail => "tail",
        }
    }

    /// The module whose lines are in question, and its file.
    fn watched(self, script: &str) -> (&'static str, String) {
        if self == Self::Tail { ("tail", "tail.py".to_owned()) } else { ("__main__", script.to_owned()) }
    }

    /// A script of so many executed lines, those of functions that it calls aside.
    fn script(self, length: usize) -> String {
        let mut text = String::from("import core\nimport tail\nc = core.make()\n");
        match self {
            Self::Straight => text += &straight("", length - 4),
            Self::Loop | Self::Every => {
                writeln!(text, "for n in range({}):\n    c.add(n)", (length - 4) / 2).unwrap();
            }
            Self::Tail => text += &(straight("", length - 5) + "tail.run(c)\n"),
        }
        text + "print(c.total)\n"
    }
}

fn ends(places: &[usize]) -> Vec<usize> {
    let mut ends = vec![places[0], places[places.len() - 1]];
    ends.dedup();
    ends
}

/// Lines, of which every tenth is a call.
fn straight(indent: &str, count: usize) -> String {
    let line = |line: usize| match line % 10 {
        0 => format!("{indent}c.add({line})\n"),
        _ => format!("{indent}n = {line}\n"),
    };
    (0..count).map(line).collect()
}

/// A program on which all sides work.
struct Work {
    shape: Shape,
    task: Task,
    path: PathBuf,
    watched: String,
    /// How many places it has.
    places: usize,
    /// Those that are tried.
    tried: Vec<usize>,
}

impl Work {
    fn new(folder: &Path, shape: Shape, length: usize) -> Self {
        let name = format!("{}_{length}.py", shape.word());
        let path = folder.join(&name);
        fs::write(&path, shape.script(length)).unwrap();
        let program = Program {
            main: Main::Script(path.clone()),
            arguments: Vec::new(),
            folder: folder.to_owned(),
            edits: Vec::new(),
            edited: false,
        };
        let (_, watched) = shape.watched(&name);
        let task = Task { program, command: name, limit: Duration::from_secs(600) };
        Self { shape, task, path, watched, places: 0, tried: Vec::new() }
    }

    /// One sweep of the harness; how long it took, and what it found.
    fn swept(&self, lab: &Lab, interpreter: &Interpreter) -> (Duration, Findings) {
        let wishes = Wishes {
            modules: vec!["core".to_owned()],
            lines: vec![self.shape.watched("").0.to_owned()],
            exhaustive: self.shape != Shape::Loop,
            budget: (self.shape != Shape::Loop).then_some(DRAWN),
            seed: Some(1),
            limit: Duration::from_secs(60),
            ..Wishes::default()
        };
        let start = Instant::now();
        let findings = sweep_program(lab, interpreter, &self.task, &wishes, &()).unwrap();
        assert!(findings.worst() == Outcome::Safe && findings.places.branches > 0);
        (start.elapsed(), findings)
    }

    /// Notes which places there are.
    fn survey(&mut self, lab: &Lab, interpreter: &Interpreter) {
        let (_, findings) = self.swept(lab, interpreter);
        self.places = findings.places.met;
        // Where all is safe, of each class the first and the last.
        self.tried = findings.places.tried.iter().flat_map(|tried| ends(&tried.places)).collect();
    }

    /// How many places a sweep tells about.
    fn told(&self) -> usize {
        if self.shape == Shape::Loop { self.places } else { self.tried.len() }
    }

    fn command(&self, interpreter: &Interpreter, mode: &str, places: impl Iterator<Item = usize>) -> Command {
        let mut command = Command::new(&interpreter.executable);
        command
            .args(["-S", "-E", "-s", "-B", "-c", include_str!("struck.py"), mode])
            .arg(&self.path)
            .arg(&self.watched)
            .args(places.map(|place| place.to_string()))
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    /// A bare fork at each place that is tried, in as many processes as there are at once.
    fn bare(&self, interpreter: &Interpreter) -> Duration {
        let start = Instant::now();
        let parts = (0..AT_ONCE.min(self.tried.len()))
            .map(|part| self.tried.iter().copied().skip(part).step_by(AT_ONCE));
        let running: Vec<_> =
            parts.map(|part| self.command(interpreter, "fork", part).spawn().unwrap()).collect();
        for mut process in running {
            assert!(process.wait().unwrap().success());
        }
        start.elapsed()
    }

    /// A fresh process for each of a few places, from all over the program.
    fn fresh(&self, interpreter: &Interpreter) -> Duration {
        let (start, next) = (Instant::now(), AtomicUsize::new(0));
        let first = if self.shape == Shape::Loop { self.places } else { self.tried.len() };
        let place = |number: usize| match self.shape {
            Shape::Loop => number * first / FRESH,
            _ => self.tried[number * first / FRESH],
        };
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= FRESH {
                            break;
                        }
                        let place = std::iter::once(place(number));
                        assert!(self.command(interpreter, "once", place).status().unwrap().success());
                    }
                });
            }
        });
        start.elapsed()
    }
}

/// 2.7 or else the oldest, the newest that traces, the newest.
fn interpreters() -> Vec<Interpreter> {
    let discovery = Discovery::of_process();
    let mut all: Vec<Interpreter> =
        discovery.discovered().all().into_iter().map(|found| found.interpreter.clone()).collect();
    all.sort_by_key(|interpreter| interpreter.tag);
    let embedded = |one: &&Interpreter| matches!(one.host, Host::Embedded { .. });
    let is_traced = |one: &&Interpreter| (one.tag.major, one.tag.minor) < (3, 12);
    let chosen = [all.first(), all.iter().filter(embedded).rfind(is_traced), all.iter().rfind(embedded)];
    let mut chosen: Vec<Interpreter> = chosen.into_iter().flatten().cloned().collect();
    chosen.dedup_by_key(|interpreter| interpreter.tag);
    assert!(!chosen.is_empty(), "no Python found");
    chosen
}

fn sweeps(criterion: &mut Criterion) {
    let folder = tempfile::Builder::new().prefix("bench-of-reload-harness-").tempdir().unwrap();
    fs::write(folder.path().join("core.py"), CORE).unwrap();
    fs::write(folder.path().join("tail.py"), format!("def run(c):\n{}", straight("    ", TAIL))).unwrap();
    let programs = Programs {
        supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
        worker: env!("CARGO_BIN_EXE_reload-worker").into(),
    };
    let lab = Lab::new(programs, Cancel::new().unwrap()).unwrap().jobs(AT_ONCE);
    let mut lines = Vec::new();
    let mut group = criterion.benchmark_group("sweeps");
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(10)
        .warm_up_time(Duration::from_millis(1))
        .measurement_time(Duration::from_millis(1));
    for interpreter in interpreters() {
        for (shape, length) in Shape::ALL.into_iter().flat_map(|shape| LENGTHS.map(|length| (shape, length)))
        {
            let mut work = Work::new(folder.path(), shape, length);
            let mut turns: Vec<[Duration; 3]> = Vec::new();
            let name = format!("{}/{}/{length}", interpreter.tag, shape.word());
            group.bench_function(BenchmarkId::from_parameter(&name), |bencher| {
                if work.tried.is_empty() {
                    work.survey(&lab, &interpreter);
                }
                bencher.iter_custom(|iterations| {
                    let mut total = Duration::ZERO;
                    for _ in 0..iterations {
                        let mut turn = [Duration::ZERO; 3];
                        // Each begins as often as the others.
                        for side in 0..3 {
                            match (side + turns.len()) % 3 {
                                0 => turn[0] = work.swept(&lab, &interpreter).0,
                                1 => turn[1] = work.bare(&interpreter),
                                _ => turn[2] = work.fresh(&interpreter),
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
                lines.push(summary(&name, &work, &turns));
            }
        }
    }
    group.finish();
    println!("{AT_ONCE} at a time; medians of the rates, and of the ratios of each turn");
    for line in lines {
        println!("{line}");
    }
}

#[allow(clippy::cast_precision_loss)]
fn summary(name: &str, work: &Work, turns: &[[Duration; 3]]) -> String {
    let rate = |places: usize, took: Duration| places as f64 / took.as_secs_f64();
    let rates: Vec<[f64; 3]> = turns
        .iter()
        .map(|[ours, bare, fresh]| {
            [rate(work.told(), *ours), rate(work.tried.len(), *bare), rate(FRESH, *fresh)]
        })
        .collect();
    let [ours, bare, fresh] = [0, 1, 2].map(|side| median(rates.iter().map(|turn| turn[side])));
    let of_bare = median(rates.iter().map(|[ours, bare, _]| ours / bare));
    let of_fresh = median(rates.iter().map(|[ours, _, fresh]| ours / fresh));
    format!(
        "{name:<20} {:>4} branches for {:>4} places: {ours:>7.0} places/s, floor {bare:>5.0}, \
         fresh processes {fresh:>4.0}; ours/floor {of_bare:.2}, ours/fresh {of_fresh:.1} ({} turns)",
        work.tried.len(),
        work.told(),
        turns.len()
    )
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

criterion_group!(benches, sweeps);
criterion_main!(benches);
