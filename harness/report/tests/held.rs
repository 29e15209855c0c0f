//! What is still held at the end.

use super::*;

#[test]
fn what_is_still_held_is_told_at_the_end() {
    let mut run = founding()
        .held(4, Hold::Instance, "b", Some(6))
        .held(3, Hold::BoundMethod, "app.JOBS[0]", None)
        .held(4, Hold::DefaultArgument, "app.make(kind=...)", None);
    run.play.held[1].more = 1200;
    run.play.more_held = 3;
    let shown = shown(&run);
    let (_, told) = shown.split_once("still held at the end:\n").unwrap();
    assert_snapshot!(told, @r"
    foo.Bar#1      instance          b
    foo.Foo.foo#1  bound method      app.JOBS[0], and 1,200 more
    foo.Bar#1      default argument  app.make(kind=...)
    ... 3 more
    ");
}

#[test]
fn what_is_not_superseded_is_not_told_as_held() {
    let run = Run::new().import_foo().held(4, Hold::Name, "Bar", None);
    assert!(!shown(&run).contains("still held"));
}

#[test]
fn a_path_has_neither_addresses_nor_what_cannot_be_seen() {
    let path = format!("app.BY_NAME['/tmp/w1/foo.py \u{200b} {:#x}']", id(4));
    let run = founding().held(4, Hold::Container, &path, None);
    let shown = shown(&run);
    assert_eq!(
        shown.lines().last().map(str::trim),
        Some("foo.Bar#1  container  app.BY_NAME['foo.py \\u{200b} id of foo.Bar#1']")
    );
}
