//! The epochs' algebra, over anything that can be accepted, pending, present and observed.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::python::Tag;

use super::super::epoch::{Epoch, Epochs};
use super::super::proposal::propose;
use super::{epochs, shown, tag, tags};

const UNIVERSE: [&str; 13] = [
    "cp27", "cp36", "cp39", "cp310", "cp311", "cp312", "cp312d", "cp313", "cp313t", "cp314", "cp314t",
    "pp310", "pp311",
];

fn universe() -> Vec<Tag> {
    UNIVERSE.map(tag).to_vec()
}

fn any_epochs() -> impl Strategy<Value = Epochs> {
    let each =
        prop::collection::vec(prop::option::of(prop::sample::select(vec!["A", "B", "C"])), UNIVERSE.len());
    each.prop_map(|texts| {
        let pairs = universe().into_iter().zip(texts);
        pairs.filter_map(|(tag, text)| Some(Epoch::new(tag, text?))).collect()
    })
}

/// What some present interpreters say, in two orders in which they may run.
fn any_runs() -> impl Strategy<Value = (Vec<Epoch>, Vec<Epoch>)> {
    any_epochs().prop_flat_map(|results| {
        let runs: Vec<Epoch> = results.iter().cloned().collect();
        (Just(runs.clone()).prop_shuffle(), Just(runs).prop_shuffle())
    })
}

fn text(epochs: &Epochs, tag: Tag) -> Option<&str> {
    epochs.in_force(tag).map(Epoch::text)
}

fn after_runs(accepted: &Epochs, pending: &Epochs, runs: &[Epoch]) -> Epochs {
    let present: Vec<Tag> = runs.iter().map(Epoch::tag).collect();
    runs.iter().fold(pending.clone(), |pending, run| propose(accepted, &pending, &present, run))
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn once_accepted_every_present_interpreter_has_its_own_report_in_force(
        accepted in any_epochs(), earlier in any_epochs(), (runs, _) in any_runs(),
    ) {
        let after = accepted.overlaid(&after_runs(&accepted, &earlier, &runs)).folded();
        for run in &runs {
            prop_assert_eq!(text(&after, run.tag()), Some(run.text()), "{} in {}", run.tag(), shown(&after));
        }
    }

    #[test]
    fn the_order_in_which_interpreters_run_makes_no_difference(
        accepted in any_epochs(), earlier in any_epochs(), (one, other) in any_runs(),
    ) {
        let pending = after_runs(&accepted, &earlier, &one);
        prop_assert_eq!(shown(&pending), shown(&after_runs(&accepted, &earlier, &other)));
        prop_assert_eq!(shown(&pending), shown(&after_runs(&accepted, &pending, &other)), "a second round");
    }

    #[test]
    fn an_absent_interpreter_below_the_first_change_keeps_its_text(
        accepted in any_epochs(), (runs, _) in any_runs(),
    ) {
        let mut first: BTreeMap<_, Tag> = BTreeMap::new();
        for run in runs.iter().filter(|run| text(&accepted, run.tag()) != Some(run.text())) {
            let first = first.entry(run.tag().implementation).or_insert(run.tag());
            *first = run.tag().min(*first);
        }
        let after = accepted.overlaid(&after_runs(&accepted, &Epochs::default(), &runs)).folded();
        let below = |tag: &Tag| first.get(&tag.implementation).is_none_or(|first| tag < first);
        for tag in universe().into_iter().filter(below) {
            prop_assert_eq!(text(&after, tag), text(&accepted, tag), "{} in {}", tag, shown(&after));
        }
    }

    #[test]
    fn an_absent_interpreter_with_an_epoch_of_its_own_keeps_its_text(
        accepted in any_epochs(), earlier in any_epochs(), (runs, _) in any_runs(),
    ) {
        let present: BTreeSet<Tag> = runs.iter().map(Epoch::tag).collect();
        let expected = accepted.overlaid(&earlier);
        let after = accepted.overlaid(&after_runs(&accepted, &earlier, &runs)).folded();
        for epoch in expected.iter().filter(|epoch| !present.contains(&epoch.tag())) {
            prop_assert_eq!(text(&after, epoch.tag()), Some(epoch.text()), "{}", epoch.tag());
        }
    }

    #[test]
    fn nothing_is_proposed_that_could_be_left_out(accepted in any_epochs(), (runs, _) in any_runs()) {
        let pending = after_runs(&accepted, &Epochs::default(), &runs);
        for epoch in &pending {
            let mut fewer = pending.clone();
            fewer.remove(epoch.tag());
            let fewer = accepted.overlaid(&fewer);
            let needed = runs.iter().any(|run| text(&fewer, run.tag()) != Some(run.text()));
            prop_assert!(needed, "{} of {}", epoch.tag(), shown(&pending));
        }
    }

    #[test]
    fn folding_changes_no_text_at_any_step_and_leaves_no_equal_neighbours(all in any_epochs()) {
        let mut left = all.clone();
        for fold in all.folds() {
            prop_assert_eq!(text(&left, fold.into), left.get(fold.tag).map(Epoch::text));
            left.remove(fold.tag);
            for tag in universe() {
                prop_assert_eq!(text(&left, tag), text(&all, tag), "{} without {}", tag, fold.tag);
            }
        }
        prop_assert_eq!(&left, &all.folded());
        prop_assert_eq!(left.folds(), vec![]);
        let line = |tag: Tag| (tag.implementation, tag.free_threaded, tag.debug);
        for lower in &left {
            let upper = left.iter().find(|upper| line(upper.tag()) == line(lower.tag()) && upper.tag() > lower.tag());
            prop_assert!(upper.is_none_or(|upper| upper.text() != lower.text()), "{}", shown(&left));
        }
    }
}

#[test]
fn an_epoch_holds_until_the_next_one_of_its_line() {
    let all = epochs("cp27=A cp311=B pp310=P");
    for (interpreter, epoch) in
        [("cp27", "cp27"), ("cp310", "cp27"), ("cp311", "cp311"), ("cp399", "cp311"), ("pp311", "pp310")]
    {
        assert_eq!(all.in_force(tag(interpreter)).unwrap().tag(), tag(epoch), "{interpreter}");
    }
    assert_eq!(all.in_force(tag("pp27")), None, "PyPy has nothing to do with CPython");
    assert_eq!(epochs("pp27=P").in_force(tag("cp27")), None);
}

#[test]
fn a_flavoured_build_prefers_its_own_line_once_that_has_begun() {
    let all = epochs("cp27=A cp313t=T cp314=B");
    for (interpreter, epoch) in [
        ("cp312t", "cp27"),
        ("cp313t", "cp313t"),
        ("cp314t", "cp313t"),
        ("cp314d", "cp314"),
        ("cp313", "cp27"),
    ] {
        assert_eq!(all.in_force(tag(interpreter)).unwrap().tag(), tag(epoch), "{interpreter}");
    }
}

#[test]
fn a_flavoured_line_is_folded_only_where_the_plain_one_says_the_same_all_along() {
    let left = |all: &str| shown(&epochs(all).folded());
    assert_eq!(left("cp27=A cp313t=A"), "cp27=A");
    assert_eq!(left("cp27=A cp313t=A cp314=B"), "cp27=A cp313t=A cp314=B", "3.14t would get B");
    assert_eq!(left("cp27=A cp313t=A cp314=B cp314t=B"), "cp27=A cp314=B");
    assert_eq!(left("cp27=A cp36=A cp311=B cp312=B cp313=A"), "cp27=A cp311=B cp313=A");
}

#[test]
fn equal_reports_of_a_new_scenario_propose_one_epoch() {
    let present = tags("cp27 cp36 cp311 cp312 pp310");
    let mut pending = Epochs::default();
    for run in ["cp312=B", "cp36=A", "pp310=A", "cp311=B", "cp27=A"] {
        let run = epochs(run).iter().next().unwrap().clone();
        pending = propose(&Epochs::default(), &pending, &present, &run);
    }
    assert_eq!(shown(&pending), "cp27=A cp311=B pp310=A");
}
