//! What the verdicts cost: this repository's scenarios judged, next to the same scenarios just played.
//! `cargo bench --bench oracle`.
//!
//! Both take turns within every iteration, on warm workers, so whatever else the machine does weighs
//! on both alike.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use reload_harness::lab::{Item, Lab, RunError, plan};
use reload_harness::oracle::Trial;
use reload_harness::python::{Discovery, Host, Interpreter};
use reload_harness::scenario::{Collection, Scenario};
use reload_harness::worker::{Cancel, Programs};

/// The groups of scenarios that stand for what people write: some at fault, most not.
const GROUPS: [&str; 2] = ["founding", "controls"];

fn scenarios() -> Vec<Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let found = Collection::find(&folder).unwrap().scenarios;
    let wanted = found.into_iter().filter(|found| GROUPS.contains(&found.name.group.as_str()));
    wanted.map(|found| Scenario::load(found.name, &found.path).expect("a sound scenario")).collect()
}

/// How long each item takes.
fn times<T: Send>(
    lab: &Lab,
    items: &[Item<'_>],
    work: impl Fn(&Item<'_>) -> Result<T, RunError> + Sync,
) -> Vec<Duration> {
    let mut times = Vec::new();
    lab.each(items, work, |_, run| {
        assert!(run.outcome.is_ok());
        times.push(run.took);
    });
    times
}

fn played(lab: &Lab, items: &[Item<'_>]) -> Vec<Duration> {
    times(lab, items, |item| lab.play(item))
}

fn judged(lab: &Lab, items: &[Item<'_>]) -> Vec<Duration> {
    times(lab, items, |item| Trial::hold(lab, item, &[]))
}

/// Of the sums, and of the scenario in the middle.
fn ratios(without: &[Duration], with: &[Duration]) -> [f64; 2] {
    let sum = |times: &[Duration]| times.iter().sum::<Duration>().as_secs_f64();
    let each = with.iter().zip(without).map(|(with, without)| with.as_secs_f64() / without.as_secs_f64());
    [sum(with) / sum(without), median(each.collect())]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The newest that is embedded, and the oldest that is spawned.
fn interpreters() -> Vec<Interpreter> {
    let discovery = Discovery::of_process();
    let mut all: Vec<Interpreter> =
        discovery.discovered().all().into_iter().map(|found| found.interpreter.clone()).collect();
    all.sort_by_key(|interpreter| interpreter.tag);
    let embedded = all.iter().rfind(|one| matches!(one.host, Host::Embedded { .. }));
    let spawned = all.iter().find(|one| matches!(one.host, Host::Spawned { .. }));
    embedded.into_iter().chain(spawned).cloned().collect()
}

fn oracle(criterion: &mut Criterion) {
    let programs = Programs {
        supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
        worker: env!("CARGO_BIN_EXE_reload-worker").into(),
    };
    let scenarios = scenarios();
    let lab = Lab::new(programs, Cancel::new().unwrap()).unwrap().jobs(2);
    let mut lines = Vec::new();
    let mut group = criterion.benchmark_group("oracle");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for interpreter in interpreters() {
        let (items, _) = plan(&scenarios, std::slice::from_ref(&interpreter));
        let mut rounds: Vec<[f64; 2]> = Vec::new();
        // Workers are started once, whatever is played.
        judged(&lab, &items);
        group.bench_function(BenchmarkId::from_parameter(interpreter.tag), |bencher| {
            bencher.iter_custom(|iterations| {
                let mut total = Duration::ZERO;
                for _ in 0..iterations {
                    let (without, with) = (played(&lab, &items), judged(&lab, &items));
                    rounds.push(ratios(&without, &with));
                    total += with.iter().sum::<Duration>();
                }
                total
            });
        });
        if !rounds.is_empty() {
            let [all, middle] = [0, 1].map(|at| median(rounds.iter().map(|round| round[at]).collect()));
            let (tag, count) = (interpreter.tag.to_string(), items.len());
            lines.push(format!(
                "{tag:>6} {count} scenarios, with oracle / without: {all:.2} together, {middle:.2} the one in the middle"
            ));
        }
    }
    group.finish();
    println!("medians of the ratio of each pair");
    for line in lines {
        println!("{line}");
    }
}

criterion_group!(benches, oracle);
criterion_main!(benches);
