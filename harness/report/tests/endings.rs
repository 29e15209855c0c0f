//! How a run ended, and at which step.

use super::*;

#[test]
fn a_crash_is_told_at_its_step() {
    let mut run = Run::new()
        .import_foo()
        .unplayed("crash()")
        .unplayed("1 + 1")
        .unplayed("2 + 2")
        .ending(Ending::Crashed { signal: "SIGSEGV".to_owned() });
    run.play.rest.stdout = b"going\n".to_vec();
    run.play.leaked = true;
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> crash()
        going
        crashed: killed by SIGSEGV
        left processes behind
    2 steps were not reached
    ");
}

#[test]
fn a_crash_while_a_file_is_written_shows_the_file() {
    let mut run = Run::new().write("foo.py", "x").ending(Ending::Silent);
    run.play.steps.clear();
    assert_snapshot!(shown(&run), @"
    write foo.py
        silent: it ended with status 0, but its end marker never came
    ");
}

#[test]
fn a_hang_does_not_count_what_was_written_until_the_kill() {
    let hung = |lines: usize| {
        let mut run =
            Run::new().unplayed("spin()").ending(Ending::Hung { limit: Duration::from_millis(500) });
        run.play.rest.stdout = b"x\n".repeat(lines);
        run.play.rest.dropped = u64::try_from(lines).unwrap();
        shown(&run)
    };
    assert_eq!(hung(100), hung(2000));
    assert!(
        hung(100).ends_with("    x\n    ... and more\n    hung: still running after 500 ms\n"),
        "{}",
        hung(100)
    );
}

#[test]
fn what_is_left_after_the_last_step_is_told_of() {
    let mut run = Run::new().printing("start()", "");
    run.play.rest.stderr = b"late\n".to_vec();
    run.play.leaked = true;
    run.play.threads = vec!["Thread-1".to_owned(), "Thread-2".to_owned()];
    assert_snapshot!(shown(&run), @"
    >>> start()
    after the last step:
        stderr: late
        left processes behind
        left threads: Thread-1, Thread-2
    ");
}

#[test]
fn a_crash_after_the_last_step_is_told_there() {
    let run = Run::new().printing("start()", "").ending(Ending::Exited { status: 3 });
    assert_snapshot!(shown(&run), @"
    >>> start()
    after the last step:
        exited with status 3
    ");
}

#[test]
fn a_step_that_leaves_is_the_one_at_which_the_run_ended() {
    let leaves = Event { leaves: Some(3), ..Event::default() };
    let mut run =
        Run::new().step("sys.exit(3)", leaves).unplayed("never()").ending(Ending::Exited { status: 3 });
    run.play.rest.stdout = b"bye\n".to_vec();
    assert_snapshot!(shown(&run), @"
    >>> sys.exit(3)
        bye
        exited with status 3
    1 step was not reached
    ");
}
