//! One generation used on another.

use super::*;

#[test]
fn a_base_of_another_generation_is_told_with_what_the_object_descends_from() {
    let text = "the name Foo means foo.Foo#2, but self is a foo.Bar#1, which descends from foo.Foo#1";
    for (role, cause) in [
        (Role::UnboundCall, Cause::UnboundBaseCall),
        (Role::Super, Cause::TwoArgumentSuper),
        (Role::Isinstance, Cause::IsinstanceMisses),
        (Role::Case, Cause::IsinstanceMisses),
        (Role::Except, Cause::ExceptMisses),
    ] {
        let seen =
            on(sees(role, "Foo", class(&["foo.Foo#2"])), "self", instance(&["foo.Bar#1", "foo.Foo#1"]));
        one(Verdict::Broken, &[seen], &[], cause, text);
    }
}

#[test]
fn a_class_of_the_object_itself_needs_no_descent() {
    let seen = on(sees(Role::Super, "Bar", class(&["foo.Bar#2"])), "self", instance(&["foo.Bar#1"]));
    one(
        Verdict::Broken,
        &[seen],
        &[],
        Cause::TwoArgumentSuper,
        "the name Bar means foo.Bar#2, but self is a foo.Bar#1",
    );
    let seen = on(sees(Role::Isinstance, "Bar", class(&["foo.Bar#2"])), "cls", class(&["foo.Bar#1"]));
    one(
        Verdict::Mixed,
        &[seen],
        &[],
        Cause::IsinstanceMisses,
        "the name Bar means foo.Bar#2, but cls is foo.Bar#1",
    );
}

#[test]
fn a_relation_within_one_generation_is_no_cause() {
    let seen = [
        on(
            sees(Role::UnboundCall, "Foo", class(&["foo.Foo#2"])),
            "self",
            instance(&["foo.Bar#2", "foo.Foo#2"]),
        ),
        on(sees(Role::Isinstance, "Baz", class(&["foo.Baz#2"])), "b", instance(&["foo.Bar#1", "foo.Foo#1"])),
        on(sees(Role::Compare, "a", instance(&["foo.Bar#2"])), "b", instance(&["foo.Bar#2"])),
    ];
    assert_eq!(diagnosed(Verdict::Mixed, &seen, &[]), []);
}

#[test]
fn of_a_step_that_is_the_same_only_relations_are_told() {
    let crossed = on(
        sees(Role::UnboundCall, "Foo", class(&["foo.Foo#2"])),
        "self",
        instance(&["foo.Bar#1", "foo.Foo#1"]),
    );
    let alias = sees(Role::Name, "f", function("foo.f#1"));
    assert_eq!(diagnosed(Verdict::Same, std::slice::from_ref(&crossed), &[]).len(), 1);
    assert_eq!(diagnosed(Verdict::Same, &[alias], &[]), []);
}

#[test]
fn two_generations_compared() {
    let seen =
        on(sees(Role::Compare, "b.__class__", class(&["foo.Bar#1"])), "foo.Bar", class(&["foo.Bar#2"]));
    one(
        Verdict::Mixed,
        &[seen],
        &[],
        Cause::ComparedGenerations,
        "b.__class__ is foo.Bar#1, but foo.Bar is foo.Bar#2",
    );
    let seen = on(sees(Role::Compare, "old", instance(&["foo.Bar#1"])), "new", instance(&["foo.Bar#2"]));
    one(
        Verdict::Mixed,
        &[seen],
        &[],
        Cause::ComparedGenerations,
        "old is a foo.Bar#1, but new is a foo.Bar#2",
    );
}

#[test]
fn pickle_goes_by_the_name() {
    let text = "pickle goes by the name, and foo.Bar means foo.Bar#2 now";
    let seen = sees(Role::Pickle, "b", instance(&["foo.Bar#1"]));
    one(Verdict::Broken, &[seen], &[], Cause::PickledByName, &format!("b is a foo.Bar#1, but {text}"));
    let seen = sees(Role::Pickle, "Bar", class(&["foo.Bar#1"]));
    one(Verdict::Broken, &[seen], &[], Cause::PickledByName, &format!("Bar is foo.Bar#1, but {text}"));
    assert_eq!(diagnosed(Verdict::Broken, &[sees(Role::Pickle, "c", instance(&["foo.Bar#2"]))], &[]), []);
    // What is superseded is its function as well, of which pickle knows nothing.
    let method = Sense { nature: Nature::Method, ..instance(&["foo.Bar#1"]) };
    let text = "b.go is of a foo.Bar#1, but pickle goes by the name, and foo.Bar means a later one now";
    one(Verdict::Broken, &[sees(Role::Pickle, "b.go", method)], &[], Cause::PickledByName, text);
}

#[test]
fn a_registry_knows_another_generation() {
    for role in [Role::Dispatch, Role::Key] {
        let seen = on(sees(role, "show", class(&["foo.Bar#1"])), "b", instance(&["foo.Bar#2"]));
        let text = "show knows foo.Bar#1, but b is a foo.Bar#2; foo.Bar means foo.Bar#2 now";
        one(Verdict::Mixed, &[seen], &[], Cause::RegistryKeyedByClass, text);
    }
}

#[test]
fn what_is_one_object_in_a_restart_and_here_two_has_been_made_twice() {
    let compared = |holds| {
        let is = on(sees(Role::Compare, "x", sense(Nature::Instance)), "EMPTY", sense(Nature::Instance));
        [Sighting { holds, ..is }]
    };
    let text = "x and EMPTY are two objects, where they are one in a restart";
    let (is, is_not) = (compared(Some(true)), compared(Some(false)));
    one(Verdict::Mixed, &is_not, &is, Cause::ComparedGenerations, text);
    assert_eq!(diagnosed(Verdict::Mixed, &is_not, &is_not), []);
    assert_eq!(diagnosed(Verdict::Mixed, &compared(None), &is), []);
}
