//! Discovery in made-up environments, and on the machine at hand.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::*;

/// A folder with made-up Pythons: shell scripts that answer as one would.
struct World {
    root: PathBuf,
    environment: Environment,
    _folder: TempDir,
}

impl World {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        let environment = Environment {
            path: vec![root.join("bin")],
            pyenv: Some(root.join("pyenv")),
            working: root.clone(),
            ..Environment::default()
        };
        World { root, environment, _folder: folder }
    }

    fn script(&self, path: &str, body: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A Python that says it is `version`, installed in `home`; it notes each time it is asked.
    fn python(&self, path: &str, version: &str, home: &str) {
        let root = self.root.display();
        let fields = [
            "\\0reload-harness facts".to_owned(),
            "implementation=cpython".to_owned(),
            format!("version={version}"),
            format!("executable={root}/{path}"),
            format!("base_prefix={root}/{home}"),
            format!("home={root}/{home}"),
            "end of facts\\0".to_owned(),
        ];
        self.script(path, &format!("echo {path} >> {root}/asked\nprintf '{}'", fields.join("\\0")));
    }

    fn asked(&self) -> usize {
        fs::read_to_string(self.root.join("asked")).map_or(0, |text| text.lines().count())
    }

    fn discovery(&self) -> Discovery {
        Discovery::new(self.environment.clone(), Memory::default())
    }

    fn found(&self, discovery: &Discovery) -> Vec<String> {
        discovery.discovered().found.iter().map(|found| self.show(found)).collect()
    }

    fn show(&self, found: &Found) -> String {
        let Interpreter { tag, version, executable, .. } = &found.interpreter;
        format!("{tag} {version} {}", executable.strip_prefix(&self.root).unwrap().display())
    }

    fn unusable(&self, discovery: &Discovery) -> Vec<String> {
        let show = |unusable: &Unusable| {
            format!("{} {}", unusable.path.strip_prefix(&self.root).unwrap().display(), unusable.why)
        };
        discovery.discovered().unusable.iter().map(show).collect()
    }
}

#[test]
fn usable_ones_are_found_and_the_others_say_why_they_are_not() {
    let world = World::new();
    world.python("bin/python3", "3.11.7", "usr");
    world.python("bin/python2.7", "2.7.18", "usr");
    world.python("bin/python3.5", "3.5.2", "usr");
    world.script("bin/python3.8", "exec sleep 600");
    world.script("bin/python3.9", "echo Python 3.9, at your service");
    world.script("bin/python3.10", "echo 'no such version' >&2; exit 1");
    let discovery = world.discovery().with_limit(Duration::from_secs(3));
    assert_eq!(world.found(&discovery), ["cp311 3.11.7 bin/python3", "cp27 2.7.18 bin/python2.7"]);
    assert_eq!(
        world.unusable(&discovery),
        [
            "bin/python3.5 Python 3.5.2 is too old: the oldest that work are 2.7 and 3.6",
            "bin/python3.8 gave no answer within 3 s",
            "bin/python3.9 answered, but not with facts of a Python: Python 3.9, at your service",
            "bin/python3.10 ended with status 1, and said: no such version",
        ]
    );
}

#[test]
fn one_installation_under_many_names_is_found_once_under_the_first() {
    let world = World::new();
    world.python("venv/bin/python", "3.11.7", "usr");
    world.python("bin/python3", "3.11.7", "usr");
    world.python("bin/python3.11", "3.11.7", "opt");
    let mut discovery = world.discovery();
    assert_eq!(world.found(&discovery), ["cp311 3.11.7 bin/python3", "cp311 3.11.7 bin/python3.11"]);
    discovery = Discovery::new(
        Environment { active: vec![world.root.join("venv")], ..world.environment.clone() },
        Memory::default(),
    );
    assert_eq!(world.found(&discovery), ["cp311 3.11.7 venv/bin/python", "cp311 3.11.7 bin/python3.11"]);
}

#[test]
fn a_shim_stands_for_the_interpreter_behind_it() {
    let world = World::new();
    world.python("pyenv/versions/3.9.18/bin/python", "3.9.18", "pyenv/versions/3.9.18");
    world.python("pyenv/versions/3.12.1/bin/python", "3.12.1", "pyenv/versions/3.12.1");
    let python = world.root.join("pyenv/versions/3.9.18/bin/python");
    world.script("pyenv/shims/python3", &format!("exec {} \"$@\"", python.display()));
    world.script("pyenv/shims/python", "echo 'pyenv: python: command not found' >&2; exit 127");
    world.script("pyenv/shims/python2.7", "echo 'never asked'");
    let environment = Environment { path: vec![world.root.join("pyenv/shims")], ..world.environment.clone() };
    let discovery = Discovery::new(environment, Memory::default());
    assert_eq!(
        world.show(&discovery.default_interpreter().unwrap()),
        "cp39 3.9.18 pyenv/versions/3.9.18/bin/python"
    );
    assert_eq!(
        world.found(&discovery),
        ["cp39 3.9.18 pyenv/versions/3.9.18/bin/python", "cp312 3.12.1 pyenv/versions/3.12.1/bin/python"]
    );
    assert_eq!(world.unusable(&discovery), Vec::<String>::new());
    assert_eq!(discovery.resolve(&[]).unwrap()[0].version, "3.9.18");
}

#[test]
fn a_wrapper_whose_interpreter_does_not_run_alone_is_used_itself() {
    let world = World::new();
    world.python("bin/python3", "3.11.7", "usr");
    let script = fs::read_to_string(world.root.join("bin/python3")).unwrap();
    let behind = world.root.join("opt/python3.11");
    let wrapper = script
        .replace(&format!("{}/bin/python3\\0", world.root.display()), &format!("{}\\0", behind.display()));
    assert_ne!(wrapper, script);
    fs::write(world.root.join("bin/python3"), wrapper).unwrap();
    world.script("opt/python3.11", "echo 'error while loading shared libraries' >&2; exit 127");
    assert_eq!(world.found(&world.discovery()), ["cp311 3.11.7 bin/python3"]);
}

#[test]
fn a_shim_that_fails_is_news_only_where_nothing_else_is_what_it_would_have_been() {
    let world = World::new();
    world.script("bin/python3", "exit 127");
    world.script("bin/python", "exit 127");
    world.python("pyenv/versions/2.7.18/bin/python", "2.7.18", "pyenv/versions/2.7.18");
    let discovery = world.discovery();
    assert_eq!(world.unusable(&discovery), ["bin/python3 ended with status 127, and said: nothing"]);
    assert_eq!(
        world.show(&discovery.default_interpreter().unwrap()),
        "cp27 2.7.18 pyenv/versions/2.7.18/bin/python"
    );
}

#[test]
fn a_program_that_is_no_python_is_told_whatever_else_there_is() {
    let world = World::new();
    world.python("bin/python3", "3.9.18", "usr");
    let program = ["/bin/false", "/usr/bin/false"].map(PathBuf::from).into_iter().find(|path| path.exists());
    fs::copy(program.unwrap(), world.root.join("bin/python3.9")).unwrap();
    let unusable = world.unusable(&world.discovery());
    assert_eq!(unusable.len(), 1);
    assert!(unusable[0].starts_with("bin/python3.9 ended with status 1"), "{unusable:?}");
}

#[test]
fn a_virtual_environment_that_lost_its_python_is_told() {
    let mut world = World::new();
    world.python("bin/python3", "3.11.7", "usr");
    world.environment.active = vec![world.root.join("venv")];
    let unusable = world.unusable(&world.discovery());
    assert_eq!(unusable.len(), 1);
    assert!(unusable[0].starts_with("venv/bin/python could not be started: "), "{unusable:?}");
}

#[test]
fn a_virtual_environment_that_needs_site_stands_for_the_one_it_was_made_from() {
    let mut world = World::new();
    let home = world.root.join("usr").display().to_string();
    let answer = |fields: &str| format!("printf '\\0reload-harness facts\\0{fields}\\0end of facts\\0'");
    let site = answer(&format!("implementation=cpython\\0version=2.7.18\\0home={home}"));
    let choice = format!("case \"$3\" in -S) {};; *) {site};; esac", answer("rootless=1"));
    world.script("venv/bin/python", &choice);
    world.environment.active = vec![world.root.join("venv")];
    let discovery = world.discovery();
    assert_eq!(world.found(&discovery), Vec::<String>::new());
    assert!(world.unusable(&discovery)[0].contains("is a virtual environment of"));
    world.python("usr/bin/python2.7", "2.7.18", "usr");
    assert_eq!(world.found(&world.discovery()), ["cp27 2.7.18 usr/bin/python2.7"]);
}

#[test]
fn paths_and_names_are_resolved_without_asking_everyone() {
    let world = World::new();
    world.python("bin/python3", "3.11.7", "usr");
    world.python("bin/python3.12", "3.12.1", "usr");
    world.python("venv/bin/python", "3.9.18", "opt");
    let discovery = world.discovery();
    let resolve = |requests: &[&str]| -> Result<Vec<String>, String> {
        let requests: Vec<Request> = requests.iter().map(|text| text.parse().unwrap()).collect();
        let found = discovery.resolve_found(&requests).map_err(|error| error.to_string())?;
        Ok(found.iter().map(|found| world.show(found)).collect())
    };
    assert_eq!(resolve(&["./venv"]).unwrap(), ["cp39 3.9.18 venv/bin/python"]);
    assert_eq!(resolve(&["./bin/python3.12"]).unwrap(), ["cp312 3.12.1 bin/python3.12"]);
    assert_eq!(resolve(&["python3.12"]).unwrap(), ["cp312 3.12.1 bin/python3.12"]);
    assert_eq!(world.asked(), 3);
    assert_eq!(resolve(&["python3.11"]).unwrap(), ["cp311 3.11.7 bin/python3"]);
    assert_eq!(
        resolve(&["3.12", "all", "./venv"]).unwrap(),
        ["cp312 3.12.1 bin/python3.12", "cp311 3.11.7 bin/python3", "cp39 3.9.18 venv/bin/python"]
    );
    assert!(resolve(&["./bin"]).unwrap_err().ends_with("bin is a folder without bin/python"));
    assert!(resolve(&["./missing"]).unwrap_err().contains("missing could not be started: No such file"));
    assert_eq!(resolve(&["pythonic"]).unwrap_err(), "pythonic is neither a file nor in PATH");
    assert!(resolve(&["python3.14"]).unwrap_err().starts_with("no Python 3.14 found; found 3.11.7, 3.12.1"));
}

#[test]
fn nothing_at_all_is_an_error_with_advice() {
    let world = World::new();
    let error = world.discovery().resolve(&[]).unwrap_err();
    assert_eq!(error, Unavailable::Nothing);
    assert!(error.to_string().contains("--python PATH"));
}

#[test]
fn an_interpreter_is_asked_once_and_then_remembered() {
    let Some(real) = Discovery::of_process().default_interpreter() else {
        panic!("this test needs one Python on this machine");
    };
    let mut world = World::new();
    fs::create_dir_all(world.root.join("venv/bin")).unwrap();
    fs::write(world.root.join("venv/pyvenv.cfg"), "").unwrap();
    symlink(&real.interpreter.executable, world.root.join("venv/bin/python")).unwrap();
    world.environment.active = vec![world.root.join("venv")];
    let cache = world.root.join("cache");
    let remembering = || Discovery::new(world.environment.clone(), Memory::in_folder(&cache));
    let first = world.found(&remembering());
    assert_eq!(first.len(), 1);
    let file = cache.join("interpreters.json");
    let version = format!("\"version\":\"{}\"", real.interpreter.version);
    let doctored = fs::read_to_string(&file).unwrap().replace(&version, "\"version\":\"3.99.0\"");
    fs::write(&file, doctored).unwrap();
    assert_eq!(world.found(&remembering()), ["cp399 3.99.0 venv/bin/python"]);
    let forgetting = Memory::in_folder(&cache).forgetting();
    assert_eq!(world.found(&Discovery::new(world.environment.clone(), forgetting)), first);
    assert_eq!(world.found(&remembering()), first);
}

#[test]
fn what_is_found_on_this_machine_is_what_it_says_it_is() {
    let discovery = Discovery::new(Environment::of_process(), Memory::default());
    let discovered = discovery.discovered();
    assert!(!discovered.found.is_empty(), "no Python: {:?}", discovered.unusable);
    for found in &discovered.found {
        let Interpreter { tag, version, executable, host, .. } = &found.interpreter;
        let said = says_its_version(executable);
        assert!(version.starts_with(&said), "{} says {said}, not {version}", executable.display());
        assert!(said.starts_with(&format!("{}.{}.", tag.major, tag.minor)), "{tag} {said}");
        if let Host::Embedded { libpython } = host {
            let name = libpython.file_name().unwrap().to_string_lossy().into_owned();
            assert!(name.starts_with(&format!("libpython{}.{}", tag.major, tag.minor)), "{name}");
            assert!(fs::symlink_metadata(libpython).unwrap().is_file(), "{name} is a link");
        }
    }
    let tags: Vec<Tag> = discovered.all().iter().map(|found| found.interpreter.tag).collect();
    assert!(tags.is_sorted() && !tags.is_empty());
    let default = discovery.default_interpreter().unwrap();
    assert!(discovered.found.contains(&default));
}

fn says_its_version(executable: &Path) -> String {
    let script = "import sys; sys.stdout.write('%d.%d.%d' % sys.version_info[:3])";
    let output = Command::new(executable).args(["-c", script]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
