//! Where a user's Pythons may be.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The places in which Pythons are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// Active virtual environments, the one that counts first: `VIRTUAL_ENV`, `CONDA_PREFIX`.
    pub active: Vec<PathBuf>,
    /// The folders of `PATH`.
    pub path: Vec<PathBuf>,
    /// The root of pyenv, with `versions` in it.
    pub pyenv: Option<PathBuf>,
    /// Where uv keeps the Pythons it installs.
    pub uv: Option<PathBuf>,
    /// The system's folders of executables.
    pub system: Vec<PathBuf>,
    /// The working directory, from which pyenv looks for `.python-version`.
    pub working: PathBuf,
    /// `PYENV_VERSION`.
    pub pyenv_version: Option<OsString>,
}

impl Environment {
    /// The one of this process.
    pub fn of_process() -> Self {
        let home = etcetera::home_dir().ok();
        let working = env::current_dir().unwrap_or_default();
        let system = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map(PathBuf::from);
        let mut environment = Self::from_variables(|name| env::var_os(name), home.as_deref(), &working);
        environment.system = system.into_iter().chain(frameworks()).collect();
        environment
    }

    /// The one that these variables describe; no system folders.
    pub fn from_variables(
        variable: impl Fn(&str) -> Option<OsString>,
        home: Option<&Path>,
        working: &Path,
    ) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let folder = |name: &str| set(name).map(|value| working.join(value));
        // Conda's base is active in every shell of many users, who did not ask for it; where it
        // is meant, PATH says so as well.
        let conda_base = set("CONDA_DEFAULT_ENV").is_some_and(|name| name == "base" || name == "root");
        let conda = folder("CONDA_PREFIX").filter(|_| !conda_base);
        let data = folder("XDG_DATA_HOME").or_else(|| home.map(|home| home.join(".local/share")));
        let path = set("PATH");
        Environment {
            active: folder("VIRTUAL_ENV").into_iter().chain(conda).collect(),
            path: path.iter().flat_map(env::split_paths).map(|folder| working.join(folder)).collect(),
            pyenv: folder("PYENV_ROOT").or_else(|| home.map(|home| home.join(".pyenv"))),
            uv: folder("UV_PYTHON_INSTALL_DIR").or_else(|| data.map(|data| data.join("uv/python"))),
            system: Vec::new(),
            working: working.to_owned(),
            pyenv_version: set("PYENV_VERSION"),
        }
    }
}

/// Where the installers of python.org put it on macOS.
fn frameworks() -> Vec<PathBuf> {
    folders_in(Path::new("/Library/Frameworks/Python.framework/Versions"))
        .into_iter()
        .map(|version| version.join("bin"))
        .collect()
}

/// The folders in a folder, hidden ones left out, in the order of their names; none where it
/// cannot be read.
pub(super) fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let hidden =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let mut folders: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| !hidden(path) && path.is_dir())
        .collect();
    folders.sort();
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let get = |name: &str| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        };
        Environment::from_variables(get, Some(Path::new("/home/ada")), Path::new("/project"))
    }

    #[test]
    fn with_nothing_set_the_usual_places_remain() {
        let environment = environment(&[]);
        assert!(environment.active.is_empty());
        assert_eq!(environment.pyenv, Some(PathBuf::from("/home/ada/.pyenv")));
        assert_eq!(environment.uv, Some(PathBuf::from("/home/ada/.local/share/uv/python")));
    }

    #[test]
    fn variables_name_other_places() {
        let environment = environment(&[
            ("VIRTUAL_ENV", "venv"),
            ("CONDA_PREFIX", "/opt/conda/envs/x"),
            ("CONDA_DEFAULT_ENV", "x"),
            ("PYENV_ROOT", "/opt/pyenv"),
            ("XDG_DATA_HOME", "/data"),
            ("PATH", "/usr/bin::bin"),
        ]);
        assert_eq!(environment.active, [PathBuf::from("/project/venv"), PathBuf::from("/opt/conda/envs/x")]);
        assert_eq!(environment.pyenv, Some(PathBuf::from("/opt/pyenv")));
        assert_eq!(environment.uv, Some(PathBuf::from("/data/uv/python")));
        assert_eq!(environment.path, ["/usr/bin", "/project/", "/project/bin"].map(PathBuf::from));
    }

    #[test]
    fn uv_has_a_variable_of_its_own() {
        let environment = environment(&[("XDG_DATA_HOME", "/data"), ("UV_PYTHON_INSTALL_DIR", "/uv")]);
        assert_eq!(environment.uv, Some(PathBuf::from("/uv")));
    }

    #[test]
    fn the_base_of_conda_is_not_an_active_environment() {
        let environment = environment(&[("CONDA_PREFIX", "/opt/conda"), ("CONDA_DEFAULT_ENV", "base")]);
        assert!(environment.active.is_empty());
    }

    #[test]
    fn an_empty_variable_is_as_good_as_none() {
        let environment = environment(&[("VIRTUAL_ENV", ""), ("PYENV_ROOT", "")]);
        assert!(environment.active.is_empty());
        assert_eq!(environment.pyenv, Some(PathBuf::from("/home/ada/.pyenv")));
    }
}
