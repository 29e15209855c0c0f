//! Every scenario of this repository on every Python of this machine, each pair a test of its own:
//! `founding::unbound_base_call@cp311`. A report that is not the accepted one fails, and is left
//! pending for `cargo insta review` or `reload-harness accept`.

#![allow(clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use reload_harness::catalogue::{self, Entry};
use reload_harness::lab::{Item, Lab, RunError, skip};
use reload_harness::oracle;
use reload_harness::python::{Discovery, Interpreter, Tag};
use reload_harness::report::{Report, text};
use reload_harness::scenario::{Collection, Found, Name, Scenario, Stray};
use reload_harness::snapshot::diff::{Difference, group};
use reload_harness::snapshot::{Comparison, Store};
use reload_harness::trace::Surroundings;
use reload_harness::worker::{Cancel, Programs};
use similar::TextDiff;

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
    let lab = Lab::new(programs, Cancel::on_signals().expect("signals can be handled"))
        .expect("there is room for runs");
    let store = Store::new(root.join("snapshots"));
    let present = interpreters.iter().map(|interpreter| interpreter.tag).collect();
    let bench = Arc::new(Bench { lab, store, present });

    let page = root.join("scenarios/README.md");
    let mut trials =
        vec![at_least_one(&interpreters), no_stray(&collection), contents(&bench, &collection, page)];
    for found in collection.scenarios {
        match Scenario::load(found.name.clone(), &found.path) {
            Ok(scenario) => {
                let scenario = Arc::new(scenario);
                trials.extend(interpreters.iter().map(|interpreter| trial(&bench, &scenario, interpreter)));
            }
            Err(problems) => trials
                .push(Trial::test(test_name(&found.name), move || Err(Failed::from(problems.render(false))))),
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The lab's folder is removed by its owner, which `exit()` would not let go.
    drop(bench);
    conclusion.exit_code()
}

/// Without any Python, all that follows would pass.
fn at_least_one(interpreters: &[Interpreter]) -> Trial {
    let tags: BTreeSet<String> = interpreters.iter().map(|interpreter| interpreter.tag.to_string()).collect();
    Trial::test("there_is_a_python", move || {
        if tags.is_empty() { Err("no Python was found on this machine".into()) } else { Ok(()) }
    })
}

/// What no scenario uses was perhaps meant as one.
fn no_stray(collection: &Collection) -> Trial {
    let told = |stray: &Stray| format!("{}: {}\n", stray.path.display(), stray.why);
    let strays: String = collection.strays.iter().map(told).collect();
    Trial::test("every_file_belongs_to_a_scenario", move || {
        if strays.is_empty() { Ok(()) } else { Err(strays.into()) }
    })
}

/// The table of contents is generated from what else is there.
fn contents(bench: &Arc<Bench>, collection: &Collection, page: PathBuf) -> Trial {
    let (bench, found) = (Arc::clone(bench), collection.scenarios.clone());
    Trial::test("the_table_of_contents_is_up_to_date", move || {
        let mut entries = Vec::new();
        for Found { name, path } in found {
            // One that is malformed fails by itself.
            if let Ok(scenario) = Scenario::load(name, &path) {
                let epochs = bench.store.load(&scenario.name)?.accepted;
                entries.push(Entry { scenario, epochs });
            }
        }
        let old = fs::read_to_string(page)?;
        let new = catalogue::placed(Some(&old), &catalogue::contents(&entries))?;
        if old == new {
            return Ok(());
        }
        let diff = TextDiff::from_lines(&old, &new);
        let diff = diff.unified_diff().header("scenarios/README.md", "as it would be").to_string();
        Err(format!("{diff}\nto bring it up to date: cargo run -- contents").into())
    })
}

fn test_name(name: &Name) -> String {
    name.to_string().replace('/', "::")
}

fn trial(bench: &Arc<Bench>, scenario: &Arc<Scenario>, interpreter: &Interpreter) -> Trial {
    let (bench, scenario, interpreter) = (Arc::clone(bench), Arc::clone(scenario), interpreter.clone());
    let name = format!("{}@{}", test_name(&scenario.name), interpreter.tag);
    Trial::ignorable_test(name, move || {
        if let Some(why) = skip(&scenario, &interpreter) {
            return Ok(Completion::ignored_with(why.to_string()));
        }
        check(&bench, &scenario, &interpreter)
    })
}

fn check(bench: &Bench, scenario: &Scenario, interpreter: &Interpreter) -> Result<Completion, Failed> {
    let held = oracle::Trial::hold(&bench.lab, &Item { scenario, interpreter }, &[]);
    let oracle::Trial { play, judgement } = match held {
        Ok(trial) => trial,
        Err(RunError::Lacking(why)) => return Ok(Completion::ignored_with(why.to_string())),
        Err(error) => return Err(error.to_string().into()),
    };
    let surroundings = Surroundings::of(&play, interpreter, false);
    let report = Report::new(scenario, &play, &surroundings).judged(judgement);
    // What a snapshot says can be accepted in haste; that a control is clean cannot.
    if scenario.name.group == "controls" && !report.tally().is_clean() {
        return Err(format!("a control is not the same as a restart:\n{}", text(&report)).into());
    }
    let actual = text(&report);
    let tag = interpreter.tag;
    let recorded =
        bench.store.record(scenario, tag, &actual, &bench.present).map_err(|error| error.to_string())?;
    let (epoch, expected) = match recorded.comparison {
        Comparison::Equal => return Ok(Completion::Completed),
        Comparison::Differs { expected, epoch } => (Some(epoch), expected),
        Comparison::Missing => (None, String::new()),
    };
    let difference = Difference { scenario: scenario.name.clone(), tag, epoch, expected, actual };
    let diffs: String = group(&[difference]).iter().map(|group| group.render("snapshots", false)).collect();
    Err(format!("{diffs}\nif this is right: cargo insta review, or cargo run -- accept {}", scenario.name)
        .into())
}
