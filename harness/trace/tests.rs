use super::made_up::{
    Run, attribute, class, defines_foo, frame, function, id, id_call, instance, prompt, statement,
    surroundings, value,
};
use super::{Observation, observe};
use crate::worker::{Event, Made, Value};

fn traced(run: &Run) -> Vec<Observation> {
    observe(&run.scenario, &run.play, &surroundings()).steps
}

fn shown(run: &Run) -> Vec<String> {
    traced(run).into_iter().flat_map(|step| step.values).map(|value| value.text).collect()
}

#[test]
fn generations_count_objects_of_one_name_in_the_order_of_tokens() {
    let run = Run::new().step(
        "x",
        Event::default()
            .with(class(7, "foo.A", &[7]))
            .with(class(3, "foo.A", &[3]))
            .with(function(9, "foo.A")),
    );
    let labels: Vec<String> = traced(&run)[0]
        .changes
        .made
        .iter()
        .map(|new| format!("{} {}", new.identity.token, new.identity.label))
        .collect();
    assert_eq!(labels, ["3 foo.A#1", "7 foo.A#2", "9 foo.A#3"]);
}

#[test]
fn a_module_and_an_instance_of_one_name_do_not_count_each_other() {
    let run = Run::new().import_foo().step("foo = foo.Foo()", Event::default().instance(6, "foo", 2));
    let made = &traced(&run)[2].changes.made[0];
    assert_eq!(made.identity.label.to_string(), "foo#1");
}

#[test]
fn an_id_reads_as_its_newest_living_owner() {
    let reused = Made { id: id(4), ..class(14, "foo.Bar", &[14]) };
    let run = Run::new()
        .import_foo()
        .step("id(foo.Bar)", Event::default().show(id_call(id(4))))
        .step("reload(foo)", Event::default().with(reused).bind(attribute("foo.Bar", 14)).free(&[4]))
        .step("id(foo.Bar)", Event::default().show(id_call(id(4))));
    assert_eq!(shown(&run), ["id of foo.Bar#1", "id of foo.Bar#2"]);
}

#[test]
fn an_id_shown_as_its_object_dies_is_still_that_objects() {
    let run = Run::new()
        .step("b = B()", Event::default().with(instance(1, "b", 9)).bind(prompt("b", 1)))
        .step("id(b), b.die()", Event::default().show(value(format!("({}, None)", id(1)))).free(&[1]))
        .step("kept", Event::default().show(value(id(1).to_string())))
        .step("id(object())", Event::default().show(id_call(id(1))));
    assert_eq!(shown(&run), ["(id of b#1, None)", "former id of b#1", "id of an object without a name"]);
}

#[test]
fn an_object_made_and_freed_within_a_step_yields_to_the_one_that_lives() {
    let run = Run::new().step(
        "x",
        Event::default()
            .with(class(1, "foo.A", &[1]))
            .with(Made { id: id(1), ..class(2, "foo.B", &[2]) })
            .free(&[2])
            .show(id_call(id(1))),
    );
    assert_eq!(shown(&run), ["id of foo.A#1"]);
}

#[test]
fn a_frame_shows_the_line_of_the_file_as_it_was_when_its_function_was_made() {
    let edited = "# a comment\n\n".to_owned() + super::made_up::FOO;
    let run = Run::new()
        .import_foo()
        .step("b = foo.Bar()", Event::default().instance(6, "b", 4))
        .write("foo.py", edited)
        .reload_foo()
        .step(
            "b.foo()",
            Event::default().raise(
                "TypeError",
                "x",
                vec![
                    statement(),
                    frame("foo.py", 9, "foo", super::made_up::code(5)),
                    frame("foo.py", 11, "foo", super::made_up::code(15)),
                    frame("./foo.py", 8, "<lambda>", 77),
                    frame("foo.py", 99, "<lambda>", 77),
                    frame("other.py", 9, "foo", 78),
                ],
            ),
        );
    let steps = traced(&run);
    let frames: Vec<(Option<&str>, Option<usize>)> = steps[5]
        .exception
        .as_ref()
        .unwrap()
        .frames
        .iter()
        .map(|frame| (frame.source.as_deref(), frame.markdown))
        .collect();
    assert_eq!(
        frames,
        [
            (Some("b.foo()"), Some(60)),
            (Some("Foo.foo(self)"), Some(18)),
            (Some("Foo.foo(self)"), Some(50)),
            (Some("class Bar(Foo):"), Some(47)),
            (None, None),
            (None, None)
        ]
    );
}

#[test]
fn a_frame_of_a_function_made_at_the_prompt_shows_its_statement() {
    let run = Run::new()
        .step("def f():\n    1 / 0", Event::default().with(function(1, "__main__.f")).bind(prompt("f", 1)))
        .step(
            "f()",
            Event::default().raise("E", "", vec![frame("<stdin>", 2, "f", super::made_up::code(1))]),
        );
    let steps = traced(&run);
    let frame = &steps[1].exception.as_ref().unwrap().frames[0];
    assert_eq!((frame.source.as_deref(), frame.markdown), (Some("1 / 0"), Some(11)));
}

#[test]
fn code_of_a_freed_function_does_not_lend_its_source_to_later_code() {
    let run = Run::new()
        .write("foo.py", "old\n")
        .step("import foo", Event::default().with(function(1, "foo.f")).free(&[1]))
        .write("foo.py", "new\n")
        .step("x()", Event::default().raise("E", "", vec![frame("foo.py", 1, "f", super::made_up::code(1))]));
    let steps = traced(&run);
    assert_eq!(steps[3].exception.as_ref().unwrap().frames[0].source.as_deref(), Some("new"));
}

#[test]
fn what_a_set_holds_is_told_in_the_order_of_labels() {
    let held = |text: &str| {
        let value = Value { holds: vec![4, 2, 4], ..value(text) };
        let run = Run::new().step("x", defines_foo(0).show(value));
        traced(&run)[0].values[0].holds.iter().map(|held| held.label.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(held("{<B>, <A>}"), ["foo.Bar#1", "foo.Foo#1"]);
    assert_eq!(held("[<B>, <A>]"), ["foo.Bar#1", "foo.Foo#1"]);
    let held = |text: &str| {
        let value = Value { holds: vec![2, 4], ..value(text) };
        let run = Run::new().step("x", defines_foo(0).show(value));
        traced(&run)[0].values[0].holds.iter().map(|held| held.label.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(held("(<A>, <B>)"), ["foo.Foo#1", "foo.Bar#1"]);
    assert_eq!(held("set([<A>, <B>])"), ["foo.Bar#1", "foo.Foo#1"]);
}

#[test]
fn code_at_the_address_of_freed_code_is_not_taken_for_it() {
    let raised = |name: &str| {
        let frames = vec![frame("<stdin>", 1, name, super::made_up::code(5))];
        let event = Event::default().free(&[5]).raise("TypeError", "x", frames);
        let run = Run::new().import_foo().step("boom()", event);
        traced(&run).pop().unwrap().exception.unwrap().frames[0].source.clone()
    };
    assert_eq!(raised("<module>").as_deref(), Some("boom()"));
    // By its name it may be the function that was freed once it had run.
    assert_eq!(raised("foo").as_deref(), Some("import foo"));
}
