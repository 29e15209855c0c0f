//! What is told of the names that other threads read.

use crate::Watched;

const RATES: (&str, &str) = ("rates.py", "TABLE = {}\nimport desk\ndesk.halfway()\nTABLE[1] = 1\n");

/// A module that has a thread read a table while a reload fills it: it is started by some lines.
fn desk(lines: &str) -> Watched {
    let desk = format!(
        "import threading\nON = []\ndef read():\n    return rates.TABLE\n\
         def halfway():\n    if ON:\n        thread = threading.Thread(target=read)\n        {}\n",
        lines.replace('\n', "\n        ")
    );
    let files = [RATES, ("desk.py", desk.as_str())];
    Watched::new(
        ">=2.7",
        &files,
        ">>> import desk, rates\n>>> desk.rates = desk.ON.append(1) or rates\n>>> m = reload(rates)",
    )
}

/// Whether each Python tells that the table was read while a reload was executing its module.
fn tells_of_early_reading(watched: &Watched) -> bool {
    let early = watched.plays().into_iter().map(|(_, play)| {
        let uses = &play.steps.last().unwrap().event.uses;
        let past = |text: &str| uses.iter().find(|used| used.text == text)?.past.clone();
        past("TABLE").or_else(|| past("rates.TABLE")).and_then(|past| past.unfinished)
    });
    let early: Vec<_> = early.collect();
    assert!(!early.is_empty());
    for one in early.iter().flatten() {
        assert_eq!((one.module.as_str(), one.plain.as_deref(), one.size), ("rates", None, Some(1)));
    }
    let told = early.iter().flatten().count();
    assert!(told == 0 || told == early.len(), "some Pythons tell of it, and some do not");
    told > 0
}

#[test]
fn a_thread_that_is_started_and_joined_reads_a_module_that_is_half_executed() {
    let waits = desk("thread.start()\nthread.join()");
    assert!(tells_of_early_reading(&waits));
}

#[test]
fn how_far_a_thread_is_that_nobody_waits_for_is_a_matter_of_chance() {
    desk("thread.start()\nthread.join(60)").tells_nothing_of("rates.TABLE");
    desk("thread.start()\nx = 1\nthread.join()").tells_nothing_of("rates.TABLE");
    let two =
        "other = threading.Thread(target=read)\nthread.start()\nother.start()\nthread.join()\nother.join()";
    desk(two).tells_nothing_of("rates.TABLE");
}

#[test]
fn a_thread_without_an_owner_cannot_be_waited_for() {
    let raw = "try:\n    from thread import start_new_thread\nexcept ImportError:\n    \
               from _thread import start_new_thread\nlock = threading.Lock()\nlock.acquire()\n\
               start_new_thread(lambda: (read(), lock.release()), ())\nlock.acquire()";
    desk(raw).tells_nothing_of("rates.TABLE");
}
