//! Sweeps of programs that fork, start others, or leave by themselves, on every Python of this machine.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::time::Duration;

use reload_harness::lab::{Item, Lab};
use reload_harness::python::{Discovery, Implementation, Interpreter};
use reload_harness::report::sweep::sweep;
use reload_harness::scenario::{Name, Scenario};
use reload_harness::sweep::{Findings, Outcome, SweepError, Task, Wishes, sweep_program, sweep_scenario};
use reload_harness::worker::{Cancel, Main, Program, Programs};

const CORE: &str = "class Counter(object):\n    def __init__(self):\n        self.total = 0\n\n\
                    \x20   def add(self, n):\n        self.total += n\n        return self.total\n\n\n\
                    def work():\n    c = Counter()\n    c.add(2)\n    return c.add(1)\n";

fn lab() -> Lab {
    let programs = Programs {
        supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
        worker: env!("CARGO_BIN_EXE_reload-worker").into(),
    };
    Lab::new(programs, Cancel::new().unwrap()).unwrap()
}

fn interpreters() -> Vec<Interpreter> {
    let discovery = Discovery::of_process();
    let found: Vec<Interpreter> =
        discovery.discovered().all().into_iter().map(|found| found.interpreter.clone()).collect();
    assert!(!found.is_empty(), "no Python found");
    found
}

/// Sweeps a script, with a reload of `core` before each of its own lines, on each Python.
fn each(script: &str, mut look: impl FnMut(&Interpreter, Result<Findings, SweepError>)) {
    let (lab, folder) = (lab(), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("core.py"), CORE).unwrap();
    fs::write(folder.path().join("script.py"), script).unwrap();
    let program = Program {
        main: Main::Script(folder.path().join("script.py")),
        arguments: Vec::new(),
        folder: folder.path().to_owned(),
        edits: Vec::new(),
        edited: false,
    };
    let task = Task { program, command: "script.py".to_owned(), limit: Duration::from_secs(60) };
    let wishes = Wishes {
        modules: vec!["core".to_owned()],
        lines: vec!["__main__".to_owned()],
        exhaustive: true,
        limit: Duration::from_secs(30),
        ..Wishes::default()
    };
    for interpreter in interpreters() {
        look(&interpreter, sweep_program(&lab, &interpreter, &task, &wishes, &()));
    }
}

/// All is safe, and so many places were passed over because another process was there.
fn is_safe_but_for(passed_over: usize, script: &str) {
    each(script, |interpreter, findings| {
        let findings = findings.unwrap();
        let text = sweep("script.py", None, &findings);
        let expected = (Outcome::Safe, passed_over, findings.places.met - passed_over);
        let told = (findings.worst(), findings.places.threaded, findings.places.branches);
        assert_eq!(told, expected, "{}:\n{text}", interpreter.tag);
        assert_eq!(text.contains("threads, processes or interpreters of its own"), passed_over > 0, "{text}");
    });
}

#[test]
fn a_child_that_the_program_forks_has_no_places_and_its_parent_none_until_it_has_waited() {
    is_safe_but_for(
        2,
        "import os\nimport core\nc = core.Counter()\nchild = os.fork()\nif child == 0:\n    c.add(4)\n    \
         os._exit(c.total)\nstatus = os.waitpid(child, 0)[1]\nprint(os.WEXITSTATUS(status))\n",
    );
}

#[test]
fn a_child_may_leave_as_a_program_does() {
    is_safe_but_for(
        2,
        "import os\nimport sys\nimport core\nprint('before')\nsys.stdout.flush()\nchild = os.fork()\n\
         if child == 0:\n    sys.exit(core.work())\n\
         print(os.WEXITSTATUS(os.waitpid(child, 0)[1]))\nprint('after')\n",
    );
}

#[test]
fn a_program_may_start_others() {
    is_safe_but_for(
        1,
        "import subprocess\nimport sys\nimport core\n\
         print(subprocess.check_output([sys.executable, '-S', '-c', 'print(1)']))\n\
         other = subprocess.Popen([sys.executable, '-S', '-c', 'raise SystemExit(5)'])\n\
         print(other.wait() + core.work())\n",
    );
}

#[test]
fn a_program_may_use_multiprocessing() {
    is_safe_but_for(
        1,
        "import multiprocessing\nimport core\n\
         fork = getattr(multiprocessing, 'get_context', lambda _: multiprocessing)('fork')\n\
         child = fork.Process(target=core.work); child.start()\nchild.join()\nprint(child.exitcode)\n",
    );
}

/// Whoever runs code in one that was forked hangs or crashes, on CPython 3.8 to 3.13.
#[test]
fn where_a_program_has_interpreters_of_its_own_is_no_branch() {
    let script = "import core\ntry:\n    import _interpreters as i\nexcept ImportError:\n    try:\n        \
                  import _xxsubinterpreters as i\n    except ImportError:\n        i = None\n\
                  number = i and i.create()\ni and i.run_string(number, 'x = 1')\n\
                  i and i.destroy(number)\nprint(core.work())\n";
    each(script, |interpreter, findings| {
        let findings = findings.unwrap();
        let tag = interpreter.tag;
        let has_them = tag.implementation == Implementation::CPython && (tag.major, tag.minor) >= (3, 8);
        let passed_over = if has_them { 2 } else { 0 };
        let told = (findings.worst(), findings.places.threaded, findings.places.branches);
        assert_eq!(told, (Outcome::Safe, passed_over, findings.places.met - passed_over), "{tag}");
    });
}

/// Its places have other numbers each time it is played.
#[test]
fn of_a_program_that_takes_another_way_each_time_nothing_is_told_of_the_wrong_line() {
    let script = "import core\nc = core.Counter()\nwith open('played', 'a+') as f:\n    f.write('.')\n    \
                  n = f.tell()\nfor i in range(n):\n    i = i\nwith open('played') as f: f.close()\n\
                  print(isinstance(c, core.Counter))\nd = core.Counter()\nprint(isinstance(d, core.Counter))\n";
    each(script, |interpreter, findings| {
        let findings = findings.unwrap();
        assert!(findings.places.untried() > 0, "{}: it went the same way each time", interpreter.tag);
        for tried in &findings.places.tried {
            let line = findings.places.spots[tried.spot].place.line;
            let is_between = (3..=9).contains(&line) || line == 11;
            let is_safe = findings.places.effects[tried.effect].outcome == Outcome::Safe;
            assert_eq!(is_safe, !is_between, "{}, line {line}", interpreter.tag);
        }
    });
}

#[test]
fn what_is_not_started_yet_may_be_started_in_a_branch() {
    let script = "import multiprocessing\nimport sys\nimport threading\nimport core\n\
                  thread = threading.Thread(target=core.work)\nthread.start()\nthread.join()\n\
                  if sys.version_info < (3,):\n    sys.exit()\n\
                  child = multiprocessing.get_context('fork').Process(target=core.work)\n\
                  child.start()\nchild.join()\nprint(child.exitcode)\n";
    each(script, |interpreter, found| {
        let found = found.unwrap();
        let text = sweep("script.py", None, &found);
        assert_eq!(found.worst(), Outcome::Safe, "{}:\n{text}", interpreter.tag);
        assert_eq!(
            found.places.branches,
            found.places.met - found.places.threaded,
            "{}:\n{text}",
            interpreter.tag
        );
    });
}

#[test]
fn a_thread_of_which_the_threading_module_knows_nothing_is_seen_too() {
    let start = "try:\n    import _thread\nexcept ImportError:\n    import thread as _thread\nimport core\n\
                 lock = _thread.allocate_lock()\nlock.acquire()\nthread = _thread.start_new_thread(lock.acquire, ())\n\
                 print(core.work())\nlock.release()\nprint(core.work())\n";
    each(start, |interpreter, found| {
        let found = found.unwrap();
        let text = sweep("script.py", None, &found);
        assert_eq!(
            (found.worst(), found.places.threaded),
            (Outcome::Safe, 2),
            "{}:\n{text}",
            interpreter.tag
        );
    });
}

#[test]
fn a_program_that_leaves_at_once_is_swept_up_to_there() {
    each(
        "import os\nimport core\ncore.work()\nos._exit(core.work())\nprint('never')\n",
        |interpreter, found| {
            let found = found.unwrap();
            let tag = interpreter.tag;
            assert_eq!(
                (found.places.met, found.places.branches, found.worst()),
                (4, 4, Outcome::Safe),
                "{tag}: {found:#?}"
            );
        },
    );
}

#[test]
fn a_program_that_becomes_another_is_refused_with_words() {
    each("import os\nimport core\nos.execv('/bin/sh', ['sh', '-c', 'exit 3'])\n", |interpreter, found| {
        let told = found.unwrap_err().to_string();
        assert!(told.contains("becomes another program"), "{}: {told}", interpreter.tag);
        assert!(told.contains("exited with status 3"), "{}: {told}", interpreter.tag);
    });
}

#[test]
fn a_module_that_is_not_there_is_no_reload_that_is_safe() {
    each("print('no core')\n", |_, found| {
        assert!(found.unwrap_err().to_string().contains("no module of that name was loaded"));
    });
}

#[test]
fn what_a_branch_does_to_an_open_file_is_undone() {
    is_safe_but_for(
        0,
        "import tempfile\nimport core\nfile = tempfile.TemporaryFile()\nfile.write(b'one ')\nfile.flush()\n\
         core.work()\nfile.write(b'two')\nfile.seek(0)\nprint(file.read())\nfile.seek(0)\nfile.truncate()\n\
         file.write(b'3')\nfile.seek(0)\nprint(file.read())\n",
    );
}

#[test]
fn a_program_that_cannot_be_compiled_ends_as_python_ends_it() {
    for (script, why) in [("def f(:\n", "SyntaxError: invalid syntax"), ("\0", "null bytes")] {
        each(script, |interpreter, findings| {
            let told = findings.unwrap_err().to_string();
            assert!(told.contains("exited with status 1\n"), "{}: {told}", interpreter.tag);
            assert!(told.contains(why) && !told.contains("program.py"), "{}: {told}", interpreter.tag);
        });
    }
}

/// Sweeps a scenario with one module, exhaustively, on each Python.
fn each_scenario(module: &str, transcript: &str, look: impl FnMut(&Interpreter, &Findings, &str)) {
    each_scenario_by(true, module, transcript, look);
}

fn each_scenario_by(
    exhaustive: bool,
    module: &str,
    transcript: &str,
    mut look: impl FnMut(&Interpreter, &Findings, &str),
) {
    let text = format!("# Test\n\n`foo.py`:\n\n```python\n{module}```\n\n```pycon\n{transcript}```\n");
    let name = Name { group: "g".to_owned(), name: "test".to_owned() };
    let scenario =
        Scenario::parse(name, std::path::Path::new("test.md"), text.as_bytes(), Vec::new()).unwrap();
    let lab = lab();
    for interpreter in interpreters() {
        let item = Item { scenario: &scenario, interpreter: &interpreter };
        let wishes = Wishes { limit: Duration::from_secs(30), exhaustive, ..Wishes::default() };
        let found = sweep_scenario(&lab, &item, &wishes, &()).unwrap();
        look(&interpreter, &found, &sweep("g/test", Some(&scenario), &found));
    }
}

#[test]
fn what_a_branch_makes_of_a_file_that_the_run_is_reading_is_undone() {
    // Were it not, the run would read less than when it was surveyed, and come to fewer places.
    let module = "def count():\n    n = 0\n    with open('x') as file:\n        for line in file:\n            n += 1\n    \
                  return n\n\n\ndef write(text):\n    with open('x', 'w') as file:\n        file.write(text)\n";
    let transcript =
        ">>> import foo\n>>> foo.write('1\\n' * 9)\n>>> foo.count()\n>>> foo.write('')\n>>> foo.count()\n";
    each_scenario(module, transcript, |interpreter, found, text| {
        let told = (found.worst(), found.places.branches);
        assert_eq!(told, (Outcome::Safe, found.places.met), "{}:\n{text}", interpreter.tag);
    });
}

#[test]
fn a_scenario_may_fork_and_leave_at_once() {
    let module = "import os\n\n\ndef child():\n    pid = os.fork()\n    \
                  if pid == 0:\n        leave(7)\n    return pid\n\n\ndef leave(status):\n    os._exit(status)\n";
    let transcript =
        ">>> import foo, os\n>>> pid = foo.child()\n>>> os.waitpid(pid, 0)[1] >> 8\n>>> foo.leave(0)\n";
    each_scenario(module, transcript, |interpreter, found, text| {
        // From the fork on until the statement that waits has begun.
        assert_eq!(
            (found.worst(), found.places.threaded),
            (Outcome::Safe, 3),
            "{}:\n{text}",
            interpreter.tag
        );
        assert_eq!(found.places.branches, found.places.met - 3, "{}:\n{text}", interpreter.tag);
    });
}

/// Six rounds of a loop in each of six calls: between the one and the next no line of another function runs, and
/// a frame is where the one before was. While the second was taken for the first going on, fewer were enough.
#[test]
fn of_calls_that_c_makes_one_after_the_other_each_is_a_call_of_its_own() {
    let module = "def one(x):\n    y = []\n    while len(y) < 6:\n        y.append(x)\n    return y\n\n\n\
                  def all_of(n):\n    return list(map(one, range(n)))\n";
    each_scenario_by(false, module, ">>> import foo\n>>> foo.all_of(6)\n", |interpreter, found, text| {
        let told = (found.places.met, found.places.branches);
        assert_eq!(told, (95, 78), "{}:\n{text}", interpreter.tag);
    });
}

/// As many branches as of the same loop without a `yield`.
#[test]
fn a_generator_that_goes_on_is_one_call() {
    let module = "def numbers(y):\n    while len(y) < 6:\n        y.append(1)\n        yield y\n\n\n\
                  def all_of():\n    return list(numbers([]))\n";
    each_scenario_by(false, module, ">>> import foo\n>>> foo.all_of()\n", |interpreter, found, text| {
        let told = (found.places.met, found.places.branches);
        assert_eq!(told, (24, 22), "{}:\n{text}", interpreter.tag);
    });
}
