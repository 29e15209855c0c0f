//! What a restart does not have.

use super::*;
use crate::trace::Written;
use crate::worker::Role;

/// `foo.Coupon#1` and `foo.trace#1`, which nothing supersedes.
fn current(label: &str) -> Referent {
    Referent::Known { identity: identity(label), superseded: false }
}

/// It was told of the base of the class, which is superseded.
#[test]
fn an_object_whose_class_a_restart_does_not_have() {
    let mro = ["foo.Coupon#1", "foo.Voucher#1"].map(current).to_vec();
    let object = Sense { class: Some(current("foo.Coupon#1")), mro, ..sense(Nature::Instance) };
    let seen = [sees(Role::Name, "self", object)];
    let with = |labels: &[&str]| Ground { made_in_restart: made(labels), ..Ground::default() };
    let told = |ground: &Ground, verdict| told(&ground.evidence(verdict, &seen, &[]));
    let text = "self is a foo.Coupon#1, a class that a restart does not have".to_owned();
    let ground = with(&["foo#1", "foo.Voucher#1"]);
    assert_eq!(told(&ground, Verdict::Masked), [(Cause::DeletedName, text)]);
    assert_eq!(told(&ground, Verdict::Stale), []);
    assert_eq!(told(&with(&["foo#1", "foo.Coupon#1"]), Verdict::Masked), []);
    assert_eq!(
        told(&with(&[]), Verdict::Masked),
        [],
        "a restart that never came to import foo proves nothing"
    );
}

#[test]
fn a_function_of_todays_source_that_a_restart_does_not_come_to_define() {
    let function = Sighting { runs: Some(current("foo.trace#1")), ..ran("foo.trace#1", 1, Written::Today) };
    let seen = [function];
    let with = |labels: &[&str]| Ground { made_in_restart: made(labels), ..Ground::default() };
    let text = "foo.trace#1 ran, which today's source does not come to define".to_owned();
    let ground = with(&["foo#1", "foo.serve#1"]);
    assert_eq!(told(&ground.evidence(Verdict::Stale, &seen, &[])), [(Cause::DeletedName, text)]);
    let ground = with(&["foo#1", "foo.trace#1"]);
    assert_eq!(told(&ground.evidence(Verdict::Stale, &seen, &[])), []);
}

/// `reload(sys)` on 2.7 brings back what `site` has taken away.
#[test]
fn a_name_of_a_module_of_the_library_is_in_nobodys_source() {
    // The prompt has it, so it has an identity; and nobody of the scenario's has made it.
    let module = Sense { is: Some(current("sys#1")), ..sense(Nature::Module) };
    let module = sees(Role::Name, "sys", module);
    let seen = [sees(Role::Name, "sys.setdefaultencoding", sense(Nature::Instance)), module];
    let missing = [Sighting { sense: None, ..seen[0].clone() }];
    let ground = Ground::default();
    assert_eq!(told(&ground.evidence(Verdict::Masked, &seen, &missing)), []);
    let ground = Ground { made: made(&["sys#1"]), ..ground };
    assert_eq!(told(&ground.evidence(Verdict::Masked, &seen, &missing))[0].0, Cause::DeletedName);
}

#[test]
fn a_name_that_a_restart_does_not_find() {
    let missing =
        Sighting { sense: None, found: Found::Nowhere, ..sees(Role::Name, "fetch", sense(Nature::Instance)) };
    let text = "the name fetch, which means client.fetch#1, is one that a restart does not have";
    let is = Some(Referent::Known { identity: identity("client.fetch#1"), superseded: false });
    let seen = [sees(Role::Name, "fetch", Sense { is, ..sense(Nature::Function) })];
    one(Verdict::Masked, &seen, std::slice::from_ref(&missing), Cause::DeletedName, text);
    assert_eq!(diagnosed(Verdict::Masked, &seen, &[]), []);
}

/// The name was made by what only a reload executes, as the `else` of `try: CACHE`.
#[test]
fn where_nothing_was_edited_no_name_was_deleted() {
    let (seen, missing) = ([sees(Role::Name, "fetch", sense(Nature::Instance))], Found::Nowhere);
    let restart = [Sighting { sense: None, found: missing, ..seen[0].clone() }];
    let ground = Ground::default();
    let evidence = Evidence { edited: false, ..ground.evidence(Verdict::Masked, &seen, &restart) };
    assert_eq!(told(&evidence), []);
    assert_eq!(told(&Evidence { edited: true, ..evidence })[0].0, Cause::DeletedName);
    let seen = [Sighting { runs: Some(current("foo.trace#1")), ..ran("foo.trace#1", 1, Written::Today) }];
    let ground = Ground { made_in_restart: made(&["foo#1"]), ..Ground::default() };
    let evidence = Evidence { edited: false, ..ground.evidence(Verdict::Stale, &seen, &[]) };
    assert_eq!(told(&evidence), []);
}

#[test]
fn of_a_dotted_name_the_part_that_is_missing_is_told() {
    let named = |text| sees(Role::Name, text, sense(Nature::Module));
    let missing = |text| Sighting { sense: None, found: Found::Nowhere, ..named(text) };
    let (seen, restart) = ([named("math.sqrt"), named("math")], [missing("math.sqrt"), missing("math")]);
    let text = "the name math is one that a restart does not have";
    one(Verdict::Masked, &seen, &restart, Cause::DeletedName, text);
}

#[test]
fn a_name_that_a_restart_finds_among_the_built_in_ones() {
    let text = "the name sorted means foo.sorted#1, where a restart finds the built-in one";
    let is = Some(Referent::Known { identity: identity("foo.sorted#1"), superseded: false });
    let seen = [sees(Role::Name, "sorted", Sense { is, ..sense(Nature::Function) })];
    let built_in = Sighting { found: Found::Builtin, ..sees(Role::Name, "sorted", sense(Nature::Instance)) };
    one(Verdict::Mixed, &seen, &[built_in], Cause::DeletedName, text);
    assert_eq!(diagnosed(Verdict::Mixed, &seen, &seen), []);
}
