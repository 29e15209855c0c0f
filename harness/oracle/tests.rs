use proptest::prelude::*;

use super::answer::Answer;
use super::course::Course;
use super::sources::Script;
use super::{Tally, Verdict};
use crate::trace::made_up::{Run, class, id, renumbered, surroundings, value};
use crate::worker::{Ending, Event, Exception, StepKind};

fn course(run: &Run) -> Course {
    Course::new(Script::whole(&run.scenario), &run.play, &surroundings())
}

/// The answer of one step that prints, shows or raises.
fn answer(event: Event, stdout: &str) -> Answer {
    let mut run = Run::new().step("f()", event);
    run.play.steps[0].output.stdout = stdout.as_bytes().to_vec();
    course(&run).answer(0)
}

fn prints(text: &str) -> Answer {
    answer(Event::default(), text)
}

fn shows(text: &str) -> Answer {
    answer(Event::default().show(value(text)), "")
}

fn raises(text: &str) -> Answer {
    let raised = Exception { name: "TypeError".to_owned(), text: text.to_owned(), ..Exception::default() };
    answer(Event { exception: Some(raised), ..Event::default() }, "")
}

fn crashes() -> Answer {
    Answer::Ended(Ending::Crashed { signal: "SIGSEGV".to_owned() })
}

#[test]
fn what_a_restart_answers_as_well_is_the_same() {
    for answer in
        [prints("a\n"), shows("1"), raises("x"), crashes(), Answer::Ended(Ending::Exited { status: 0 })]
    {
        assert_eq!(Verdict::of(&answer, &answer.clone(), &[]), Verdict::Same);
    }
}

#[test]
fn each_difference_has_its_verdict() {
    let (hung, exited) = (
        Answer::Ended(Ending::Hung { limit: std::time::Duration::from_secs(1) }),
        Answer::Ended(Ending::Exited { status: 3 }),
    );
    for (answer, today, before, expected) in [
        (raises("x"), shows("1"), None, Verdict::Broken),
        // It raised before the edit as well: that it still does is the louder half.
        (raises("x"), shows("1"), Some(raises("x")), Verdict::Broken),
        (raises("x"), raises("y"), None, Verdict::Broken),
        (raises("x"), raises("y"), Some(raises("x")), Verdict::Stale),
        (shows("1"), shows("2"), Some(shows("1")), Verdict::Stale),
        (shows("1"), shows("2"), Some(shows("3")), Verdict::Mixed),
        (shows("1"), shows("2"), None, Verdict::Mixed),
        (prints("1\n"), shows("1"), None, Verdict::Mixed),
        (shows("1"), raises("x"), None, Verdict::Masked),
        (shows("1"), raises("x"), Some(shows("1")), Verdict::Masked),
        (shows("1"), crashes(), None, Verdict::Masked),
        (shows("1"), Answer::Unreached, None, Verdict::Masked),
        (crashes(), shows("1"), None, Verdict::Crashed),
        (hung, shows("1"), None, Verdict::Hung),
        (exited, shows("1"), None, Verdict::Broken),
    ] {
        assert_eq!(
            Verdict::of(&answer, &today, &before.clone().into_iter().collect::<Vec<_>>()),
            expected,
            "{answer:?}, {today:?}, {before:?}"
        );
    }
}

#[test]
fn what_a_module_prints_when_it_is_run_again_is_no_answer() {
    let reload = |stdout: &str| answer(Event { kind: StepKind::Reload, ..Event::default() }, stdout);
    assert_eq!(reload("loading\n"), reload(""));
    assert_ne!(prints("loading\n"), prints(""));
}

#[test]
fn a_run_answers_nothing_after_its_end() {
    let run = Run::new().printing("f()", "1\n").unplayed("crash()").unplayed("g()");
    let ended = course(&run.ending(Ending::Crashed { signal: "SIGABRT".to_owned() }));
    assert_eq!(ended.answer(0), prints("1\n"));
    assert!(matches!(ended.answer(1), Answer::Ended(_)));
    assert_eq!(ended.answer(2), Answer::Unreached);
}

#[test]
fn a_tally_counts_in_a_fixed_order_and_leaves_out_what_is_not_there() {
    let tally: Tally = [Verdict::Stale, Verdict::Same, Verdict::Broken, Verdict::Same].into_iter().collect();
    assert_eq!(tally.to_string(), "2 same, 1 broken, 1 stale");
    assert!(!tally.is_clean());
    let mut sum = tally;
    sum.add(tally);
    assert_eq!((sum.total(), sum.of(Verdict::Same)), (8, 4));
}

proptest! {
    #[test]
    fn a_verdict_does_not_depend_on_which_ids_objects_have(seed in 0_u64..1 << 30) {
        let run = Run::new()
            .import_foo()
            .step("b = foo.Bar()", Event::default().instance(6, "b", 4))
            .reload_foo()
            .step("b", Event::default().show(value(format!("<foo.Bar object at {:#x}>", id(6)))))
            .step("c", Event::default().with(class(40, "foo.C", &[40])).show(value(id(40).to_string())));
        let other = renumbered(run.clone(), |id| (1 << 40) + (id ^ seed));
        for step in 0..run.scenario.steps.len() {
            prop_assert_eq!(course(&run).answer(step), course(&other).answer(step));
        }
    }

    #[test]
    fn two_equal_answers_are_always_the_same(text in "[ -~]{0,20}", before in "[ -~]{0,20}") {
        prop_assert_eq!(Verdict::of(&prints(&text), &prints(&text), &[prints(&before)]), Verdict::Same);
    }
}
