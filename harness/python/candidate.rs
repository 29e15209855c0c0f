//! Executables that may be a Python: nothing is asked yet.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::environment::{Environment, folders_in};

static PYTHON: LazyLock<Regex> = LazyLock::new(|| {
    #[allow(clippy::expect_used, reason = "a constant, compiled by every test of this file")]
    Regex::new(r"^(?:python(?:[23](?:\.[0-9]+t?)?)?|pypy(?:[23](?:\.[0-9]+)?)?)$").expect("a regex")
});

/// Where an interpreter was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The active virtual environment.
    Active,
    /// A folder of `PATH`.
    Path,
    /// One of pyenv's versions.
    Pyenv,
    /// One that uv installed.
    Uv,
    /// A system folder that `PATH` does not have.
    System,
    /// It was named.
    Named,
}

impl Source {
    /// One word for a table.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Active => "active",
            Source::Path => "PATH",
            Source::Pyenv => "pyenv",
            Source::Uv => "uv",
            Source::System => "system",
            Source::Named => "named",
        }
    }
}

/// An executable that may be a Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    pub(super) source: Source,
    pub(super) kind: Kind,
    /// What two names of one executable have in common.
    identity: PathBuf,
}

/// What sort of executable it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// An interpreter itself.
    Direct,
    /// A script, or a program that chooses an interpreter by the name it is started under: what it
    /// starts may be another one tomorrow.
    Wrapper,
    /// A wrapper of pyenv's.
    Shim {
        /// The root of that pyenv.
        root: PathBuf,
    },
}

impl Candidate {
    pub(super) fn new(path: PathBuf, source: Source) -> Self {
        let real = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        let kind = kind(&path, &real);
        let identity = if kind == Kind::Direct && !is_virtual(&path) { real } else { path.clone() };
        Candidate { path, source, kind, identity }
    }
}

fn kind(path: &Path, real: &Path) -> Kind {
    let name = real.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let mut start = [0; 2];
    let script = File::open(real).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *b"#!";
    let named = name.starts_with("python") || name.starts_with("pypy");
    if named && !script {
        return Kind::Direct;
    }
    match path.parent().filter(|folder| folder.ends_with("shims")).and_then(Path::parent) {
        Some(root) if root.join("versions").is_dir() => Kind::Shim { root: root.to_owned() },
        _ => Kind::Wrapper,
    }
}

fn is_virtual(executable: &Path) -> bool {
    executable.ancestors().skip(1).take(2).any(|folder| folder.join("pyvenv.cfg").is_file())
}

/// All candidates of an environment, in order of priority, no executable twice.
#[derive(Debug)]
pub(super) struct Candidates {
    pub(super) list: Vec<Candidate>,
    /// How many of them, from the first, are what `python3`, or else `python`, means to the user.
    pub(super) defaults: usize,
}

impl Candidates {
    pub(super) fn of(environment: &Environment) -> Self {
        let mut list = Vec::new();
        let mut seen = HashSet::new();
        let mut add = |list: &mut Vec<Candidate>, path: PathBuf, source: Source| {
            let candidate = Candidate::new(path, source);
            // Each version behind a shim is found by itself; only these two say which is current.
            let redundant = matches!(candidate.kind, Kind::Shim { .. })
                && !candidate.path.ends_with("python3")
                && !candidate.path.ends_with("python");
            if !redundant && seen.insert(candidate.identity.clone()) {
                list.push(candidate);
            }
        };
        for path in defaults(environment) {
            add(&mut list, path, Source::Active);
        }
        for name in ["python3", "python"] {
            for folder in &environment.path {
                if let Some(path) = executable(folder, name) {
                    add(&mut list, path, Source::Path);
                }
            }
        }
        let defaults = list.len();
        for folder in &environment.path {
            for path in executables(folder) {
                add(&mut list, path, Source::Path);
            }
        }
        for path in pyenv_roots(environment, &list).iter().flat_map(|root| pyenv_versions(root)) {
            add(&mut list, path, Source::Pyenv);
        }
        for installation in environment.uv.iter().flat_map(|folder| folders_in(folder)) {
            if let Some(path) = python_in(&installation) {
                add(&mut list, path, Source::Uv);
            }
        }
        for path in environment.system.iter().flat_map(|folder| executables(folder)) {
            add(&mut list, path, Source::System);
        }
        Candidates { list, defaults }
    }
}

/// A virtual environment that has lost its Python is named all the same, so that it is told.
fn defaults(environment: &Environment) -> impl Iterator<Item = PathBuf> {
    let python = |root: &PathBuf| python_in(root).unwrap_or_else(|| root.join("bin/python"));
    environment.active.iter().map(python)
}

fn pyenv_roots(environment: &Environment, found: &[Candidate]) -> Vec<PathBuf> {
    let shims = found.iter().filter_map(|candidate| match &candidate.kind {
        Kind::Shim { root } => Some(root.clone()),
        _ => None,
    });
    let mut roots: Vec<PathBuf> = environment.pyenv.iter().cloned().chain(shims).collect();
    let mut seen = HashSet::new();
    roots.retain(|root| seen.insert(root.clone()));
    roots
}

/// Virtual environments among them are not active, and what they are made from is found itself.
fn pyenv_versions(root: &Path) -> Vec<PathBuf> {
    let versions = folders_in(&root.join("versions")).into_iter();
    versions
        .filter(|version| !version.join("pyvenv.cfg").is_file())
        .filter_map(|version| python_in(&version))
        .collect()
}

/// The Python of an installation or virtual environment.
pub(super) fn python_in(root: &Path) -> Option<PathBuf> {
    let folder = root.join("bin");
    let usual = ["python", "python3", "pypy3", "pypy"].iter().find_map(|name| executable(&folder, name));
    usual.or_else(|| executables(&folder).into_iter().next())
}

/// The executable of this name in a folder.
pub(super) fn executable(folder: &Path, name: &str) -> Option<PathBuf> {
    which::which_in(folder.join(name), None::<&str>, folder).ok()
}

/// The executables in a folder that are named as Pythons are, plain names first.
fn executables(folder: &Path) -> Vec<PathBuf> {
    let Ok(found) = which::which_re_in(&*PYTHON, Some(folder)) else { return Vec::new() };
    let mut found: Vec<PathBuf> = found.filter(|path| path.is_file()).collect();
    found.sort_by_cached_key(|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        (name.starts_with("pypy"), name.len(), name)
    });
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use tempfile::TempDir;

    fn put(root: &Path, path: &str, content: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn found(root: &Path, environment: &Environment) -> Vec<String> {
        let candidates = Candidates::of(environment);
        candidates
            .list
            .iter()
            .map(|candidate| {
                let path = candidate.path.strip_prefix(root).unwrap().display();
                format!("{path} {}", candidate.source.as_str())
            })
            .collect()
    }

    fn root() -> (TempDir, PathBuf) {
        let folder = TempDir::new().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        (folder, root)
    }

    #[test]
    fn names_of_pythons_are_known() {
        for name in ["python", "python2", "python2.7", "python3", "python3.13t", "pypy", "pypy3", "pypy3.10"]
        {
            assert!(PYTHON.is_match(name), "{name}");
        }
        for name in ["python3-config", "python3.11-config", "pythonw", "python4", "ipython", "pypy3.10t"] {
            assert!(!PYTHON.is_match(name), "{name}");
        }
    }

    #[test]
    fn what_python3_means_comes_first_and_the_rest_in_order_of_priority() {
        let (_folder, root) = root();
        for path in [
            "venv/bin/python",
            "a/python",
            "a/pypy3",
            "a/python3.12",
            "a/python3.12-config",
            "b/python3",
            "pyenv/versions/3.9.1/bin/python",
            "uv/cpython-3.13/bin/python3.13",
            "uv/.temp/bin/python",
            "system/python2.7",
        ] {
            put(&root, path, path);
        }
        let environment = Environment {
            active: vec![root.join("venv")],
            path: vec![root.join("a"), root.join("missing"), root.join("b")],
            pyenv: Some(root.join("pyenv")),
            uv: Some(root.join("uv")),
            system: vec![root.join("system"), root.join("b")],
            ..Environment::default()
        };
        assert_eq!(
            found(&root, &environment),
            [
                "venv/bin/python active",
                "b/python3 PATH",
                "a/python PATH",
                "a/python3.12 PATH",
                "a/pypy3 PATH",
                "pyenv/versions/3.9.1/bin/python pyenv",
                "uv/cpython-3.13/bin/python3.13 uv",
                "system/python2.7 system",
            ]
        );
        assert_eq!(Candidates::of(&environment).defaults, 3);
    }

    #[test]
    fn one_executable_of_many_names_is_one_candidate_but_a_virtual_environment_is_its_own() {
        let (_folder, root) = root();
        put(&root, "usr/python3.11", "\x7fELF");
        symlink("python3.11", root.join("usr/python3")).unwrap();
        symlink("usr", root.join("bin")).unwrap();
        symlink("nowhere", root.join("usr/python3.9")).unwrap();
        fs::create_dir_all(root.join("venv/bin")).unwrap();
        symlink(root.join("usr/python3"), root.join("venv/bin/python")).unwrap();
        let environment = Environment {
            path: ["venv/bin", "usr", "bin"].map(|folder| root.join(folder)).to_vec(),
            ..Environment::default()
        };
        assert_eq!(found(&root, &environment), ["usr/python3 PATH"]);
        put(&root, "venv/pyvenv.cfg", "home = usr");
        assert_eq!(found(&root, &environment), ["usr/python3 PATH", "venv/bin/python PATH"]);
    }

    #[test]
    fn shims_only_count_where_they_say_what_is_current() {
        let (_folder, root) = root();
        for name in ["python", "python3", "python2.7", "python3.9"] {
            put(&root, &format!("p/shims/{name}"), "#!/bin/sh\n");
        }
        put(&root, "p/versions/2.7.18/bin/python", "");
        put(&root, "p/versions/env/bin/python", "");
        put(&root, "p/versions/env/pyvenv.cfg", "");
        let environment = Environment { path: vec![root.join("p/shims")], ..Environment::default() };
        let expected = ["p/shims/python3 PATH", "p/shims/python PATH", "p/versions/2.7.18/bin/python pyenv"];
        assert_eq!(found(&root, &environment), expected);
    }

    #[test]
    fn a_program_that_goes_by_the_name_it_is_started_under_is_a_wrapper() {
        let (_folder, root) = root();
        put(&root, "tool", "\x7fELF");
        fs::create_dir(root.join("shims")).unwrap();
        for name in ["python", "python3"] {
            symlink(root.join("tool"), root.join("shims").join(name)).unwrap();
        }
        let environment = Environment { path: vec![root.join("shims")], ..Environment::default() };
        let candidates = Candidates::of(&environment);
        assert_eq!(candidates.list.len(), 2);
        assert!(candidates.list.iter().all(|candidate| candidate.kind == Kind::Wrapper));
    }

    #[test]
    fn a_virtual_environment_without_its_python_is_still_named() {
        let (_folder, root) = root();
        let environment = Environment { active: vec![root.join("venv")], ..Environment::default() };
        assert_eq!(found(&root, &environment), ["venv/bin/python active"]);
    }
}
