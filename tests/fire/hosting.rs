//! Workers that do not start, host the wrong thing or lose their supervisor.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reload_harness::lab::{Item, Lab, RunError};
use reload_harness::python::{Host, Interpreter};
use reload_harness::worker::{Cancel, Ending, Programs, StartError};
use tempfile::TempDir;

use crate::ground::{ALL, Ground, assert_sound, is_embedded, limited, modes, programs, sound, two};

/// Why there is no worker; nothing may be left of the attempt.
fn refused(programs: Programs, python: &Interpreter) -> StartError {
    let lab = Lab::new(programs, Cancel::new().unwrap()).unwrap();
    match lab.play(&Item { scenario: &sound(), interpreter: python }) {
        Err(RunError::Start(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn script(content: &str) -> (TempDir, Interpreter) {
    let folder = TempDir::new().unwrap();
    let executable = folder.path().join("python");
    fs::write(&executable, content).unwrap();
    fs::set_permissions(&executable, fs::Permissions::from_mode(0o755)).unwrap();
    let host = Host::Spawned { reason: "to try".to_owned() };
    (folder, Interpreter { executable, host, ..two()[0].clone() })
}

#[test]
fn an_interpreter_of_another_version_is_not_taken() {
    for python in two() {
        let other = Interpreter { version: "3.99.0".to_owned(), ..python.clone() };
        let error = refused(programs(), &other);
        assert!(matches!(error, StartError::WrongInterpreter { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains(&format!("hosts {} in ", python.version)), "{text}");
        assert!(text.contains("instead of 3.99.0 in "), "{text}");
    }
}

#[test]
fn an_interpreter_of_another_prefix_is_not_taken() {
    for python in two() {
        let other = Interpreter { base_prefix: "/nowhere".into(), ..python.clone() };
        let error = refused(programs(), &other);
        assert!(matches!(error, StartError::WrongInterpreter { .. }), "{error}");
    }
}

#[test]
fn a_library_of_another_interpreter_is_not_taken() {
    let embedded: Vec<_> = ALL.iter().filter(|python| is_embedded(python)).collect();
    let [one, other, ..] = embedded[..] else {
        return println!("skipped: this machine has no two Pythons that are embedded");
    };
    let mixed = Interpreter { host: other.host.clone(), ..one.clone() };
    let error = refused(programs(), &mixed);
    // It hosts the other one, or finds no standard library that it can use.
    assert!(matches!(error, StartError::WrongInterpreter { .. } | StartError::NotReady { .. }), "{error}");
}

#[test]
fn a_worker_that_ends_before_it_is_ready_is_told_with_what_it_wrote() {
    let (_folder, python) = script("#!/bin/sh\necho 'no such thing' >&2\nexit 3\n");
    let StartError::NotReady { stderr, .. } = refused(programs(), &python) else { panic!() };
    assert_eq!(stderr, "no such thing\n");
}

#[test]
fn an_executable_that_is_gone_is_told() {
    let (folder, python) = script("");
    drop(folder);
    let StartError::NotReady { stderr, .. } = refused(programs(), &python) else { panic!() };
    assert!(stderr.contains("failed to start") && stderr.contains("ENOENT"), "{stderr}");
}

#[test]
fn a_program_that_is_gone_is_told() {
    let nowhere = Programs { supervisor: "/nowhere/reload-harness".into(), ..programs() };
    let error = refused(nowhere, two()[0]);
    assert!(matches!(error, StartError::System { .. }), "{error}");
}

#[test]
fn a_worker_that_never_gets_ready_ends_with_the_harness() {
    let (folder, python) = script("#!/bin/sh\necho on > \"$0.started\"\nexec sleep 3600\n");
    let cancel = Cancel::new().unwrap();
    let lab = Lab::new(programs(), cancel.clone()).unwrap();
    let case = sound();
    std::thread::scope(|scope| {
        let play = scope.spawn(|| lab.play(&Item { scenario: &case, interpreter: &python }));
        while !folder.path().join("python.started").exists() {
            std::thread::yield_now();
        }
        cancel.cancel();
        assert!(play.join().unwrap().is_err_and(|error| error.is_interruption()));
    });
    assert_eq!(crate::ground::processes_of(folder.path()), Vec::<String>::new());
}

/// The process of a supervisor, as the machine knows it.
fn supervisor_of(root: &Path) -> Option<Pid> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let mut supervisors = entries.filter_map(|entry| {
        let command = String::from_utf8_lossy(&fs::read(entry.path().join("cmdline")).ok()?).into_owned();
        let is = command.contains("\0__supervise\0") && command.contains(&*root.to_string_lossy());
        is.then(|| entry.file_name().to_str()?.parse().ok().map(Pid::from_raw))?
    });
    supervisors.next()
}

#[test]
fn a_supervisor_that_is_killed_leaves_no_worker() {
    let told = TempDir::new().unwrap();
    for python in two() {
        for mode in modes() {
            let path = told.path().join("here");
            // Without a namespace its run is missed only at its time limit.
            let case = limited(
                1.0,
                &format!(
                    "import os, time\nprint('kept')\nn = open('{0}.new', 'w').write(os.getcwd())\nos.rename('{0}.new', '{0}')\ntime.sleep(60)",
                    path.display()
                ),
            );
            let mut ground = Ground::new(python, *mode);
            let plays = std::thread::scope(|scope| {
                let plays = scope.spawn(|| ground.play(&[&case, &sound()]));
                let workspace = loop {
                    match fs::read_to_string(&path) {
                        Ok(workspace) => break workspace,
                        Err(_) => std::thread::yield_now(),
                    }
                };
                let root = Path::new(&workspace).ancestors().nth(2).unwrap();
                kill(supervisor_of(root).unwrap(), Signal::SIGKILL).unwrap();
                plays.join().unwrap()
            });
            fs::remove_file(&path).unwrap();
            assert_eq!(plays[0].ending, Ending::KilledWorker, "{:?}", plays[0]);
            assert_eq!(plays[0].steps[1].output.stdout, b"kept\n");
            assert_sound(&plays[1]);
        }
    }
}
