//! A reload at every point of the founding scenarios, on every Python of this machine, each pair a test of
//! its own: `founding::unbound_base_call@cp311`. Of some of them, a reload that fails as well, by kind of fault:
//! `statements::founding::unbound_base_call@cp311`. Left out are allocations, of which each build of a Python
//! makes others. The accepted sweeps are in `tests/sweeps`, by epoch as all snapshots are; one that differs is
//! left pending for `cargo insta review`.

#![allow(clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use reload_harness::lab::{Item, Lab, skip};
use reload_harness::python::{Discovery, Interpreter, Tag};
use reload_harness::report::{reload_faults::reload_faults, sweep::sweep};
use reload_harness::scenario::{Collection, Scenario};
use reload_harness::snapshot::diff::{Difference, group};
use reload_harness::snapshot::{Comparison, Store};
use reload_harness::sweep::{SweepError, Wishes, sweep_reload, sweep_scenario};
use reload_harness::worker::{Cancel, Fault, Programs};

const KINDS: [Fault; 5] = [Fault::Reload, Fault::Statements, Fault::Files, Fault::Interrupts, Fault::Threads];
/// Those whose reload is made to fail; with files, of which there are many, only the first.
const FAILING: [&str; 3] = ["unbound_base_call", "super_two_arguments", "sighup_reconfig"];

/// What all tests share.
struct Bench {
    lab: Lab,
    root: PathBuf,
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
    let bench = Arc::new(Bench { lab, root: root.join("tests/sweeps"), present });
    let mut trials = Vec::new();
    for found in collection.scenarios.into_iter().filter(|found| found.name.group == "founding") {
        let scenario =
            Arc::new(Scenario::load(found.name, &found.path).expect("the founding scenarios are sound"));
        let failing = FAILING.iter().position(|name| *name == scenario.name.name);
        let is_tried = |fault: &Fault| match fault {
            Fault::Reload => true,
            Fault::Files => failing == Some(0),
            _ => failing.is_some(),
        };
        for fault in KINDS.into_iter().filter(is_tried) {
            trials
                .extend(interpreters.iter().map(|interpreter| trial(&bench, &scenario, interpreter, fault)));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The lab's folder is removed by its owner, which `exit()` would not let go.
    drop(bench);
    conclusion.exit_code()
}

fn trial(bench: &Arc<Bench>, scenario: &Arc<Scenario>, interpreter: &Interpreter, fault: Fault) -> Trial {
    let (bench, scenario, interpreter) = (Arc::clone(bench), Arc::clone(scenario), interpreter.clone());
    let mut name = format!("{}@{}", scenario.name.to_string().replace('/', "::"), interpreter.tag);
    if fault != Fault::Reload {
        name = format!("{}::{name}", fault.word());
    }
    Trial::ignorable_test(name, move || {
        if let Some(why) = skip(&scenario, &interpreter) {
            return Ok(Completion::ignored_with(why.to_string()));
        }
        let (told, folder) =
            match told(&bench, &Item { scenario: &scenario, interpreter: &interpreter }, fault) {
                Ok(told) => told,
                Err(SweepError::Refused(reason)) => return Ok(Completion::ignored_with(reason)),
                Err(error) => return Err(error.to_string().into()),
            };
        let store = Store::new(folder);
        compare(&bench, &store, &scenario, interpreter.tag, told).map(|()| Completion::Completed)
    })
}

/// What a sweep tells, and the folder of those of its kind.
fn told(bench: &Bench, item: &Item<'_>, fault: Fault) -> Result<(String, PathBuf), SweepError> {
    let wishes = Wishes { limit: Duration::from_secs(60), fault, ..Wishes::default() };
    let title = item.scenario.name.to_string();
    if fault == Fault::Reload {
        let findings = sweep_scenario(&bench.lab, item, &wishes, &())?;
        return Ok((sweep(&title, Some(item.scenario), &findings), bench.root.clone()));
    }
    let findings = sweep_reload(&bench.lab, item, &wishes, &())?;
    Ok((reload_faults(&title, Some(item.scenario), &findings), bench.root.join(fault.word())))
}

fn compare(
    bench: &Bench,
    store: &Store,
    scenario: &Scenario,
    tag: Tag,
    actual: String,
) -> Result<(), Failed> {
    let recorded = store.record(scenario, tag, &actual, &bench.present).map_err(|error| error.to_string())?;
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
