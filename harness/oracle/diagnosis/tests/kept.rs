//! What something still holds, and which of the holds it is.

use super::*;
use crate::trace::{Identity, Label, Written};
use crate::worker::{Form, Kind, Role};

fn inside(path: &str) -> Sighting {
    let one = ran("foo.make#2", 1, Written::Before);
    Sighting { runs: None, text: path.to_owned(), ..one }
}

#[test]
fn what_a_function_made_is_its_own_unless_the_function_has_just_run() {
    let made = inside("make.<locals>.greet");
    let text = "make.<locals>.greet of foo.py ran, as make made it before foo.py was changed";
    one(Verdict::Stale, std::slice::from_ref(&made), &[], Cause::KeptReference, text);
    // It is the maker that something holds: a search function, a factory in a table.
    let maker = ran("foo.make#1", 2, Written::Before);
    let text = "foo.make#1 ran, which something still holds; foo.make means foo.make#2 now";
    one(Verdict::Stale, &[maker, made], &[], Cause::KeptReference, text);
}

#[test]
fn an_object_of_a_class_that_a_function_made_is_an_old_instance() {
    let name = "foo.make.<locals>.Cipher";
    let class = Identity {
        label: Label { name: name.to_owned(), generation: 1 },
        kind: Kind::Class,
        token: 7,
        id: 7,
    };
    let class = Some(Referent::Known { identity: class, superseded: false });
    let object = sees(Role::Name, "secret", Sense { class, ..sense(Nature::Instance) });
    let seen = [object, inside("make.<locals>.Cipher.encode")];
    let text = "secret is a foo.make.<locals>.Cipher#1, which make made before foo.py was changed";
    one(Verdict::Stale, &seen, &[], Cause::OldInstance, text);
}

/// What it has as a default or in its closure was told instead, and to put that right did not help.
#[test]
fn a_kept_function_is_told_and_not_what_it_has_in_it() {
    let default = Sighting {
        runs: Some(known("foo.poll#1")),
        found: Found::Default,
        ..sees(Role::Name, "fetch", function("foo.fetch#1"))
    };
    let kept = sees(Role::Name, "jobs['kept']", function("foo.poll#1"));
    let text = "jobs['kept'] is still foo.poll#1; foo.poll means foo.poll#2 now";
    one(Verdict::Mixed, &[default, kept], &[], Cause::KeptReference, text);
}

#[test]
fn a_module_that_is_not_the_one_in_sys_modules_is_told_and_not_what_is_in_it() {
    let module = Sense { nature: Nature::Module, ..function("quota#1") };
    let seen = [sees(Role::Name, "f.left", function("quota.left#1")), sees(Role::Name, "f", module)];
    let text = "f is still quota#1; sys.modules['quota'] is quota#2 now";
    one(Verdict::Stale, &seen, &[], Cause::KeptReference, text);
}

/// It was told as a bound method that somebody had taken out.
#[test]
fn a_method_of_the_metaclass_is_looked_up_on_the_class() {
    let found = method("foo.Kind.table#1", "foo.Kind#1");
    let seen =
        [sees(Role::Name, "Model.table", found.clone()), sees(Role::Name, "Model", class(&["foo.Model#1"]))];
    let text = "Model is still foo.Model#1; foo.Model means foo.Model#2 now";
    one(Verdict::Stale, &seen, &[], Cause::KeptReference, text);
    let kept =
        [sees(Role::Name, "Model.table", found), sees(Role::Name, "Model", instance(&["foo.Other#2"]))];
    assert_eq!(diagnosed(Verdict::Stale, &kept, &[])[0].0, Cause::StaleBoundMethod);
}

#[test]
fn a_name_that_was_given_back_to_an_old_function_is_not_what_the_reload_left() {
    let seen = [Sighting {
        runs: Some(Referent::Known { identity: identity("foo.f#1"), superseded: false }),
        ..ran("foo.f#1", 1, Written::Before)
    }];
    let ground = Ground { made: made(&["foo.f#1", "foo.f#2"]), ..Ground::default() };
    let text = "foo.f#1 ran: its name was given back to it, and meant foo.f#2 before that".to_owned();
    assert_eq!(told(&ground.evidence(Verdict::Stale, &seen, &[])), [(Cause::KeptReference, text)]);
}

/// What a loop over all objects of the process met first was told, and that is as the heap has it.
#[test]
fn of_what_a_loop_goes_through_no_former_is_told() {
    let former = |former: Option<&str>| {
        let past = Past { former: former.map(str::to_owned), ..past(Form::Untouched) };
        Sighting { found: Found::Local, past: Some(past), ..sees(Role::Name, "x", sense(Nature::Instance)) }
    };
    let text = "x is still what foo.LOCK meant before the reload";
    one(Verdict::Mixed, &[former(Some("foo.LOCK"))], &[], Cause::KeptReference, text);
    assert_eq!(diagnosed(Verdict::Mixed, &[former(Some("foo.LOCK")), former(None)], &[]), []);
}

#[test]
fn closures_and_defaults_keep_what_they_took() {
    let keeps = |found| [Sighting { found, ..sees(Role::Name, "Bar", class(&["foo.Bar#1"])) }];
    let text = "Bar is foo.Bar#1 in the closure; foo.Bar means foo.Bar#2 now";
    one(Verdict::Mixed, &keeps(Found::Free), &[], Cause::ClosureKeeps, text);
    let text = "Bar is foo.Bar#1 as the default of a parameter; foo.Bar means foo.Bar#2 now";
    one(Verdict::Mixed, &keeps(Found::Default), &[], Cause::DefaultKeeps, text);
}

#[test]
fn a_bound_method_is_stale_where_it_is_kept_and_not_where_it_is_looked_up() {
    let text = "callback is foo.Bar.run#1 bound to a foo.Bar#1; foo.Bar means foo.Bar#2 now";
    let kept = [sees(Role::Name, "callback", method("foo.Bar.run#1", "foo.Bar#1"))];
    one(Verdict::Stale, &kept, &[], Cause::StaleBoundMethod, text);
    let runs =
        Sighting { runs: Some(known("foo.Bar.run#1")), ..sees(Role::Name, "x", sense(Nature::Instance)) };
    let looked_up = [
        sees(Role::Name, "b.run", method("foo.Bar.run#1", "foo.Bar#1")),
        sees(Role::Name, "b", instance(&["foo.Bar#1"])),
        runs,
    ];
    let text = "b is a foo.Bar#1, so b.run runs foo.Bar.run#1; foo.Bar means foo.Bar#2 now";
    one(Verdict::Stale, &looked_up, &[], Cause::OldInstance, text);
    // A function whose lines name nothing leaves no evidence that it ran.
    one(Verdict::Stale, &looked_up[..2], &[], Cause::OldInstance, text);
}

#[test]
fn a_bound_method_stays_stale_when_its_object_is_moved() {
    let function = Sense { now: successor("foo.Bar.run#1"), ..method("foo.Bar.run#1", "foo.Bar#2") };
    let kept = [sees(Role::Name, "callback", function)];
    let text = "callback is foo.Bar.run#1 bound to a foo.Bar#2; foo.Bar.run means foo.Bar.run#2 now";
    one(Verdict::Stale, &kept, &[], Cause::StaleBoundMethod, text);
}

#[test]
fn an_old_name_elsewhere_is_an_alias_or_a_reference_that_is_kept() {
    let text = "f is still foo.f#1; foo.f means foo.f#2 now";
    one(Verdict::Stale, &[sees(Role::Name, "f", function("foo.f#1"))], &[], Cause::FromImportAlias, text);
    let local = Sighting { found: Found::Local, ..sees(Role::Name, "f", function("foo.f#1")) };
    one(Verdict::Stale, &[local], &[], Cause::KeptReference, text);
    let through =
        [sees(Role::Name, "job.f", function("foo.f#1")), sees(Role::Name, "job", instance(&["foo.Job#2"]))];
    one(
        Verdict::Stale,
        &through,
        &[],
        Cause::KeptReference,
        "job.f is still foo.f#1; foo.f means foo.f#2 now",
    );
}

#[test]
fn a_class_of_an_old_instance_is_kept_by_no_variable() {
    let class = Sighting { found: Found::Local, ..sees(Role::Name, "cls", class(&["foo.Bar#1"])) };
    let seen = [
        class,
        sees(Role::Name, "b.run", method("foo.Bar.run#1", "foo.Bar#1")),
        sees(Role::Name, "b", instance(&["foo.Bar#1"])),
    ];
    assert_eq!(diagnosed(Verdict::Masked, &seen, &[])[0].0, Cause::OldInstance);
}

#[test]
fn a_name_that_nothing_imports_was_kept() {
    let text = "old is still foo.f#1; foo.f means foo.f#2 now";
    one(Verdict::Stale, &[sees(Role::Name, "old", function("foo.f#1"))], &[], Cause::KeptReference, text);
}

#[test]
fn a_static_method_is_found_through_the_class_of_an_old_instance() {
    let text = "b is a foo.Bar#1, so b.split runs foo.Bar.split#1; foo.Bar.split means foo.Bar.split#2 now";
    let seen = [
        sees(Role::Name, "b.split", function("foo.Bar.split#1")),
        sees(Role::Name, "b", instance(&["foo.Bar#1"])),
    ];
    one(Verdict::Stale, &seen, &[], Cause::OldInstance, text);
}

#[test]
fn a_number_that_was_imported_is_a_copy() {
    let origin = |origin: Option<&str>| Past {
        origin: origin.map(str::to_owned),
        now: Some("30".to_owned()),
        ..past(Form::Untouched)
    };
    let seen = [number("TIMEOUT", "5", origin(Some("settings.TIMEOUT")))];
    let restart = [number("TIMEOUT", "30", origin(None))];
    let text = "TIMEOUT is still 5; settings.TIMEOUT means 30 now";
    one(Verdict::Stale, &seen, &restart, Cause::FromImportAlias, text);
    assert_eq!(diagnosed(Verdict::Stale, &seen, &seen), []);
}
