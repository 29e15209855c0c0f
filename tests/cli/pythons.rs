//! `reload-harness pythons`, as a user runs it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The command with nobody's Pythons but those in `PATH` and the system's folders.
fn pythons(home: &Path, path: &str) -> Command {
    let mut command = Command::cargo_bin("reload-harness").unwrap();
    command.arg("pythons").env("HOME", home).env("PATH", path).env("RELOAD_HARNESS_CACHE_DIR", "");
    for name in [
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "PYENV_ROOT",
        "PYENV_VERSION",
        "UV_PYTHON_INSTALL_DIR",
        "XDG_DATA_HOME",
        "RELOAD_HARNESS_PYTHON",
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "CLICOLOR",
    ] {
        command.env_remove(name);
    }
    command
}

/// Something that says it is a Python of this version.
pub(crate) fn python(path: &Path, version: &str) {
    let home = path.parent().unwrap().display();
    let script = format!(
        "#!/bin/sh\nprintf '\\0reload-harness facts\\0implementation=cpython\\0version={version}\\0\
         executable={}\\0base_prefix={home}\\0home={home}\\0end of facts\\0'\n",
        path.display()
    );
    executable(path, &script);
}

fn executable(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

struct World {
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        python(&folder.path().join("bin/python3"), "3.7.99");
        python(&folder.path().join("bin/python2.7"), "2.7.99");
        python(&folder.path().join("bin/python3.4"), "3.4.10");
        World { folder }
    }

    fn pythons(&self) -> Command {
        pythons(self.folder.path(), self.folder.path().join("bin").to_str().unwrap())
    }

    fn output(&self, arguments: &[&str]) -> String {
        let output = self.pythons().args(arguments).assert().success().get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    }

    fn line(&self, arguments: &[&str], path: &str) -> String {
        let path = self.folder.path().join(path).display().to_string();
        let output = self.output(arguments);
        let line = output.lines().find(|line| line.contains(&format!("{path} ")));
        line.unwrap_or_else(|| panic!("no {path} in\n{output}")).replace(&path, "PATH")
    }
}

fn words(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_python_has_a_line_and_the_default_a_star() {
    let world = World::new();
    assert_eq!(
        words(&world.line(&[], "bin/python3")),
        "* cp37 3.7.99 PATH PATH spawned: CPython 3.7 is older than the stable ABI that PyO3 needs (3.9)"
    );
    assert_eq!(
        words(&world.line(&[], "bin/python2.7")),
        "cp27 2.7.99 PATH PATH spawned: CPython 2.7 is older than the stable ABI that PyO3 needs (3.9)"
    );
}

#[test]
fn an_unusable_one_says_why() {
    let world = World::new();
    let output = world.output(&[]);
    let (_, unusable) = output.split_once("\nunusable:\n").unwrap();
    assert!(unusable.contains("bin/python3.4  Python 3.4.10 is too old"), "{output}");
}

#[test]
fn the_star_follows_what_is_asked_for() {
    let world = World::new();
    assert!(world.line(&["--python", "2.7"], "bin/python2.7").starts_with("*  cp27"));
    assert!(world.line(&["--python", "2.7"], "bin/python3").starts_with("   cp37"));
    let both = ["-p", "2.7,3.7"];
    assert!(world.line(&both, "bin/python2.7").starts_with('*'));
    assert!(world.line(&both, "bin/python3").starts_with('*'));
    let output = world.pythons().env("RELOAD_HARNESS_PYTHON", "2.7").assert().success();
    let output = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(output.contains("\n*  cp27"), "{output}");
}

#[test]
fn json_is_one_object_a_line() {
    let world = World::new();
    let output = world.output(&["--json"]);
    let lines: Vec<Value> = output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let at = |path: &str| {
        let path = world.folder.path().join(path).display().to_string();
        lines.iter().find(|line| line["executable"] == path.as_str()).unwrap()
    };
    let python = at("bin/python3");
    assert_eq!(python["event"], "python");
    assert_eq!(python["schema"], 1);
    assert_eq!(python["tag"], "cp37");
    assert_eq!(python["version"], "3.7.99");
    assert_eq!(python["host"], "spawned");
    assert_eq!(python["chosen"], true);
    assert_eq!(python["of_tag"], true);
    assert_eq!(at("bin/python2.7")["chosen"], false);
    assert_eq!(at("bin/python3.4")["event"], "unusable-python");
}

#[test]
fn colours_are_for_terminals_and_for_those_who_insist() {
    let world = World::new();
    assert!(!world.output(&[]).contains('\u{1b}'));
    assert!(world.output(&["--color", "always"]).contains('\u{1b}'));
    let forced = world.pythons().env("CLICOLOR_FORCE", "1").assert().success();
    assert!(forced.get_output().stdout.contains(&0x1b));
}

#[test]
fn a_python_that_is_not_there_is_exit_code_6_with_advice() {
    let world = World::new();
    let assert = world.pythons().args(["--python", "3.3"]).assert().code(6);
    let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(error.starts_with("error: no Python 3.3 found; found 2.7.99, "), "{error}");
    assert!(error.contains("; try --python cp3"), "{error}");
}

#[test]
fn what_is_no_python_is_wrong_usage() {
    let world = World::new();
    let assert = world.pythons().args(["--python", "pypi"]).assert().code(2);
    let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(error.contains("did you mean `pypy`?"), "{error}");
}

#[test]
fn whoever_stops_reading_gets_no_panic() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let world = World::new();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_reload-harness"))
        .arg("pythons")
        .env("HOME", world.folder.path())
        .env("RELOAD_HARNESS_CACHE_DIR", "")
        .stdout(writer)
        .stderr(std::process::Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(74));
}

#[test]
fn help_has_examples_and_the_exit_codes() {
    let help = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("reload-harness").unwrap();
        let assert = command.args(arguments).assert().success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    };
    let (short, long) = (help(&["-h"]), help(&["--help"]));
    assert!(short.contains("Examples:") && !short.contains("Exit codes:"), "{short}");
    assert!(long.contains("Examples:") && long.contains("\n    6  no interpreter"), "{long}");
    assert!(help(&["run", "--help"]).contains("RELOAD_HARNESS_PYTHON"));
}

/// The real machine, whatever is on it.
#[test]
fn this_machine_has_at_least_one_python_and_one_is_used() {
    let mut command = Command::cargo_bin("reload-harness").unwrap();
    let assert = command.args(["pythons", "--json"]).env_remove("RELOAD_HARNESS_PYTHON").assert().success();
    let output = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let lines: Vec<Value> = output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let chosen = lines.iter().filter(|line| line["chosen"] == true).count();
    assert_eq!(chosen, 1, "{output}");
}
