//! How a run can end early.

use reload_harness::scenario::Scenario;
use reload_harness::worker::{Ending, Play};

use crate::ground::{limited, modes, prompt, raised, under_fire, values};

/// After one step that is kept and one that is where it ends.
fn ends(body: &str, expected: &Ending) {
    ended(&prompt(&format!("print('kept')\n{body}\nprint('never')")), expected);
}

fn ended(case: &Scenario, expected: &Ending) {
    under_fire(modes(), case, |_, _, play| {
        assert_eq!(&play.ending, expected, "{play:?}");
        assert_eq!(play.steps[0].output.stdout, b"kept\n");
        assert_eq!(play.steps.len(), case.steps.len() - 2, "{play:?}");
        assert!(!play.leaked);
    });
}

fn crashed(signal: &str) -> Ending {
    Ending::Crashed { signal: signal.to_owned() }
}

fn hung(case: &str) {
    let limit = std::time::Duration::from_millis(500);
    let case = limited(0.5, &format!("print('kept')\n{case}\nprint('never')"));
    let start = std::time::Instant::now();
    ended(&case, &Ending::Hung { limit });
    assert!(start.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
fn a_crash_in_c_is_a_crash() {
    ends("import ctypes\nctypes.string_at(0)", &crashed("SIGSEGV"));
}

#[test]
fn an_abort_is_a_crash() {
    ends("import os\nos.abort()", &crashed("SIGABRT"));
}

#[test]
fn an_exit_behind_the_interpreters_back_is_told_by_its_status() {
    ends("import os\nos._exit(0)", &Ending::Exited { status: 0 });
    ends("import os\nos._exit(3)", &Ending::Exited { status: 3 });
}

#[test]
fn what_was_written_before_a_crash_is_kept() {
    let case = prompt("import os, sys\nos._exit(len([sys.stdout.write('out'), sys.stderr.write('err')]))");
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!((&play.rest.stdout[..], &play.rest.stderr[..]), (&b"out"[..], &b"err"[..]));
        assert_eq!(play.ending, Ending::Exited { status: 2 });
    });
}

#[test]
fn a_sys_exit_leaves_with_the_status_that_a_prompt_would_leave_with() {
    for (argument, status, message) in
        [("", 0, ""), ("0", 0, ""), ("3", 3, ""), ("'text'", 1, "text\n"), ("259", 3, "")]
    {
        let case = prompt(&format!("import sys\nsys.exit({argument})\nprint('never')"));
        under_fire(modes(), &case, |_, _, play: &Play| {
            assert_eq!(play.ending, Ending::Exited { status }, "sys.exit({argument})");
            assert_eq!(play.steps.len(), 2, "the step that leaves is told of");
            assert_eq!(play.steps[1].event.leaves, Some(status));
            assert_eq!(play.steps[1].output.stderr, message.as_bytes());
            assert!(raised(&play.steps[1]).starts_with("SystemExit: "));
        });
    }
}

#[test]
fn a_sys_exit_waits_for_threads_and_then_runs_exit_functions() {
    let case = prompt(
        "import atexit, sys, threading, time\n\
         def slow():\n    time.sleep(0.2)\n    sys.stdout.write('done,')\n\n\
         a = atexit.register(sys.stdout.write, 'bye')\n\
         threading.Thread(target=slow).start()\nsys.exit(3)",
    );
    under_fire(modes(), &case, |_, _, play: &Play| {
        assert_eq!(play.ending, Ending::Exited { status: 3 });
        assert_eq!(&play.rest.stdout[..], b"done,bye");
    });
}

#[test]
fn a_run_that_ends_itself_by_a_signal_crashed() {
    ends("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", &crashed("SIGTERM"));
    ends("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", &crashed("SIGKILL"));
}

#[test]
fn an_endless_loop_hangs() {
    hung("while True:\n    pass");
}

#[test]
fn a_sleep_in_c_hangs() {
    hung("import time\ntime.sleep(60)");
}

#[test]
fn a_run_that_ignores_signals_hangs() {
    hung(
        "import signal, time\na = [signal.signal(s, signal.SIG_IGN) for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]\ntime.sleep(60)",
    );
}

#[test]
fn a_run_that_stops_itself_hangs() {
    hung("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)");
}

#[test]
fn the_memory_limit_is_an_exception_and_what_follows_is_observed() {
    let case = prompt(
        "l = []\nwhile True:\n    l.append(bytearray(1 << 20))\nlen(l) < 600\nclass A(object): pass\nA().x",
    );
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!(play.ending, Ending::Finished, "{play:?}");
        assert_eq!(raised(&play.steps[1]), "MemoryError: ");
        assert_eq!(values(play, 2), ["True"]);
        assert!(raised(&play.steps[4]).starts_with("AttributeError"));
    });
}

/// Full to the last byte, an interpreter may spin in the unwinding of its `MemoryError` (CPython 3.11
/// to 3.13), or crash: that is what is reported. The harness has room to observe what it does.
#[test]
fn memory_that_is_full_to_the_last_byte_is_still_observed() {
    let fill = "def fill(l):\n    size = 1 << 24\n    while size > 8:\n        try:\n            l.append(bytearray(size))\n        \
                except MemoryError:\n            size //= 2";
    let case = prompt(&format!(
        "{fill}\nl = []\nfill(l)\nlen(l) > 40\nclass A(object): pass\ndel l\nprint('after')"
    ));
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!(play.steps[1].event.step, 1);
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 7), "{play:?}");
        assert_eq!(play.steps[6].output.stdout, b"after\n");
    });
}
