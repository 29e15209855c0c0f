//! One program without the other: `cargo run` builds `reload-harness` alone.

use std::fs;
use std::process::Command;

use reload_harness::python::{Discovery, Host};

#[test]
fn without_the_worker_beside_it_every_python_is_spawned_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("reload-harness");
    fs::copy(env!("CARGO_BIN_EXE_reload-harness"), &program).unwrap();
    let file = folder.path().join("one.md");
    fs::write(&file, "# One\n\n```pycon\n>>> 6 * 7\n```\n").unwrap();
    let output = Command::new(&program).arg("run").arg(&file).output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    assert!(stdout.contains("    42\n"), "{stdout}");
    let default = Discovery::of_process().default_interpreter().unwrap().interpreter;
    let embeds = matches!(default.host, Host::Embedded { .. });
    assert_eq!(stderr.contains("every Python is spawned"), embeds, "{stderr}");
}
