//! `reload-harness`: see [`reload_harness::cli`], and [`reload_harness::worker::supervisor`] for
//! what else this binary is.

use std::env;
use std::process::ExitCode;

use reload_harness::{cli, worker::supervisor};

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    match arguments.next() {
        Some(first) if first == supervisor::COMMAND => supervisor::main(arguments),
        _ => cli::main(),
    }
}
