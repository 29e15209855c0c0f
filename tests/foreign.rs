//! A program that nobody here wrote: toolz, swept under its own tests, which pytest runs. pip installs both into
//! an environment of the test's own; where it cannot, nothing is tested, and why is printed.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use reload_harness::python::{Discovery, Interpreter};
use serde_json::Value;

const PACKAGES: [&str; 2] = ["toolz==1.0.0", "pytest==8.3.3"];

/// An environment with both packages, or why there is none.
fn environment(folder: &Path) -> Result<PathBuf, String> {
    let discovery = Discovery::of_process();
    let all: Vec<&Interpreter> =
        discovery.discovered().all().into_iter().map(|found| &found.interpreter).collect();
    let base = all.iter().rev().find(|one| (3, 9) <= (one.tag.major, one.tag.minor) && one.tag.major == 3);
    let base = base.ok_or("there is no Python 3.9 or later")?;
    let python = folder.join("env/bin/python");
    let succeeds = |command: &mut Command| {
        let output = command.output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(format!("{command:?}: {said}")) }
    };
    succeeds(Command::new(&base.executable).args(["-m", "venv"]).arg(folder.join("env")))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"];
    succeeds(Command::new(&python).args(pip).args(PACKAGES))?;
    Ok(python)
}

/// What a sweep under the tests in a file found, with its reload before lines of that file.
fn swept(folder: &Path, python: &Path, module: &str, options: &[&str], tests: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_reload-harness"))
        .args(["sweep", "--json", "--timeout", "60", "--python"])
        .arg(python)
        .args(["--reload", module, "--lines"])
        .arg(tests.file_stem().unwrap())
        .args(options)
        .args(["--", "-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .arg(tests)
        .current_dir(folder)
        .output()
        .unwrap();
    finished(&output).unwrap_or_else(|| panic!("{output:#?}"))
}

fn finished(output: &Output) -> Option<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    let mut events = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    events.find(|event| event["event"] == "sweep-finished")
}

/// What the groups of an outcome give.
fn given(found: &Value, outcome: &str) -> String {
    let groups = found["groups"].as_array().unwrap().iter().filter(|group| group["outcome"] == outcome);
    groups.map(|group| group["differences"].to_string()).collect()
}

#[test]
fn the_functions_of_toolz_may_be_reloaded_anywhere_under_its_tests_and_its_classes_may_not() {
    let folder = tempfile::tempdir().unwrap();
    let python = match environment(folder.path()) {
        Ok(python) => python,
        Err(reason) => {
            eprintln!("left out: no environment with {}: {reason}", PACKAGES.join(" and "));
            return;
        }
    };
    let script = "import os, toolz; print(os.path.dirname(toolz.__file__))";
    let output = Command::new(&python).args(["-c", script]).output().unwrap();
    let toolz = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim());
    let tests = toolz.join("tests/test_serialization.py");

    // They are found by their names, and a function that is pickled is found in its module again.
    let sample = ["--budget", "20", "--seed", "1"];
    let functions = swept(folder.path(), &python, "toolz.itertoolz", &sample, &tests);
    assert_eq!(functions["branches"], 20, "{functions:#}");
    let outcomes: Vec<&String> = functions["outcomes"].as_object().unwrap().keys().collect();
    assert_eq!(outcomes, ["safe"], "{functions:#}");

    // What was curried before is an instance of a class that cannot be found any more.
    let classes = swept(folder.path(), &python, "toolz.functoolz", &[], &tests);
    assert_eq!(classes["places"], functions["places"]);
    let (safe, broken) = (&classes["outcomes"]["safe"], &classes["outcomes"]["broken"]);
    assert!(safe.as_u64().unwrap() > 0 && broken.as_u64().unwrap() > 100, "{classes:#}");
    let broken = given(&classes, "broken");
    for test in ["test_curried_qualname", "test_compose", "test_flip"] {
        assert!(broken.contains(&format!("test_serialization.py::{test}")), "{broken}");
    }
}
