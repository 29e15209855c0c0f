//! Rules about modules as a whole: those that are half executed, lack what others have, or are out of reach.

use super::{
    Cause, Evidence, Executed, Form, Ground, Nature, Past, Place, Role, Sense, Sighting, Verdict, diagnosed,
    function, known, one, past, place, sees, sense, told,
};
use crate::trace::Raised;
use crate::worker::Unfinished;

/// A dict of a module that is read while it has so many entries, and that has two when the reload is done.
fn table(text: &str, size: u64, finished: Option<u64>) -> Sighting {
    let unfinished =
        finished.map(|size| Unfinished { module: "rates".to_owned(), plain: None, size: Some(size) });
    let sense = Sense { size: Some(size), ..sense(Nature::Instance) };
    let past = Past { unfinished, ..past(Form::Remade) };
    Sighting { past: Some(past), ..sees(Role::Name, text, sense) }
}

#[test]
fn what_is_right_once_the_reload_is_done_was_read_too_early() {
    let restart = [table("rates.TABLE", 2, None)];
    let early = [table("rates.TABLE", 0, Some(2))];
    let text = "rates.TABLE holds 0, where it holds 2 in a restart; a reload of rates is still executing it";
    one(Verdict::Broken, &early, &restart, Cause::PartiallyInitialized, text);
    let found = |verdict, seen: &[Sighting]| {
        let found = diagnosed(verdict, seen, &restart);
        found.into_iter().any(|(cause, _)| cause == Cause::PartiallyInitialized)
    };
    assert!(!found(Verdict::Mixed, &[table("rates.TABLE", 0, Some(1))]), "it is not right later on");
    assert!(!found(Verdict::Stale, &early));
}

#[test]
fn what_a_module_does_to_itself_in_a_thread_is_not_read_too_early() {
    let restart = [table("TABLE", 2, None)];
    let both = |runs: &str| {
        [table("TABLE", 0, Some(2)), table("TABLE", 2, None)]
            .map(|one| Sighting { runs: Some(known(runs)), ..one })
    };
    let found = |seen: &[Sighting]| {
        let found = diagnosed(Verdict::Mixed, seen, &restart);
        found.into_iter().any(|(cause, _)| cause == Cause::PartiallyInitialized)
    };
    assert!(!found(&both("rates.fill#2")));
    assert!(found(&both("rates.fill#1")), "code of before the reload is not the module's work on itself");
}

/// A name that a module lacks, and another one defines.
fn missing(text: &str, module: &str, defined_in: &str) -> Sighting {
    let past = Past {
        form: None,
        module: Some(module.to_owned()),
        defined_in: vec![defined_in.to_owned()],
        ..past(Form::Untouched)
    };
    Sighting { sense: None, past: Some(past), ..sees(Role::Name, text, sense(Nature::Instance)) }
}

/// What is told of a step that raised something on the line on which a function is missing.
fn raising(name: &str, line: usize, seen: &Sighting, stops: &[Place]) -> Vec<(Cause, String)> {
    let raised = Raised {
        name: name.to_owned(),
        text: String::new(),
        frames: vec![place(line)],
        dropped: 0,
        notes: Vec::new(),
        members: Vec::new(),
        chain: Vec::new(),
    };
    let restart = [sees(Role::Name, &seen.text, function("units.litre#1"))];
    let (ground, seen) = (Ground::default(), std::slice::from_ref(seen));
    let evidence = ground.evidence(Verdict::Broken, seen, &restart);
    told(&Evidence { raised: Some(&raised), stops, ..evidence })
}

#[test]
fn a_name_that_was_not_there_to_be_copied_is_missing() {
    let text = "recipe has no litre, which it has from units in a restart".to_owned();
    let lacks = missing("litre", "recipe", "units");
    assert_eq!(raising("NameError", 9, &lacks, &[]), [(Cause::FromImportAlias, text.clone())]);
    let through = missing("recipe.litre", "recipe", "units");
    assert_eq!(raising("AttributeError", 9, &through, &[]), [(Cause::FromImportAlias, text)]);
    assert_eq!(raising("KeyError", 9, &lacks, &[]), [], "it raised something else");
    assert_eq!(raising("NameError", 8, &lacks, &[]), [], "it raised on another line");
    assert_eq!(
        raising("NameError", 9, &lacks, &[place(3)]),
        [],
        "a reload may have stopped before the import"
    );
}

#[test]
fn a_name_that_no_module_has_or_one_that_was_not_executed_since_is_not_a_copy() {
    assert_eq!(raising("NameError", 9, &missing("litre", "recipe", "others"), &[]), []);
    assert_eq!(raising("NameError", 9, &missing("litre", "units", "units"), &[]), []);
    let lacks = missing("litre", "recipe", "units");
    let past = lacks.past.clone().map(|past| Past { source: Executed::Before, ..past });
    assert_eq!(raising("NameError", 9, &Sighting { past, ..lacks }, &[]), []);
}

#[test]
fn an_archive_that_is_read_by_an_old_table_is_told_of_any_step_that_differs() {
    let seen = [Sighting { sense: None, ..sees(Role::Archive, "app.zip", sense(Nature::Instance)) }];
    let text =
        "the importer of app.zip goes by the table of contents that it read before app.zip was changed";
    for verdict in [Verdict::Broken, Verdict::Mixed, Verdict::Stale] {
        one(verdict, &seen, &[], Cause::StaleImporterCache, text);
    }
    assert_eq!(diagnosed(Verdict::Same, &seen, &[]), []);
}

#[test]
fn another_interpreter_gives_the_old_answer_where_nothing_else_does() {
    let calls = sees(Role::Interpreter, "interpreters.run_string", sense(Nature::Instance));
    let text = "interpreters.run_string runs code in another interpreter of the process, which no reload here reaches";
    one(Verdict::Stale, std::slice::from_ref(&calls), &[], Cause::NotReloaded, text);
    assert_eq!(diagnosed(Verdict::Mixed, std::slice::from_ref(&calls), &[]), []);
    let old = sees(Role::Name, "f", function("foo.f#1"));
    let text = "f is still foo.f#1; foo.f means foo.f#2 now";
    one(Verdict::Stale, &[calls, old], &[], Cause::FromImportAlias, text);
}
