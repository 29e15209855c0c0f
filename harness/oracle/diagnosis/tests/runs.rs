//! Functions that ran.

use super::*;

#[test]
fn what_ran_of_a_file_that_was_changed_was_not_reloaded() {
    let text = "foo.f#2 ran, and no reload has come to it since foo.py was changed";
    one(Verdict::Stale, &[ran("foo.f#2", 1, Written::Before)], &[], Cause::NotReloaded, text);
    let text = "foo.f#2 ran, which was made by a reload and is not what foo.py has there";
    one(Verdict::Stale, &[ran("foo.f#2", 1, Written::Elsewhere)], &[], Cause::NotReloaded, text);
    let text = "foo.f#2 ran, which today's source does not define";
    one(Verdict::Stale, &[ran("foo.f#2", 1, Written::Gone)], &[], Cause::DeletedName, text);
    let today = ran("foo.f#2", 1, Written::Today);
    assert_eq!(diagnosed(Verdict::Mixed, std::slice::from_ref(&today), std::slice::from_ref(&today)), []);
}

#[test]
fn what_stands_below_the_line_at_which_a_reload_raised_is_of_before() {
    let seen = [ran("foo.f#2", 1, Written::Before)];
    let stops = &[Place { function: "<module>".to_owned(), ..place(3) }];
    let ground = Ground::default();
    let found = diagnose(&Evidence { stops, ..ground.evidence(Verdict::Mixed, &seen, &[]) });
    assert_eq!(found[0].cause, Cause::ReloadStopped);
    assert_eq!(found[0].place, Some(stops[0].clone()));
}

#[test]
fn what_was_called_by_two_generations_and_once_too_often_is_registered_twice() {
    let seen = [ran("foo.f#1", 1, Written::Today), ran("foo.f#2", 2, Written::Today)];
    let restart = [ran("foo.f#1", 1, Written::Today)];
    let text = "foo.f#1 and foo.f#2 ran, twice in all, where it is once in a restart";
    one(Verdict::Mixed, &seen, &restart, Cause::RegisteredTwice, text);
    let twice = [ran("foo.f#1", 1, Written::Today), ran("foo.f#1", 1, Written::Today)];
    let text = "foo.f#1 ran, which something still holds; foo.f means foo.f#2 now";
    one(Verdict::Mixed, &seen, &twice, Cause::KeptReference, text);
}
