//! A reload at every point of the founding scenarios, on every Python of this machine, each pair a test of
//! its own: `founding::unbound_base_call@cp311`. The accepted sweeps are in `tests/sweeps`, by epoch as all
//! snapshots are; one that differs is left pending for `cargo insta review`.

#![allow(clippy::expect_used)]

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use reload_harness::lab::{Item, Lab, skip};
use reload_harness::python::{Discovery, Interpreter, Tag};
use reload_harness::report::sweep::sweep;
use reload_harness::scenario::{Collection, Name, Scenario};
use reload_harness::snapshot::diff::{Difference, group};
use reload_harness::snapshot::{Comparison, Store};
use reload_harness::sweep::{Wishes, sweep_scenario};
use reload_harness::worker::{Cancel, Programs};

/// What all tests share.
struct Bench {
    lab: Lab,
    store: Store,
    present: Vec<Tag>,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let collection = Collection::find(&root.join("scenarios")).expect("scenarios/ can be read");
    let interpreters: Vec<Interpreter> = {
        let discovery = Discovery::of_process();
        discovery.discovered().all().into_iter().map(|found| found.interpreter.clone()).collect()
    };
    let programs = Programs {
        supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
        worker: env!("CARGO_BIN_EXE_reload-worker").into(),
    };
    // The tests themselves are several at a time.
    let lab = Lab::new(programs, Cancel::on_signals().expect("signals can be handled"))
        .expect("there is room for runs")
        .jobs(1);
    let present = interpreters.iter().map(|interpreter| interpreter.tag).collect();
    let bench = Arc::new(Bench { lab, store: Store::new(root.join("tests/sweeps")), present });
    let mut trials = Vec::new();
    // At which places the threads of a job still run is not the same in every run.
    let is_swept = |name: &Name| name.group == "founding" && !name.name.starts_with("sighup");
    for found in collection.scenarios.into_iter().filter(|found| is_swept(&found.name)) {
        let scenario =
            Arc::new(Scenario::load(found.name, &found.path).expect("the founding scenarios are sound"));
        trials.extend(interpreters.iter().map(|interpreter| trial(&bench, &scenario, interpreter)));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The lab's folder is removed by its owner, which `exit()` would not let go.
    drop(bench);
    conclusion.exit_code()
}

fn trial(bench: &Arc<Bench>, scenario: &Arc<Scenario>, interpreter: &Interpreter) -> Trial {
    let (bench, scenario, interpreter) = (Arc::clone(bench), Arc::clone(scenario), interpreter.clone());
    let name = format!("{}@{}", scenario.name.to_string().replace('/', "::"), interpreter.tag);
    Trial::ignorable_test(name, move || {
        if let Some(why) = skip(&scenario, &interpreter) {
            return Ok(Completion::ignored_with(why.to_string()));
        }
        check(&bench, &scenario, &interpreter).map(|()| Completion::Completed)
    })
}

fn check(bench: &Bench, scenario: &Scenario, interpreter: &Interpreter) -> Result<(), Failed> {
    let wishes = Wishes { limit: Duration::from_secs(60), ..Wishes::default() };
    let findings = sweep_scenario(&bench.lab, &Item { scenario, interpreter }, &wishes, &())
        .map_err(|error| error.to_string())?;
    let actual = sweep(&scenario.name.to_string(), Some(scenario), &findings);
    let tag = interpreter.tag;
    let recorded =
        bench.store.record(scenario, tag, &actual, &bench.present).map_err(|error| error.to_string())?;
    let (epoch, expected) = match recorded.comparison {
        Comparison::Equal => return Ok(()),
        Comparison::Differs { expected, epoch } => (Some(epoch), expected),
        Comparison::Missing => (None, String::new()),
    };
    let difference = Difference { scenario: scenario.name.clone(), tag, epoch, expected, actual };
    let diffs: String =
        group(&[difference]).iter().map(|group| group.render("tests/sweeps", false)).collect();
    Err(format!("{diffs}\nif this is right: cargo insta review").into())
}
