//! Faults of a reload in programs that reload by themselves, on every Python of this machine.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use reload_harness::lab::Lab;
use reload_harness::python::{Discovery, Interpreter};
use reload_harness::report::reload_faults::reload_faults;
use reload_harness::sweep::{FaultFindings, Outcome, SweepError, Task, Wishes, sweep_program_reload};
use reload_harness::worker::{Cancel, Fault, Main, Program, Programs};

const SHOP: &str = "PRICES = {}\nPRICES['tea'] = 2\n\n\ndef price(name):\n    return PRICES[name]\n";
const EDITED: &str = "PRICES = {}\nPRICES['tea'] = 3\n\n\ndef price(name):\n    return PRICES[name]\n";
/// A service that goes on with what it has where a reload fails.
const SERVE: &str = "import sys\ntry:\n    from importlib import reload\nexcept ImportError:\n    pass\nimport shop\n\
                     print(shop.price('tea'))\ntry:\n    reload(shop)\nexcept Exception:\n    \
                     print('goes on')\nprint(shop.price('tea'))\n";

/// Sweeps `serve.py` in a folder of its own.
fn each(
    fault: Fault,
    serve: &str,
    edits: &[&str],
    mut look: impl FnMut(&Interpreter, &Path, Result<FaultFindings, SweepError>),
) {
    let programs = Programs {
        supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
        worker: env!("CARGO_BIN_EXE_reload-worker").into(),
    };
    let lab = Lab::new(programs, Cancel::new().unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("shop.py"), SHOP).unwrap();
    fs::write(folder.path().join("serve.py"), serve).unwrap();
    let program = Program {
        main: Main::Script("serve.py".into()),
        arguments: Vec::new(),
        folder: folder.path().to_owned(),
        edits: edits.iter().map(|source| ("shop".to_owned(), source.as_bytes().to_vec())).collect(),
        edited: false,
    };
    let task = Task { program, command: "serve.py".to_owned(), limit: Duration::from_secs(60) };
    let wishes = Wishes {
        modules: vec!["shop".to_owned()],
        limit: Duration::from_secs(30),
        fault,
        ..Wishes::default()
    };
    let discovery = Discovery::of_process();
    let discovered = discovery.discovered();
    assert!(!discovered.all().is_empty(), "no Python found");
    for found in discovered.all() {
        let findings = sweep_program_reload(&lab, &found.interpreter, &task, &wishes, &());
        if let Ok(findings) = &findings {
            println!("{}: {}", found.interpreter.tag, reload_faults("serve.py", None, findings));
        }
        look(&found.interpreter, folder.path(), findings);
    }
}

/// What comes of a fault on a line: by outcome, what the program says then, and whether one more reload heals it.
fn on_line(findings: &FaultFindings, line: usize) -> (Outcome, Vec<String>, bool) {
    let is_there = |tried: &&reload_harness::sweep::Tried| {
        let place = &findings.places.spots[tried.spot].place;
        place.line == line && place.function == "<module>"
    };
    let effect = &findings.places.effects[findings.places.tried.iter().find(is_there).unwrap().effect];
    let given = effect.then.differences.iter().flat_map(|difference| difference.given.clone());
    (effect.then.outcome, given.collect(), effect.heals())
}

#[test]
fn a_program_whose_own_reload_raises_goes_on_with_half_a_module() {
    each(Fault::Statements, SERVE, &[], |interpreter, _, findings| {
        let findings = findings.unwrap();
        assert_eq!((findings.places.met, &*findings.module), (4, "shop"), "{}", interpreter.tag);
        let (outcome, given, heals) = on_line(&findings, 2);
        assert_eq!(outcome, Outcome::Broken, "{}", interpreter.tag);
        assert!(given.iter().any(|line| line.starts_with("KeyError")), "{given:?}");
        assert!(heals);
        // It says that it goes on, which the untouched run does not.
        assert_eq!(on_line(&findings, 1).0, Outcome::Mixed);
    });
}

#[test]
fn a_program_gets_its_new_source_with_its_own_reload() {
    each(Fault::Interrupts, SERVE, &[EDITED], |interpreter, folder, findings| {
        let findings = findings.unwrap();
        let (outcome, given, _) = on_line(&findings, 5);
        // Ctrl-C is no `Exception`, and ends the program.
        assert_eq!(outcome, Outcome::Broken, "{}: {given:?}", interpreter.tag);
        assert!(findings.places.effects.iter().all(reload_harness::sweep::FaultEffect::heals));
        assert_eq!(fs::read_to_string(folder.join("shop.py")).unwrap(), SHOP);
    });
}

#[test]
fn the_files_of_a_program_are_left_as_they_are_and_only_the_calls_on_them_fail() {
    each(Fault::Files, SERVE, &[], |interpreter, folder, findings| {
        match findings {
            Ok(findings) => {
                assert!(interpreter.tag.major == 3 && findings.places.met > 5, "{findings:#?}");
                let names: Vec<&str> = findings.places.spots.iter().map(|spot| &*spot.place.file).collect();
                assert!(names.contains(&"<open shop.py: EIO>"), "{names:?}");
                assert!(findings.note.unwrap().contains("in scenarios only"));
            }
            Err(error) => {
                assert_eq!(interpreter.tag.major, 2);
                assert!(error.to_string().contains("2.7"), "{error}");
            }
        }
        assert_eq!(fs::read_to_string(folder.join("shop.py")).unwrap(), SHOP);
    });
}

#[test]
fn a_program_that_does_not_reload_by_itself_has_nothing_that_could_fail() {
    each(Fault::Statements, "import shop\nprint(shop.price('tea'))\n", &[], |_, _, findings| {
        let told = findings.unwrap_err().to_string();
        assert!(told.contains("does not reload shop by itself"), "{told}");
    });
}

#[test]
fn a_program_has_no_next_call_that_another_thread_could_make() {
    each(Fault::Threads, SERVE, &[], |_, _, findings| {
        assert!(findings.unwrap_err().to_string().contains("no transcript"));
    });
}
