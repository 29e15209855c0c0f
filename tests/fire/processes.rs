//! Processes, threads and signals.

use std::fs;

use reload_harness::worker::{Ending, Play};

use crate::ground::{
    Ground, Mode, assert_sound, contained, limited, modes, prompt, sound, two, under_fire, values,
};

fn finished(play: &Play, steps: usize) {
    assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, steps), "{play:?}");
}

/// How many processes have a text in their command line.
fn running(text: &str) -> usize {
    let commands =
        fs::read_dir("/proc").unwrap().flatten().map(|entry| fs::read(entry.path().join("cmdline")));
    commands.flatten().filter(|command| String::from_utf8_lossy(command).contains(text)).count()
}

fn swarmed(body: &str) {
    let case = prompt(&format!("print('kept')\nimport os\n{body}\nprint('never')"));
    under_fire(contained(), &case, |_, _, play| {
        assert_eq!(play.ending, Ending::Swarmed { limit: 256 }, "{play:?}");
        assert_eq!(play.steps.len(), 2, "{play:?}");
    });
}

#[test]
fn a_run_that_forks_without_end_is_ended_at_the_limit() {
    swarmed("while True:\n    os.fork()");
}

#[test]
fn a_run_whose_forks_each_leave_their_session_is_ended_at_the_limit() {
    swarmed("while True:\n    if os.fork() == 0:\n        os.setsid()");
}

#[test]
fn fewer_processes_than_the_limit_may_run() {
    let case = "import os\np = [os.fork() or os._exit(0) for _ in range(300)]\n\
        a = [os.waitpid(pid, 0)[1] for pid in p]\n(len(a), max(a))";
    under_fire(modes(), &prompt(case), |_, _, play| {
        finished(play, 4);
        assert_eq!(values(play, 3), ["(300, 0)"]);
        assert!(!play.leaked);
    });
}

#[test]
fn a_child_that_is_left_behind_is_told_of_and_killed() {
    let text = format!("3600.0{}", std::process::id());
    let case = prompt(&format!(
        "import subprocess\np = subprocess.Popen(['sleep', '{text}'], cwd='/', env={{}})\np.poll()"
    ));
    under_fire(modes(), &case, |_, _, play| {
        finished(play, 3);
        assert!(play.leaked);
        assert_eq!(running(&text), 0);
    });
}

#[test]
fn a_daemon_is_told_of_and_killed() {
    let text = format!("3601.0{}", std::process::id());
    let case = format!(
        "import os, time\ndef daemon():\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork():\n            \
         os._exit(0)\n        os.chdir('/')\n        os.closerange(0, 4096)\n        \
         os.execve('/bin/sleep', ['sleep', '{text}'], {{}})\n    return os.wait()[1]\ndaemon()"
    );
    under_fire(modes(), &prompt(&case), |_, _, play| {
        finished(play, 3);
        assert_eq!(values(play, 2), ["0"]);
        assert!(play.leaked);
        assert_eq!(running(&text), 0);
    });
}

#[test]
fn children_that_have_ended_are_no_leak() {
    let case = "import os, subprocess\nsubprocess.call(['true'])\nfor _ in range(50):\n    if os.fork() == 0:\n        os._exit(0)\nprint('on')";
    under_fire(modes(), &prompt(case), |_, _, play| {
        finished(play, 4);
        assert_eq!(play.steps[3].output.stdout, b"on\n");
        assert!(!play.leaked, "{play:?}");
    });
}

#[test]
fn threads_that_still_run_are_named() {
    let case = "import threading, time\nt = threading.Thread(target=time.sleep, args=(60,), name='left')\nt.start()\nprint('on')";
    under_fire(modes(), &prompt(case), |_, _, play| {
        finished(play, 4);
        assert_eq!((&play.threads[..], play.leaked), (&["left".to_owned()][..], false));
    });
}

#[test]
fn a_statement_that_forks_is_followed_in_the_parent_only() {
    let case = "import os\npid = os.fork()\nprint('once')\nos.waitpid(pid, 0)[1]\n\
        os.waitpid(os.fork() or int('child'), 0)[1]\nimport sys\nos.waitpid(os.fork() or sys.exit(7), 0)[1] >> 8";
    under_fire(modes(), &prompt(case), |_, _, play| {
        finished(play, 7);
        assert_eq!(play.steps[2].output.stdout, b"once\n");
        assert_eq!((values(play, 3), values(play, 4), values(play, 6)), (vec!["0"], vec!["0"], vec!["7"]));
        assert!(!play.leaked, "{play:?}");
    });
}

#[test]
fn no_signal_to_its_parent_has_an_effect() {
    let case = "import os\nfor number in range(1, 65):\n    try:\n        os.kill(os.getppid(), number)\n    except OSError:\n        print(number)\nprint('on')";
    under_fire(contained(), &prompt(case), |_, _, play| {
        finished(play, 3);
        assert_eq!(play.steps[2].output.stdout, b"on\n");
    });
}

#[test]
fn a_signal_to_everyone_reaches_nobody_else() {
    let case = "import os, signal\nos.kill(-1, signal.SIGKILL)\nprint('on')";
    under_fire(contained(), &prompt(case), |_, _, play| {
        finished(play, 3);
        assert_eq!(play.steps[2].output.stdout, b"on\n");
    });
}

#[test]
fn a_signal_to_its_group_is_its_own_crash() {
    let case = prompt("import os, signal\nos.kill(0, signal.SIGKILL)\nprint('never')");
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!(play.ending, Ending::Crashed { signal: "SIGKILL".to_owned() });
        assert_eq!(play.steps.len(), 1);
    });
}

fn loses_its_worker(body: &str) {
    let case = limited(1.0, &format!("import os, signal, time\n{body}\ntime.sleep(60)"));
    let innocent = prompt("1");
    for python in two() {
        let mut ground = Ground::new(python, Mode::Watched);
        let plays = ground.play(&[&innocent, &case, &sound(), &sound()]);
        assert_eq!(plays[0].ending, Ending::Finished);
        assert_eq!(plays[1].ending, Ending::KilledWorker, "{:?}", plays[1]);
        assert_eq!(plays[1].steps[0].event.step, 0, "{:?}", plays[1]);
        assert_sound(&plays[2]);
        assert_sound(&plays[3]);
    }
}

#[test]
fn a_run_that_kills_the_worker_it_was_forked_from_is_blamed_and_the_worker_replaced() {
    loses_its_worker("os.kill(os.getppid(), signal.SIGKILL)");
}

#[test]
fn a_run_that_stops_the_worker_it_was_forked_from_does_not_hang_its_successors() {
    let case = prompt("import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)\nprint('on')");
    under_fire(&[Mode::Watched], &case, |_, _, play| {
        assert_eq!(play.ending, Ending::KilledWorker, "{play:?}");
        assert_eq!(play.steps[2].output.stdout, b"on\n");
    });
}

/// The parent's parent is the supervisor where there is no namespace.
#[test]
fn a_run_that_kills_its_supervisor_leaves_nothing_either() {
    loses_its_worker(
        "s = [int(open('/proc/%d/stat' % os.getppid()).read().split(')')[1].split()[1])]\nos.kill(s[0], signal.SIGKILL)",
    );
}
