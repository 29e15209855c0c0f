//! Rules about modules as a whole: those that are half executed.

use super::{
    Cause, Form, Nature, Past, Role, Sense, Sighting, Verdict, diagnosed, known, one, past, sees, sense,
};
use crate::worker::Unfinished;

/// A dict of a module that is read while it has so many entries, and that has two when the reload is done.
fn table(text: &str, size: u64, finished: Option<u64>) -> Sighting {
    let unfinished =
        finished.map(|size| Unfinished { module: "rates".to_owned(), plain: None, size: Some(size) });
    let sense = Sense { size: Some(size), ..sense(Nature::Instance) };
    let past = Past { unfinished, ..past(Form::Remade) };
    Sighting { past: Some(past), ..sees(Role::Name, text, sense) }
}

#[test]
fn what_is_right_once_the_reload_is_done_was_read_too_early() {
    let restart = [table("rates.TABLE", 2, None)];
    let early = [table("rates.TABLE", 0, Some(2))];
    let text = "rates.TABLE holds 0, where it holds 2 in a restart; a reload of rates is still executing it";
    one(Verdict::Broken, &early, &restart, Cause::PartiallyInitialized, text);
    let found = |verdict, seen: &[Sighting]| {
        let found = diagnosed(verdict, seen, &restart);
        found.into_iter().any(|(cause, _)| cause == Cause::PartiallyInitialized)
    };
    assert!(!found(Verdict::Mixed, &[table("rates.TABLE", 0, Some(1))]), "it is not right later on");
    assert!(!found(Verdict::Stale, &early));
}

#[test]
fn what_a_module_does_to_itself_in_a_thread_is_not_read_too_early() {
    let restart = [table("TABLE", 2, None)];
    let both = |runs: &str| {
        [table("TABLE", 0, Some(2)), table("TABLE", 2, None)]
            .map(|one| Sighting { runs: Some(known(runs)), ..one })
    };
    let found = |seen: &[Sighting]| {
        let found = diagnosed(Verdict::Mixed, seen, &restart);
        found.into_iter().any(|(cause, _)| cause == Cause::PartiallyInitialized)
    };
    assert!(!found(&both("rates.fill#2")));
    assert!(found(&both("rates.fill#1")), "code of before the reload is not the module's work on itself");
}
