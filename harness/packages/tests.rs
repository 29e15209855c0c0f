//! Packages of made-up Pythons: shell scripts that answer as pip would.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use tempfile::TempDir;

use super::{Lacking, Packages};
use crate::python::{Host, Interpreter};
use crate::worker::Cancel;

/// `pip install` that installs `six.py`, and notes what it was asked for.
const PIP: &str = "[ \"$3\" = pip ] || exit 1
case \"$*\" in
    *--version) exit 0;;
esac
echo \"$*\" >> \"$(dirname \"$0\")/asked\"
while [ \"$1\" != --target ]; do shift; done
echo > \"$2/six.py\"
mkdir \"$2/six.dist-info\"
";

struct World {
    folder: TempDir,
    interpreter: Interpreter,
}

/// A script that can be run at once: had this process written it, every child that another test is starting
/// would have it open for a moment, and so busy.
fn script(path: &Path, body: &str) {
    let draft = path.with_extension("draft");
    fs::write(&draft, format!("#!/bin/sh\n{body}")).unwrap();
    fs::set_permissions(&draft, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(Command::new("cp").args([&draft, path]).status().unwrap().success());
}

impl World {
    fn new(body: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let executable = folder.path().join("python");
        script(&executable, body);
        let interpreter = Interpreter {
            tag: "cp311".parse().unwrap(),
            version: "3.11.7".to_owned(),
            executable,
            base_prefix: folder.path().to_owned(),
            host: Host::Spawned { reason: String::new() },
        };
        Self { folder, interpreter }
    }

    /// As another process would have them.
    fn packages(&self) -> Packages {
        Packages::in_folder(&self.folder.path().join("cache"))
    }

    fn provide(&self, packages: &Packages, requirements: &[&str]) -> Result<PathBuf, Lacking> {
        let requirements: Vec<String> = requirements.iter().map(|text| (*text).to_owned()).collect();
        packages.provide(&self.interpreter, &requirements, &Cancel::new().unwrap())
    }

    fn asked(&self) -> usize {
        fs::read_to_string(self.folder.path().join("asked")).map_or(0, |text| text.lines().count())
    }

    /// What is in the cache, but for logs and locks.
    fn kept(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("cache")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| ![".log", ".lock"].iter().any(|ending| name.ends_with(ending))).collect()
    }
}

#[test]
fn what_is_required_is_installed_once_and_found_by_the_next_process() {
    let world = World::new(PIP);
    let packages = world.packages();
    assert!(!packages.has(&world.interpreter, &["six==1".to_owned()]));
    let folder = world.provide(&packages, &["six==1"]).unwrap();
    assert!(folder.join("six.py").is_file());
    assert_eq!(world.provide(&packages, &["six==1"]).unwrap(), folder);
    assert_eq!(world.provide(&world.packages(), &["six==1"]).unwrap(), folder);
    assert_eq!((world.asked(), world.kept().len()), (1, 1));
    assert!(world.packages().offline(true).has(&world.interpreter, &["six==1".to_owned()]));
}

#[test]
fn another_set_of_requirements_is_another_folder_in_whatever_order_they_stand() {
    let world = World::new(PIP);
    let one = world.provide(&world.packages(), &["six==1", "attrs"]).unwrap();
    assert_eq!(world.provide(&world.packages(), &["attrs", "six==1"]).unwrap(), one);
    assert_ne!(world.provide(&world.packages(), &["six==2", "attrs"]).unwrap(), one);
    assert_eq!(world.asked(), 2);
}

#[test]
fn a_folder_from_which_something_is_gone_is_made_anew() {
    let world = World::new(PIP);
    let folder = world.provide(&world.packages(), &["six"]).unwrap();
    fs::remove_file(folder.join("six.py")).unwrap();
    assert!(!world.packages().has(&world.interpreter, &["six".to_owned()]));
    assert_eq!(world.provide(&world.packages(), &["six"]).unwrap(), folder);
    fs::remove_file(folder.with_file_name("contents")).unwrap();
    world.provide(&world.packages(), &["six"]).unwrap();
    assert!(folder.join("six.py").is_file());
    assert_eq!((world.asked(), world.kept().len()), (3, 1));
}

#[test]
fn processes_that_want_the_same_install_it_once() {
    let world = World::new(PIP);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| world.provide(&world.packages(), &["six"]).unwrap());
        }
    });
    assert_eq!(world.asked(), 1);
}

#[test]
fn what_a_killed_process_left_half_made_is_swept_up() {
    let world = World::new(PIP);
    let folder = world.provide(&world.packages(), &["six"]).unwrap();
    let key = folder.parent().unwrap();
    let beside = key.with_file_name(format!(".{}.tmp", key.file_name().unwrap().to_str().unwrap()));
    fs::rename(key, &beside).unwrap();
    world.provide(&world.packages(), &["six"]).unwrap();
    assert!(!beside.exists() && folder.is_dir());
}

#[test]
fn a_refusal_is_told_by_its_last_line_and_leaves_nothing() {
    let world = World::new(
        "case \"$*\" in *--version) exit 0;; esac\necho Looking\necho 'ERROR: No such thing' >&2\nexit 1\n",
    );
    let lacking = world.provide(&world.packages(), &["six==99"]).unwrap_err();
    assert_eq!(lacking.to_string(), "it requires six==99, which could not be installed: No such thing");
    assert_eq!(world.kept(), Vec::<String>::new());
}

#[test]
fn without_pip_an_environment_is_made_to_get_one() {
    let virtualenv = "case \"$3\" in
        virtualenv) mkdir -p \"$4/bin\"; cp \"$(dirname \"$0\")/pip\" \"$4/bin/python\";;
        *) echo \"No module named $3\"; exit 1;;
    esac\n";
    let world = World::new(virtualenv);
    script(&world.folder.path().join("pip"), PIP);
    let folder = world.provide(&world.packages(), &["six"]).unwrap();
    assert!(folder.join("six.py").is_file());
    assert!(!folder.with_file_name("pip").exists());

    let world = World::new("echo \"No module named $3\"; exit 1\n");
    let lacking = world.provide(&world.packages(), &["six"]).unwrap_err();
    assert!(
        lacking
            .to_string()
            .ends_with("no pip, venv or virtualenv to install them: No module named virtualenv")
    );
}

#[test]
fn offline_nothing_is_installed() {
    let world = World::new(PIP);
    let lacking = world.provide(&world.packages().offline(true), &["six"]).unwrap_err();
    assert!(lacking.to_string().starts_with("it requires six, which is not installed here"));
    assert_eq!(world.asked(), 0);
    let lacking = world.provide(&Packages::default(), &["six"]).unwrap_err();
    assert_eq!(lacking, Lacking::NoFolder);
}

#[test]
fn an_interruption_ends_what_is_being_installed() {
    let world = World::new("case \"$*\" in *--version) exit 0;; esac\nexec sleep 600\n");
    let cancel = Cancel::new().unwrap();
    let packages = world.packages();
    thread::scope(|scope| {
        let provided =
            scope.spawn(|| packages.provide(&world.interpreter, &["six".to_owned()], &cancel).unwrap_err());
        cancel.cancel();
        assert_eq!(provided.join().unwrap(), Lacking::Interrupted);
    });
}
