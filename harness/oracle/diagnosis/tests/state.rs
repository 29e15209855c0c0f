//! State that a reload makes anew or leaves, and what fills it.

use super::*;
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
        notes: Vec::new(),
        members: Vec::new(),
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
        diagnose(&evidence)
    };
    let found = told_of(&half_way, true, Verdict::Broken);
    assert_eq!(found[0].cause, Cause::ReloadStopped);
    assert_eq!(found[0].place.as_ref().map(|place| place.line), Some(7));
    assert_eq!(told_of(&half_way, false, Verdict::Broken), []);
    let not_begun = raised(vec![at(Origin::Statement, "<module>", 1)]);
    assert_eq!(told_of(&not_begun, true, Verdict::Broken), [], "a file that is not there, a syntax error");
}

#[test]
fn state_is_compared_with_what_the_same_line_finds_in_a_restart() {
    let plain = |text: &str| {
        [sees(Role::Name, "count", Sense { plain: Some(text.to_owned()), ..sense(Nature::Instance) })]
    };
    one(
        Verdict::Mixed,
        &plain("0"),
        &plain("3"),
        Cause::StateReset,
        "count is 0, where it is 3 in a restart",
    );
    let sized = |size| [sees(Role::Name, "HANDLERS", Sense { size: Some(size), ..sense(Nature::Instance) })];
    let text = "HANDLERS holds 2, where it holds 1 in a restart";
    one(Verdict::Mixed, &sized(2), &sized(1), Cause::RegisteredTwice, text);
    // Rather than by which variable the old one was called.
    let called = Sighting { found: Found::Local, ..sees(Role::Name, "handler", function("foo.f#1")) };
    let [registry] = sized(2);
    one(Verdict::Mixed, &[called, registry], &sized(1), Cause::RegisteredTwice, text);
    let text = "HANDLERS holds 0, where it holds 1 in a restart";
    one(Verdict::Mixed, &sized(0), &sized(1), Cause::StateReset, text);
    assert_eq!(diagnosed(Verdict::Mixed, &sized(1), &sized(1)), []);
}

#[test]
fn what_the_step_itself_has_put_into_a_container_is_not_registered_twice() {
    let sized = |size| sees(Role::Name, "LINES", Sense { size: Some(size), ..sense(Nature::Instance) });
    assert_eq!(diagnosed(Verdict::Mixed, &[sized(0), sized(1)], &[sized(0)]), []);
    let later = |size| Sighting { place: place(11), ..sized(size) };
    assert_eq!(diagnosed(Verdict::Mixed, &[sized(0), later(2)], &[sized(0), later(1)]), []);
}

#[test]
fn a_module_of_the_library_is_not_made_anew() {
    let sized = |size| sees(Role::Name, "sys.modules", Sense { size: Some(size), ..sense(Nature::Instance) });
    let sys = || Sense { is: Some(Referent::Outside("sys".to_owned())), ..sense(Nature::Module) };
    let seen = [sized(67), sees(Role::Name, "sys", sys())];
    assert_eq!(diagnosed(Verdict::Mixed, &seen, &[sized(68)]), []);
}

#[test]
fn only_what_a_reload_has_touched_is_reset_by_it() {
    let seen = |past: Past| [number("LAST", "0", past)];
    let restart = [number("LAST", "2", past(Form::Untouched))];
    let text = "LAST is 0, where it is 2 in a restart";
    one(Verdict::Mixed, &seen(past(Form::Remade)), &restart, Cause::StateReset, text);
    assert_eq!(diagnosed(Verdict::Mixed, &seen(past(Form::Untouched)), &restart), []);
    let undone = Past { undone: Some("store.save".to_owned()), ..past(Form::Untouched) };
    let text = "LAST is 0, where it is 2 in a restart; store.save is as its own module defines it, and was another's";
    one(Verdict::Mixed, &seen(undone), &restart, Cause::StateReset, text);
}

#[test]
fn a_value_of_a_module_that_was_not_executed_since_is_not_reloaded() {
    let before = Past { source: Executed::Before, ..past(Form::Untouched) };
    let restart = [number("RATE", "19", past(Form::Untouched))];
    let text = "RATE is 16, where it is 19 in a restart, and no reload has come to its module since that was changed";
    one(Verdict::Stale, &[number("RATE", "16", before)], &restart, Cause::NotReloaded, text);
}

#[test]
fn a_lock_that_was_made_anew_is_reset_and_the_one_before_it_is_kept() {
    let object =
        |past: Past| [Sighting { past: Some(past), ..sees(Role::Name, "x", sense(Nature::Instance)) }];
    let anew = Past { is_stateful: true, ..past(Form::Remade) };
    let text = "x is another object than before the reload";
    one(Verdict::Mixed, &object(anew), &[], Cause::StateReset, text);
    let former = Past { former: Some("orders.QUEUE".to_owned()), ..past(Form::Untouched) };
    let text = "x is still what orders.QUEUE meant before the reload";
    one(Verdict::Mixed, &object(former), &[], Cause::KeptReference, text);
}

#[test]
fn a_line_that_has_both_generations_goes_through_what_was_registered_twice() {
    let cls = |label: &str| sees(Role::Name, "cls", class(&[label]));
    let cls = |label: &str| Sighting { found: Found::Local, ..cls(label) };
    let both = [cls("foo.Bar#1"), cls("foo.Bar#2")];
    let text = "cls is foo.Bar#1, and foo.Bar#2 as well, where there is one in a restart";
    one(Verdict::Mixed, &both, &[cls("foo.Bar#1")], Cause::RegisteredTwice, text);
    let found = diagnosed(Verdict::Mixed, &both, &both);
    assert!(found.iter().all(|(cause, _)| *cause != Cause::RegisteredTwice), "{found:?}");
}
