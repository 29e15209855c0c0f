//! Old objects, old code and old data.

use super::*;

#[test]
fn an_instance_whose_class_is_not_superseded_runs_what_a_superseded_base_has() {
    let function = Sense { now: successor("foo.Foo.run#1"), ..method("foo.Foo.run#1", "bar.Bar#2") };
    let seen =
        [sees(Role::Name, "b.run", function), sees(Role::Name, "b", instance(&["bar.Bar#2", "foo.Foo#1"]))];
    let runs = "so b.run runs foo.Foo.run#1; foo.Foo.run means foo.Foo.run#2 now";
    let text = format!("b is a bar.Bar#2, which descends from foo.Foo#1, {runs}");
    one(Verdict::Stale, &seen, &[], Cause::KeptReference, &text);
    // Nor does it descend from anything old where a function was put into it.
    let [called, _] = seen;
    let seen = [called, sees(Role::Name, "b", instance(&["bar.Bar#2"]))];
    let text = format!("b is a bar.Bar#2, which holds foo.Foo.run#1, {runs}");
    one(Verdict::Stale, &seen, &[], Cause::KeptReference, &text);
}

#[test]
fn where_nothing_else_shows_an_old_object_is_told() {
    let seen = [sees(Role::Name, "link", instance(&["net.Link#1"]))];
    let text = "link is a net.Link#1; net.Link means net.Link#2 now";
    one(Verdict::Stale, &seen, &[], Cause::OldInstance, text);
    let alias = [seen[0].clone(), sees(Role::Name, "f", function("foo.f#1"))];
    assert_eq!(diagnosed(Verdict::Stale, &alias, &[])[0].0, Cause::FromImportAlias);
}

#[test]
fn what_the_import_system_sets_is_no_new_global() {
    let plain = Sense { plain: Some("'foo'".to_owned()), ..sense(Nature::Instance) };
    let seen = [Sighting { runs: Some(known("foo.f#1")), ..sees(Role::Name, "__name__", plain) }];
    assert_eq!(diagnosed(Verdict::Mixed, &seen, &[]), []);
}

#[test]
fn old_code_finds_new_globals() {
    let plain = Sense { plain: Some("30".to_owned()), ..sense(Nature::Instance) };
    let seen = [Sighting { runs: Some(known("orders.Order.total#1")), ..sees(Role::Name, "RATE", plain) }];
    let text = "orders.Order.total#1 is code from before the reload, and the name RATE in it means 30, from after it";
    one(Verdict::Mixed, &seen, &[], Cause::OldCodeNewGlobals, text);
    assert_eq!(diagnosed(Verdict::Stale, &seen, &[]), []);
    // What runs it is told as well.
    let [ran] = seen;
    let called = [
        sees(Role::Name, "o.total", method("orders.Order.total#1", "orders.Order#1")),
        sees(Role::Name, "o", instance(&["orders.Order#1"])),
        ran,
    ];
    let causes: Vec<Cause> =
        diagnosed(Verdict::Mixed, &called, &[]).into_iter().map(|(cause, _)| cause).collect();
    assert_eq!(causes, [Cause::OldCodeNewGlobals, Cause::OldInstance]);
}

#[test]
fn new_code_finds_old_data() {
    let reads = |plain: &str| {
        let value = Sense { plain: Some(plain.to_owned()), ..sense(Nature::Instance) };
        [
            Sighting { found: Found::Local, ..sees(Role::Name, "self.timeout", value) },
            Sighting { found: Found::Local, ..sees(Role::Name, "self", instance(&["foo.Bar#2"])) },
        ]
    };
    let text = "self.timeout is 60, where it is 1 in a restart";
    one(Verdict::Mixed, &reads("60"), &reads("1"), Cause::OldData, text);
    assert_eq!(diagnosed(Verdict::Mixed, &reads("1"), &reads("1")), []);
    // Of several jobs in turn, none is compared with another.
    let several = [&reads("60")[..], &reads("1")].concat();
    assert_eq!(diagnosed(Verdict::Mixed, &several, &reads("1")), []);
    assert_eq!(diagnosed(Verdict::Mixed, &reads("60"), &[&reads("1")[..], &reads("2")].concat()), []);
    // An object of a class that was never reloaded has none.
    let never = |one: Sighting| match one.text.as_str() {
        "self" => {
            let class = Referent::Known { identity: identity("foo.Bar#1"), superseded: false };
            Sighting { sense: Some(Sense { class: Some(class), ..sense(Nature::Instance) }), ..one }
        }
        _ => one,
    };
    assert_eq!(diagnosed(Verdict::Mixed, &reads("60").map(never), &reads("1").map(never)), []);
}

#[test]
fn an_old_object_alone_is_a_cause_of_the_old_answer_only() {
    let b = || sees(Role::Name, "b", instance(&["foo.Bar#1", "foo.Foo#1"]));
    let text = "b is a foo.Bar#1; foo.Bar means foo.Bar#2 now";
    one(Verdict::Stale, &[b()], &[], Cause::OldInstance, text);
    for verdict in [Verdict::Mixed, Verdict::Broken, Verdict::Hung, Verdict::Crashed] {
        assert_eq!(diagnosed(verdict, &[b()], &[]), []);
        let beside = sees(Role::Name, "foo.Foo", class(&["foo.Foo#2"]));
        one(verdict, &[b(), beside], &[], Cause::OldInstance, text);
    }
}

#[test]
fn what_has_a_superseded_base_answers_as_before_or_where_a_restart_fails() {
    let heir = Sense { now: successor("foo.Foo#1"), ..class(&["foo.Baz#2", "foo.Foo#1"]) };
    let seen = [sees(Role::Name, "foo.Baz", heir)];
    let text = "foo.Baz is foo.Baz#2, which descends from foo.Foo#1; foo.Foo means foo.Foo#2 now";
    for verdict in [Verdict::Stale, Verdict::Masked] {
        one(verdict, &seen, &[], Cause::KeptReference, text);
    }
    assert_eq!(diagnosed(Verdict::Mixed, &seen, &[]), []);
    let today = [sees(Role::Name, "foo.Baz", class(&["foo.Baz#2", "foo.Foo#2"]))];
    assert_eq!(diagnosed(Verdict::Stale, &today, &[]), []);
}

#[test]
fn a_moved_object_may_lack_what_it_has_in_a_restart() {
    let has = || Sense { plain: Some("5".to_owned()), ..sense(Nature::Instance) };
    let reads = |of: &str, spare| {
        let attribute = sees(Role::Name, "self.spare", has());
        [sees(Role::Name, "self", instance(&[of])), Sighting { sense: spare, ..attribute }]
    };
    let restart = reads("foo.Tank#1", Some(has()));
    let text = "self has no spare, where it is 5 in a restart";
    one(Verdict::Broken, &reads("foo.Tank#2", None), &restart, Cause::OldData, text);
    assert_eq!(diagnosed(Verdict::Broken, &reads("foo.Tank#1", None), &restart), []);
    assert_eq!(diagnosed(Verdict::Broken, &reads("foo.Tank#2", None), &reads("foo.Tank#1", None)), []);
}
