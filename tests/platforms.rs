//! What the build script says on platforms that this machine is not.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// The build script, compiled as cargo compiles it, and started as cargo starts it for a target.
struct BuildScript {
    folder: TempDir,
}

impl BuildScript {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let output = Command::new(rustc)
            .args(["--edition", "2024", "--crate-name", "build", "-o"])
            .arg(folder.path().join("build"))
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("harness/build.rs"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { folder }
    }

    fn say(&self, family: &str, vendor: &str) -> String {
        let output = Command::new(self.folder.path().join("build"))
            .env("CARGO_CFG_TARGET_FAMILY", family)
            .env("CARGO_CFG_TARGET_VENDOR", vendor)
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    }
}

fn link_argument(said: &str) -> Option<&str> {
    said.lines().find_map(|line| line.strip_prefix("cargo::rustc-link-arg-bin=reload-worker="))
}

#[test]
fn windows_says_in_one_sentence_what_it_lacks() {
    let said = BuildScript::new().say("windows", "pc");
    let errors: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("cargo::error=")).collect();
    let [error] = errors[..] else { panic!("one error, not\n{said}") };
    assert!(error.contains("fork(2)") && error.contains("WSL"), "{error}");
    assert_eq!(link_argument(&said), None);
}

#[test]
fn a_platform_of_no_family_is_told_the_same() {
    let said = BuildScript::new().say("wasm", "unknown");
    assert!(said.contains("cargo::error=") && said.contains("fork(2)"), "{said}");
}

#[test]
fn the_worker_is_linked_with_symbols_left_open_in_each_linkers_own_words() {
    let script = BuildScript::new();
    for (vendor, expected) in [
        ("apple", "-Wl,-undefined,dynamic_lookup"),
        ("unknown", "-Wl,--unresolved-symbols=ignore-all"),
        ("pc", "-Wl,--unresolved-symbols=ignore-all"),
    ] {
        let said = script.say("unix", vendor);
        assert_eq!(link_argument(&said), Some(expected), "{said}");
        assert!(!said.contains("cargo::error"), "{said}");
    }
}
