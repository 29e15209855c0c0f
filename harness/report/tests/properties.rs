//! What holds of every report.

use proptest::prelude::*;
use regex::Regex;

use super::*;

/// Printed text in which no number is long enough to be given another one, as ids are.
fn text_without_ids() -> impl Strategy<Value = String> {
    let number = Regex::new("0x[0-9a-f]|[0-9]{5}").unwrap();
    "[ -~\n]{0,30}".prop_filter("it has what may be an id", move |text| !number.is_match(text))
}

proptest! {
    #[test]
    fn identities_do_not_depend_on_the_values_of_ids(key in any::<u64>(), factor in any::<u64>()) {
        // An odd factor and a shift by rotation make every number another one, and no two the same.
        let number = |id: u64| {
            let mixed = (id ^ key).wrapping_mul(factor | 1).rotate_left(32);
            if mixed < 1 << 20 { mixed | 1 << 63 } else { mixed }
        };
        prop_assert_eq!(shown(&renumbered(founding(), number)), shown(&founding()));
    }

    #[test]
    fn two_equal_runs_give_equal_reports(
        printed in prop::collection::vec(text_without_ids(), 1..6), reloads in 0_usize..4, key in any::<u64>(),
    ) {
        let run = || {
            let begun = (0..reloads).fold(Run::new().import_foo(), |run, _| run.reload_foo());
            let run = printed.iter().fold(begun, |run, text| run.printing("f()", text.as_bytes()));
            run.step("x", Event::default().instance(90, "x", 4).show(value(format!("<X at {:#x}>", id(90)))))
        };
        // In another process, ids and the order of hash tables are others.
        let other = renumbered(run(), |id| (1 << 40) + (id ^ (key >> 24)));
        prop_assert_eq!(shown(&run()), shown(&run()));
        prop_assert_eq!(shown(&run()), shown(&other));
    }

    #[test]
    fn no_line_of_a_report_ends_in_a_space(stdout in prop::collection::vec(any::<u8>(), 0..60), shown_value in any::<String>()) {
        let run = Run::new()
            .printing("x", stdout)
            .step("y", Event::default().show(value(shown_value.clone())).raise("E", &shown_value, Vec::new()));
        let text = shown(&run);
        prop_assert!(text.ends_with('\n'));
        for line in text.split('\n') {
            prop_assert!(!line.ends_with(char::is_whitespace), "{:?}", line);
            prop_assert!(!line.contains(char::is_control), "{:?}", line);
        }
    }
}
