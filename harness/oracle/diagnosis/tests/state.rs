//! State that a reload makes anew or leaves, and what fills it.

use super::{
    Cause, Evidence, Found, Ground, Nature, Past, Place, Role, Sense, Sighting, Verdict, class, diagnosed,
    instance, known, number, on, one, past, place, sees, sense, told,
};
use crate::trace::{Origin, Raised};
use crate::worker::Form;

fn holding(text: &str, size: u64) -> Sighting {
    sees(Role::Name, text, Sense { size: Some(size), ..sense(Nature::Instance) })
}

/// It was told as registered twice, by a reload that registers nothing.
#[test]
fn a_registry_that_missed_a_class_holds_one_more() {
    let (seen, restart) = ([holding("box.OBJECTS", 3)], [holding("box.OBJECTS", 2)]);
    let missed = on(sees(Role::Key, "OBJECTS", class(&["foo.Pool#1"])), "cls", class(&["foo.Pool#2"]));
    let ground = Ground::default();
    let evidence = Evidence { earlier: &[vec![missed]], ..ground.evidence(Verdict::Mixed, &seen, &restart) };
    let text = "box.OBJECTS holds 3, where it holds 2 in a restart, and foo.Pool#1 is one of its keys";
    assert_eq!(told(&evidence), [(Cause::RegistryKeyedByClass, text.to_owned())]);
    let text = "box.OBJECTS holds 3, where it holds 2 in a restart";
    one(Verdict::Mixed, &seen, &restart, Cause::RegisteredTwice, text);
}

#[test]
fn a_number_that_is_more_than_in_a_restart_was_not_begun_anew() {
    let at = |plain: &str| [number("COUNT", plain, past(Form::Remade))];
    let text = "COUNT is 1, where it is 6 in a restart";
    one(Verdict::Mixed, &at("1"), &at("6"), Cause::StateReset, text);
    assert_eq!(diagnosed(Verdict::Mixed, &at("6"), &at("1")), []);
}

/// A setter that raised had left the value as it was.
#[test]
fn an_object_has_no_old_data_where_nothing_was_edited() {
    let value = |plain: &str| {
        let plain = Sense { plain: Some(plain.to_owned()), ..sense(Nature::Instance) };
        let own = sees(Role::Name, "self.x", plain);
        let own = Sighting { found: Found::Local, ..own };
        [own, sees(Role::Name, "self", instance(&["foo.Bar#2"]))]
    };
    let (seen, restart, ground) = (value("1"), value("2"), Ground::default());
    let edited = ground.evidence(Verdict::Mixed, &seen, &restart);
    assert_eq!(told(&edited)[0].0, Cause::OldData);
    assert_eq!(told(&Evidence { edited: false, ..edited }), []);
}

/// A loop reloads in its midst, and what it found before that was told as found after it.
#[test]
fn old_code_finds_what_the_reload_made_only_where_a_restart_finds_the_same() {
    let rate = |plain: &str| Sighting {
        runs: Some(known("foo.of#1")),
        found: Found::Global,
        ..number("RATE", plain, Past { ..past(Form::Untouched) })
    };
    let found = |seen: &str, restart: &str| {
        let found = diagnosed(Verdict::Mixed, &[rate(seen)], &[rate(restart)]);
        found.into_iter().any(|(cause, _)| cause == Cause::OldCodeNewGlobals)
    };
    assert!(found("20", "20"));
    assert!(!found("10", "20"));
}

/// The step that raises had no cause, and only what came of it had.
#[test]
fn a_reload_that_raises_half_way_says_where_it_stopped() {
    let at = |origin, function: &str, line| Place { function: function.to_owned(), origin, ..place(line) };
    let raised = |frames| Raised {
        name: "ValueError".to_owned(),
        text: String::new(),
        frames,
        dropped: 0,
        chain: Vec::new(),
    };
    let half_way = raised(vec![
        at(Origin::Statement, "<module>", 1),
        at(Origin::Scenario, "<module>", 7),
        at(Origin::Scenario, "register", 3),
    ]);
    let ground = Ground::default();
    let told_of = |raised, reloads, verdict| {
        let evidence = Evidence { raised: Some(raised), reloads, ..ground.evidence(verdict, &[], &[]) };
        super::diagnose(&evidence)
    };
    let found = told_of(&half_way, true, Verdict::Broken);
    assert_eq!(found[0].cause, Cause::ReloadStopped);
    assert_eq!(found[0].place.as_ref().map(|place| place.line), Some(7));
    assert_eq!(told_of(&half_way, false, Verdict::Broken), []);
    let not_begun = raised(vec![at(Origin::Statement, "<module>", 1)]);
    assert_eq!(told_of(&not_begun, true, Verdict::Broken), [], "a file that is not there, a syntax error");
}
