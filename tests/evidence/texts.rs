//! What is told of texts that are evaluated in a module.

use crate::Watched;

const UNITS: (&str, &str) = ("units.py", "def spoon(n):\n    return n\ndef litre(n):\n    return n\n");
const RECIPE: (&str, &str) = (
    "recipe.py",
    "from units import spoon\nspoons = 3\ncups = 2\ndef evaluate(text):\n    cups = 4\n    return eval(text)\n",
);

fn evaluates(text: &str) -> Watched {
    let step = format!(">>> import units, recipe\n>>> m = reload(units)\n>>> recipe.evaluate({text:?})");
    Watched::new(">=2.7", &[UNITS, RECIPE], &step)
}

#[test]
fn a_text_that_is_evaluated_in_a_module_reads_its_names() {
    let watched = evaluates("(spoon(spoons), cups, len, litre)");
    watched.tells(&[
        "<string>:1 Name spoon: Global, function units.spoon#1",
        "<string>:1 Name spoons: Global, instance of int 3",
        "<string>:1 Name litre: Nowhere, nothing",
    ]);
    watched.tells_nothing_of("<string>:1 Name cups");
    watched.tells_nothing_of("<string>:1 Name len");
    for (tag, play) in watched.plays() {
        let uses = &play.steps.last().unwrap().event.uses;
        let missing = uses.iter().find(|used| used.text == "litre").unwrap().past.clone().unwrap();
        assert_eq!(
            (missing.module.as_deref(), missing.defined_in),
            (Some("recipe"), vec!["units".to_owned()]),
            "{tag}"
        );
    }
}

#[test]
fn attributes_and_what_a_text_binds_itself_are_not_names_that_it_reads() {
    let attribute = evaluates("spoons.cups if spoons is None else 0");
    attribute.tells(&["<string>:1 Name spoons: Global, instance of int 3"]);
    attribute.tells_nothing_of("<string>:1 Name cups");
    evaluates("exec('spoons = 1; print(spoons)', globals())")
        .tells_nothing_of("spoons: Global, instance of int 3");
}
