//! Whether a worker hosts the interpreter that was asked for.

use std::fs;
use std::path::Path;

use super::error::StartError;
use super::listen::Hello;
use crate::python::{Host, Interpreter};

/// "3.11.7" once ran the system's 3.11.2, which has the same soname.
pub(super) fn verify(interpreter: &Interpreter, hello: &Hello) -> Result<(), StartError> {
    let version = hello.version.split_whitespace().next().unwrap_or_default();
    let same_prefix = same_file(&interpreter.base_prefix, Path::new(&hello.prefix));
    let same_library = match (&interpreter.host, &hello.libpython) {
        (Host::Embedded { libpython }, Some(loaded)) => same_file(libpython, Path::new(loaded)),
        (Host::Embedded { .. }, None) => false,
        (Host::Spawned { .. }, _) => true,
    };
    if version.trim_end_matches('+') == interpreter.version.trim_end_matches('+')
        && same_prefix
        && same_library
    {
        return Ok(());
    }
    let library = hello.libpython.as_ref().map(|path| format!(", libpython {path}")).unwrap_or_default();
    Err(StartError::WrongInterpreter {
        executable: interpreter.executable.clone(),
        expected: format!("{} in {}", interpreter.version, interpreter.base_prefix.display()),
        actual: format!("{version} in {}{library}", hello.prefix),
    })
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
