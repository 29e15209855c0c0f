//! What the verdicts cost: this repository's scenarios judged, next to the same scenarios just played.
//! `cargo bench --bench oracle`.
//!
//! Both take turns within every iteration, on warm workers, so whatever else the machine does weighs
//! on both alike.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use reload_harness::lab::{Item, Lab, plan};
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

fn played(lab: &Lab, items: &[Item<'_>]) -> Duration {
    let start = Instant::now();
    lab.run(items, |_, run| assert!(run.outcome.is_ok()));
    start.elapsed()
}

fn judged(lab: &Lab, items: &[Item<'_>]) -> Duration {
    let start = Instant::now();
    lab.each(items, |item| Trial::hold(lab, item, &[]), |_, run| assert!(run.outcome.is_ok()));
    start.elapsed()
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
        let mut ratios: Vec<f64> = Vec::new();
        // Workers are started once, whatever is played.
        judged(&lab, &items);
        group.bench_function(BenchmarkId::from_parameter(interpreter.tag), |bencher| {
            bencher.iter_custom(|iterations| {
                let mut total = Duration::ZERO;
                for _ in 0..iterations {
                    let (without, with) = (played(&lab, &items), judged(&lab, &items));
                    ratios.push(with.as_secs_f64() / without.as_secs_f64());
                    total += with;
                }
                total
            });
        });
        if !ratios.is_empty() {
            ratios.sort_by(f64::total_cmp);
            let median = ratios[ratios.len() / 2];
            let (tag, count) = (interpreter.tag.to_string(), items.len());
            lines.push(format!("{tag:>6} {count} scenarios, with oracle / without: {median:.2}"));
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
