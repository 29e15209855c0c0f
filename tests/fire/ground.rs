//! What every test here stands on: interpreters, a lab, scenarios of a few lines, and a look at what
//! a lab left behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use reload_harness::lab::{Finished, Item, Lab};
use reload_harness::python::{Discovery, Host, Implementation, Interpreter};
use reload_harness::scenario::{Name, Scenario};
use reload_harness::worker::{Cancel, Ending, Observed, Play, Programs};

/// Every Python of this machine, the one that its tag means.
pub(crate) static ALL: LazyLock<Vec<Interpreter>> = LazyLock::new(|| {
    let discovery = Discovery::of_process();
    discovery.discovered().all().into_iter().map(|found| found.interpreter.clone()).collect()
});

/// The newest embedded one and the oldest spawned one, as far as there are any.
pub(crate) fn two() -> Vec<&'static Interpreter> {
    let pythons = || ALL.iter().filter(|python| python.tag.implementation == Implementation::CPython);
    let embedded = pythons().filter(|python| is_embedded(python)).max_by_key(|python| python.tag);
    let spawned = pythons().filter(|python| !is_embedded(python)).min_by_key(|python| python.tag);
    for (kind, found) in [("embedded", embedded), ("spawned", spawned)] {
        if found.is_none() {
            eprintln!("skipped: this machine has no Python that is {kind}");
        }
    }
    let two: Vec<_> = embedded.into_iter().chain(spawned).collect();
    assert!(!two.is_empty(), "no test here means anything without a Python");
    two
}

pub(crate) fn is_embedded(python: &Interpreter) -> bool {
    matches!(python.host, Host::Embedded { .. })
}

pub(crate) fn programs() -> Programs {
    Programs {
        supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
        worker: env!("CARGO_BIN_EXE_reload-worker").into(),
    }
}

/// Whether runs get a PID namespace of their own, or are only watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Contained,
    Watched,
}

/// Both modes, or the one that every machine has.
pub(crate) fn modes() -> &'static [Mode] {
    if *NAMESPACES { &[Mode::Contained, Mode::Watched] } else { &[Mode::Watched] }
}

/// Only the contained mode, or nothing where the kernel does not allow it.
pub(crate) fn contained() -> &'static [Mode] {
    if *NAMESPACES {
        &[Mode::Contained]
    } else {
        eprintln!("skipped: the kernel does not allow PID namespaces here");
        &[]
    }
}

/// In a namespace of its own the worker is process 1.
static NAMESPACES: LazyLock<bool> = LazyLock::new(|| {
    let played = Ground::new(two()[0], Mode::Contained).play(&[&prompt("import os\nos.getppid()")]);
    values(&played[0], 1) == ["1"]
});

/// A lab for one interpreter, and the folder it works in.
pub(crate) struct Ground {
    python: &'static Interpreter,
    lab: Option<Lab>,
    folders: Vec<PathBuf>,
}

impl Ground {
    pub(crate) fn new(python: &'static Interpreter, mode: Mode) -> Self {
        Self::with(python, mode, Cancel::new().unwrap())
    }

    pub(crate) fn with(python: &'static Interpreter, mode: Mode, cancel: Cancel) -> Self {
        let lab = Lab::new(programs(), cancel).unwrap().jobs(1).contain(mode == Mode::Contained);
        Self { python, lab: Some(lab.time_limit(Duration::from_secs(5))), folders: Vec::new() }
    }

    /// Plays scenarios one after the other, on one worker where they leave it alive.
    pub(crate) fn play(&mut self, scenarios: &[&Scenario]) -> Vec<Play> {
        self.outcomes(scenarios).into_iter().map(|(_, run)| run.outcome.unwrap()).collect()
    }

    pub(crate) fn outcomes(&mut self, scenarios: &[&Scenario]) -> Vec<(String, Finished)> {
        let items: Vec<Item<'_>> =
            scenarios.iter().map(|scenario| Item { scenario, interpreter: self.python }).collect();
        let mut outcomes = Vec::new();
        self.lab.as_ref().unwrap().run(&items, |item, run| {
            outcomes.push((item.scenario.name.name.clone(), run));
        });
        for (_, run) in &outcomes {
            let root = run.outcome.as_ref().ok().and_then(|play| play.workspace.ancestors().nth(2));
            self.folders.extend(root.map(Path::to_owned));
        }
        outcomes
    }
}

/// Once the lab is dropped, nothing it made may be there.
impl Drop for Ground {
    fn drop(&mut self) {
        self.lab = None;
        if std::thread::panicking() {
            return;
        }
        for folder in &self.folders {
            assert!(!folder.exists(), "{} is still there", folder.display());
            let strays = processes_of(folder);
            assert!(strays.is_empty(), "processes of {} are left: {strays:?}", folder.display());
        }
    }
}

/// The living processes that have a folder's path in their command line, their environment or as
/// their working directory.
pub(crate) fn processes_of(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy().into_owned();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let path = entry.path();
        let number = entry.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok());
        if !number || path.ends_with(std::process::id().to_string()) {
            continue;
        }
        let read = |name| fs::read(path.join(name)).unwrap_or_default();
        let place = fs::read_link(path.join("cwd")).unwrap_or_default();
        let told = [read("cmdline"), read("environ"), place.to_string_lossy().into_owned().into_bytes()];
        let zombie = String::from_utf8_lossy(&read("stat")).rsplit(')').next().unwrap().starts_with(" Z");
        if !zombie && told.iter().any(|text| String::from_utf8_lossy(text).contains(&folder)) {
            found.push(String::from_utf8_lossy(&told[0]).replace('\0', " "));
        }
    }
    found
}

/// A scenario of that Markdown.
pub(crate) fn scenario(name: &str, markdown: &str, files: &[(&str, &[u8])]) -> Scenario {
    let name = Name { group: "fire".to_owned(), name: name.to_owned() };
    let files = files.iter().map(|(path, content)| {
        (reload_harness::scenario::WorkspacePath::new(path).unwrap(), content.to_vec())
    });
    Scenario::parse(name, Path::new("fire.md"), markdown.as_bytes(), files.collect())
        .unwrap_or_else(|problems| panic!("{problems}\n{markdown}"))
}

/// A scenario that only types these statements, one a line; a line that begins with a space, or one
/// that closes what such lines continue, belongs to the statement before.
pub(crate) fn prompt(statements: &str) -> Scenario {
    limited(5.0, statements)
}

/// The same with a time limit in seconds.
pub(crate) fn limited(limit: f64, statements: &str) -> Scenario {
    let markdown = format!("# T\n\n```toml\ntimeout = {limit}\n```\n\n{}", transcript(statements));
    scenario("case", &markdown, &[])
}

/// A `pycon` block.
pub(crate) fn transcript(statements: &str) -> String {
    let mut block = "```pycon\n".to_owned();
    let mut continued = false;
    for line in statements.lines() {
        let inner =
            line.starts_with(' ') || ["except", "finally", "else"].iter().any(|word| line.starts_with(word));
        if continued && !inner {
            block.push_str("...\n");
        }
        block.push_str(if inner { "... " } else { ">>> " });
        block.push_str(line);
        block.push('\n');
        continued = inner;
    }
    block.push_str(if continued { "...\n```\n" } else { "```\n" });
    block
}

/// Plays a case and then a sound scenario on the same lab, on each interpreter and in each mode.
pub(crate) fn under_fire(modes: &[Mode], case: &Scenario, check: impl Fn(&Interpreter, Mode, &Play)) {
    for python in two() {
        for mode in modes {
            let mut ground = Ground::new(python, *mode);
            let runs = ground.outcomes(&[case, &sound()]);
            let took = runs[0].1.took;
            let plays: Vec<Play> = runs.into_iter().map(|(_, run)| run.outcome.unwrap()).collect();
            println!("{} {mode:?}: {:?} after {took:?}", python.tag, plays[0].ending);
            check(python, *mode, &plays[0]);
            assert_sound(&plays[1]);
        }
    }
}

/// A scenario that is reported well wherever nothing of another run's is in its way.
pub(crate) fn sound() -> Scenario {
    let markdown = "# T\n\n`sound.py`:\n\n```python\nclass A(object):\n    def f(self):\n        return 'sound'\n```\n\n";
    let statements = "import os, sys\nos.listdir('.')\nimport sound\na = sound.A()\nreload(sound)\na.f()\n\
        print('out')\nb = sys.stderr.write('err')";
    scenario("sound", &format!("{markdown}{}", transcript(statements)), &[])
}

pub(crate) fn assert_sound(play: &Play) {
    assert_eq!(play.ending, Ending::Finished, "{play:?}");
    assert_eq!(play.steps.len(), 9);
    assert_eq!((values(play, 2), values(play, 6)), (vec!["['sound.py']"], vec!["'sound'"]));
    assert_eq!(play.steps[5].event.made.len(), 2, "a class and its function: {:?}", play.steps[5].event);
    assert_eq!(play.steps[7].output.stdout, b"out\n");
    assert_eq!(play.steps[8].output.stderr, b"err");
    assert!(play.steps.iter().all(|step| step.event.exception.is_none()), "{play:?}");
    assert_eq!((play.leaked, play.threads.len()), (false, 0));
    assert_eq!((&play.rest.stdout[..], &play.rest.stderr[..]), (&b""[..], &b""[..]));
}

/// What a step displayed.
pub(crate) fn values(play: &Play, step: usize) -> Vec<&str> {
    let step = play.steps.get(step).unwrap_or_else(|| panic!("step {step} is missing: {play:?}"));
    step.event.values.iter().map(|value| value.text.as_str()).collect()
}

/// What a step raised.
pub(crate) fn raised(step: &Observed) -> String {
    step.event
        .exception
        .as_ref()
        .map(|raised| format!("{}: {}", raised.name, raised.text))
        .unwrap_or_default()
}
