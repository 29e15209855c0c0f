//! `ci/gate`, as a user's CI calls it, and the example workflow that does.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use tempfile::TempDir;

const SCENARIO: &str = "# One\n\n`foo.py`:\n\n```python\nclass Foo(object):\n    pass\n```\n\n\
    ```pycon\n>>> import foo\n>>> reload(foo)\n```\n";

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn harness() -> &'static str {
    env!("CARGO_BIN_EXE_reload-harness")
}

fn gate(folder: &Path, arguments: &[&str]) -> Assert {
    let mut command = Command::new(repository("ci/gate"));
    command.args(arguments).current_dir(folder).env("RELOAD_HARNESS", harness());
    command.env_remove("RELOAD_HARNESS_PYTHON").assert()
}

fn output(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The last lines on standard error: what to do now.
fn hint(assert: &Assert) -> String {
    let said = output(&assert.get_output().stderr);
    said.split_once("gate: ").map(|(_, hint)| hint.to_owned()).unwrap_or_default()
}

/// Somebody's repository with one accepted scenario.
fn accepted() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("scenarios/mine")).unwrap();
    fs::write(folder.path().join("scenarios/mine/one.md"), SCENARIO).unwrap();
    for arguments in [&["run"][..], &["accept"]] {
        let mut command = Command::new(harness());
        command.args(arguments).current_dir(folder.path()).env_remove("RELOAD_HARNESS_PYTHON");
        command.assert().success();
    }
    folder
}

/// The interpreter that `run` takes, by its path.
fn python() -> String {
    let mut command = Command::new(harness());
    let assert = command.args(["pythons", "--json"]).env_remove("RELOAD_HARNESS_PYTHON").assert().success();
    let lines = output(&assert.get_output().stdout);
    let values = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let chosen = values.into_iter().find(|value| value["chosen"] == true).unwrap();
    chosen["executable"].as_str().unwrap().to_owned()
}

#[test]
fn what_was_accepted_passes_without_a_word_of_advice() {
    let assert = gate(accepted().path(), &["--python", &python()]).code(0);
    assert_eq!(hint(&assert), "");
}

#[test]
fn what_differs_fails_with_the_diff_and_how_to_accept_it() {
    let folder = accepted();
    fs::write(folder.path().join("scenarios/mine/one.md"), format!("{SCENARIO}\n```pycon\n>>> 1 + 1\n```\n"))
        .unwrap();
    let assert = gate(folder.path(), &["--python", &python()]).code(1);
    assert!(output(&assert.get_output().stdout).contains("+>>> 1 + 1"));
    assert!(hint(&assert).contains("reload-harness accept"));
}

#[test]
fn what_was_never_accepted_or_has_no_scenario_fails_as_such() {
    let folder = accepted();
    let scenarios = folder.path().join("scenarios/mine");
    fs::rename(scenarios.join("one.md"), scenarios.join("other.md")).unwrap();
    let assert = gate(folder.path(), &["--python", &python()]).code(4);
    assert!(hint(&assert).contains("old name"));
}

#[test]
fn a_malformed_scenario_fails_as_such() {
    let folder = accepted();
    fs::write(folder.path().join("scenarios/mine/two.md"), "# Two\n\n```toml\npythn = \">=3\"\n```\n")
        .unwrap();
    let assert = gate(folder.path(), &["--python", &python()]).code(3);
    assert!(hint(&assert).contains("line and column"));
}

#[test]
fn a_python_that_is_not_there_fails_as_such() {
    let assert = gate(accepted().path(), &["--python", "3.2"]).code(6);
    assert!(hint(&assert).contains("reload-harness pythons"));
}

#[test]
fn wrong_arguments_fail_as_such() {
    let assert = gate(accepted().path(), &["--pithon", "3"]).code(2);
    assert!(hint(&assert).contains("reload-harness check"));
}

#[test]
fn a_copy_in_another_repository_takes_the_harness_on_the_path_or_says_that_there_is_none() {
    let folder = accepted();
    fs::create_dir(folder.path().join("ci")).unwrap();
    let copy = folder.path().join("ci/gate");
    fs::copy(repository("ci/gate"), &copy).unwrap();
    let call = |path: &str| {
        let mut command = Command::new(&copy);
        command.arg("--help").current_dir(folder.path()).env("PATH", path).env_remove("RELOAD_HARNESS");
        command.assert()
    };
    let beside = Path::new(harness()).parent().unwrap().display();
    let assert = call(&format!("{beside}:/usr/bin:/bin")).code(0);
    assert!(output(&assert.get_output().stdout).contains("Usage: reload-harness check"));
    let assert = call("/usr/bin:/bin").code(127);
    assert!(hint(&assert).contains("There is no reload-harness"));
}

#[test]
fn each_exit_code_of_check_has_a_hint() {
    let gate = fs::read_to_string(repository("ci/gate")).unwrap();
    for exit in reload_harness::cli::Exit::WORST_FIRST {
        // 70 is whatever no other line speaks of.
        let line =
            format!("\n    {})", if exit.code() == 70 { "*".to_owned() } else { exit.code().to_string() });
        assert!(gate.contains(&line), "no hint for {exit:?}");
    }
}

/// The commands of the example workflow, one a line.
fn workflow_commands() -> Vec<String> {
    let workflow = fs::read_to_string(repository("ci/github-workflow.yml")).unwrap();
    assert!(!workflow.contains('\t'), "YAML knows no tabs");
    let run = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ");
        line.strip_prefix("run: ").map(str::to_owned)
    };
    workflow.lines().filter_map(run).collect()
}

#[test]
fn the_workflow_calls_the_gate_with_arguments_that_it_takes() {
    let commands = workflow_commands();
    let [command] = &commands[..] else { panic!("one command, not {commands:?}") };
    let (script, arguments) = command.split_once(' ').unwrap();
    let script = script.strip_prefix(".reload-harness/").unwrap();
    let arguments: Vec<&str> = arguments.split(' ').collect();
    assert_eq!(script, "ci/gate");
    // What is not there is 6, what is not understood is 2.
    let assert = gate(accepted().path(), &arguments);
    let code = assert.get_output().status.code().unwrap();
    assert!([0, 4, 6].contains(&code), "{command}: exit status {code}, {}", hint(&assert));
}

#[test]
fn the_workflow_asks_for_the_pythons_that_it_sets_up() {
    let workflow = fs::read_to_string(repository("ci/github-workflow.yml")).unwrap();
    let (_, after) = workflow.split_once("python-version: |\n").unwrap();
    let set_up: Vec<&str> = after
        .lines()
        .map(str::trim)
        .take_while(|line| line.starts_with(|char: char| char.is_ascii_digit()))
        .collect();
    assert!(set_up.len() > 1, "several Pythons, not {set_up:?}");
    let asked = format!("--python {}", set_up.join(","));
    assert!(workflow_commands()[0].contains(&asked), "{asked}");
}
