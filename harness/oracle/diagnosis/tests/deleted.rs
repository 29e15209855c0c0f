//! What a restart does not have.

use super::{Cause, Ground, Nature, Referent, Sense, Verdict, identity, made, ran, sees, sense, told};
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
    let text = "self is a foo.Coupon#1, which today's source does not define".to_owned();
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
    let function = crate::trace::Sighting {
        runs: Some(current("foo.trace#1")),
        ..ran("foo.trace#1", 1, Written::Today)
    };
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
    let missing = [crate::trace::Sighting { sense: None, ..seen[0].clone() }];
    let ground = Ground::default();
    assert_eq!(told(&ground.evidence(Verdict::Masked, &seen, &missing)), []);
    let ground = Ground { made: made(&["sys#1"]), ..ground };
    assert_eq!(told(&ground.evidence(Verdict::Masked, &seen, &missing))[0].0, Cause::DeletedName);
}
