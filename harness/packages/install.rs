//! Installs packages with the interpreter's own pip, or with one that is fetched into an environment for
//! the purpose.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::Lacking;
use super::call::call;
use super::said;
use crate::python::Interpreter;
use crate::worker::Cancel;

/// Installs what is required into a folder. What pip says goes to the log.
pub(super) fn install(
    interpreter: &Interpreter,
    requirements: &[String],
    packages: &Path,
    log: &Path,
    cancel: &Cancel,
) -> Result<(), Lacking> {
    let environment = packages.with_file_name("pip");
    let python = with_pip(&interpreter.executable, &environment, log, cancel)?;
    let mut arguments: Vec<&OsStr> = ["pip", "--disable-pip-version-check", "--no-input", "install"]
        .into_iter()
        .chain(["--retries", "1", "--only-binary", ":all:", "--target"])
        .map(OsStr::new)
        .collect();
    arguments.push(packages.as_os_str());
    arguments.extend(requirements.iter().map(OsStr::new));
    let installed = call(&python, &arguments, log, cancel)?;
    let _ = fs::remove_dir_all(environment);
    if installed {
        return Ok(());
    }
    let said = said::reason(&fs::read_to_string(log).unwrap_or_default());
    Err(Lacking::Refused { requirements: requirements.join(", "), said })
}

/// A Python with pip, of the same version: the interpreter itself, or else an environment.
fn with_pip(executable: &Path, environment: &Path, log: &Path, cancel: &Cancel) -> Result<PathBuf, Lacking> {
    if call(executable, &["pip", "--version"].map(OsStr::new), log, cancel)? {
        return Ok(executable.to_owned());
    }
    for module in ["venv", "virtualenv"] {
        let python = environment.join("bin/python");
        if call(executable, &[OsStr::new(module), environment.as_os_str()], log, cancel)? && python.is_file()
        {
            return Ok(python);
        }
        let _ = fs::remove_dir_all(environment);
    }
    let said = said::reason(&fs::read_to_string(log).unwrap_or_default());
    Err(Lacking::NoPip { said })
}
