//! A user's folder, and the program in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const GOOD: &str = "\
# It reloads

`foo.py`:

```python
class Foo(object):
    pass
```

```pycon
>>> import foo
>>> f = foo.Foo()
>>> reload(foo)
>>> 1 + 1
```
";

pub(crate) const CRASHES: &str = "\
# It aborts

```pycon
>>> import os
>>> os.abort()
>>> 'never'
```
";

/// A folder with scenarios and snapshots of its own.
pub(crate) struct World {
    folder: TempDir,
}

/// What the program did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    pub(crate) fn new() -> Self {
        World { folder: TempDir::new().unwrap() }
    }

    /// With one scenario, `g/good`.
    pub(crate) fn good() -> Self {
        Self::new().scenario("g/good", GOOD)
    }

    pub(crate) fn scenario(self, name: &str, text: &str) -> Self {
        self.file(&format!("scenarios/{name}.md"), text)
    }

    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.args(arguments).current_dir(self.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    /// The gate, on the default Python alone.
    pub(crate) fn check(&self) -> Ran {
        self.run(&["check", "--python", python()])
    }

    /// Takes all reports as they are on the default Python.
    pub(crate) fn accepted(self) -> Self {
        self.run(&["run"]);
        assert_eq!(self.run(&["accept"]).code, Some(0));
        self
    }

    /// Every file, and what is in it.
    pub(crate) fn tree(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let below = path.strip_prefix(self.path()).unwrap().to_owned();
                if path.is_dir() {
                    files.insert(below, Vec::new());
                    folders.push(path);
                } else {
                    files.insert(below, fs::read(path).unwrap());
                }
            }
        }
        files
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.path().join(path).exists()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn is(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.err.contains(text), "no {text:?} in {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn prints(&self, text: &str) -> &Self {
        assert!(self.out.contains(text), "no {text:?} in {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn events(&self) -> Vec<Value> {
        let lines = self.out.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }
}

/// The program with nobody's settings. What it found out about Pythons is shared by all tests.
pub(crate) fn program() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("reload-harness"));
    command.env("RELOAD_HARNESS_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/pythons"));
    for name in ["RELOAD_HARNESS_PYTHON", "NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR"] {
        command.env_remove(name);
    }
    command
}

/// The tag of the default Python.
pub(crate) fn python() -> &'static str {
    static TAG: OnceLock<String> = OnceLock::new();
    TAG.get_or_init(|| {
        let listed = tags(|python| python["chosen"] == true);
        listed.into_iter().next().expect("these tests need a Python")
    })
}

/// The tags of all Pythons.
pub(crate) fn pythons() -> Vec<String> {
    tags(|python| python["of_tag"] == true)
}

fn tags(wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    let ran = Ran::from(program().args(["pythons", "--json"]).output().unwrap());
    let found = ran.is(0).events();
    found
        .iter()
        .filter(|event| wanted(event))
        .map(|event| event["tag"].as_str().unwrap().to_owned())
        .collect()
}
