//! Leaves the worker's Python symbols to be resolved at run time, and says in one sentence what
//! Windows lacks.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=harness/build.rs");
    let family = env::var("CARGO_CFG_TARGET_FAMILY").unwrap_or_default();
    if !family.split(',').any(|name| name == "unix") {
        println!(
            "cargo::error=reload-harness isolates every run in a fork(2) of a warm interpreter, \
             which this platform does not have; on Windows, build and run it inside WSL"
        );
        return;
    }
    let undefined = match env::var("CARGO_CFG_TARGET_VENDOR").as_deref() {
        Ok("apple") => "-Wl,-undefined,dynamic_lookup",
        _ => "-Wl,--unresolved-symbols=ignore-all",
    };
    println!("cargo::rustc-link-arg-bin=reload-worker={undefined}");
}
