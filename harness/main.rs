//! `reload-harness`: see [`reload_harness::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    reload_harness::cli::main()
}
