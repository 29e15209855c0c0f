mod deleted;
mod kept;
mod modules;
mod state;

use super::{Cause, Evidence, Made, diagnose};
use crate::oracle::Verdict;
use crate::oracle::imported::Imported;
use crate::trace::{Identity, Label, Origin, Place, Referent, Sense, Sighting, Written};
use crate::worker::{Executed, Form, Found, Kind, Nature, Past, Role};

/// `foo.Bar#1`: a token of its own for each label.
fn identity(label: &str) -> Identity {
    let (name, generation) = label.split_once('#').unwrap();
    let generation: u32 = generation.parse().unwrap();
    let token = name.bytes().map(u64::from).sum::<u64>() * 10 + u64::from(generation);
    let kind = if name.rsplit('.').next().unwrap().starts_with(char::is_uppercase) {
        Kind::Class
    } else {
        Kind::Function
    };
    Identity { label: Label { name: name.to_owned(), generation }, kind, token, id: token }
}

/// The first generation is superseded by the second.
fn known(label: &str) -> Referent {
    let identity = identity(label);
    Referent::Known { superseded: identity.label.generation == 1, identity }
}

fn successor(label: &str) -> Option<Identity> {
    label.strip_suffix("#1").map(|name| identity(&format!("{name}#2")))
}

fn sense(nature: Nature) -> Sense {
    Sense { nature, is: None, class: None, mro: Vec::new(), now: None, plain: None, size: None }
}

fn class(mro: &[&str]) -> Sense {
    let mro_of = mro.iter().map(|label| known(label)).collect();
    Sense { is: Some(known(mro[0])), mro: mro_of, now: successor(mro[0]), ..sense(Nature::Class) }
}

fn instance(mro: &[&str]) -> Sense {
    let class = class(mro);
    Sense { nature: Nature::Instance, class: class.is.clone(), is: None, ..class }
}

fn function(label: &str) -> Sense {
    Sense { is: Some(known(label)), now: successor(label), ..sense(Nature::Function) }
}

fn method(label: &str, class: &str) -> Sense {
    Sense { class: Some(known(class)), nature: Nature::Method, now: successor(class), ..function(label) }
}

fn place(line: usize) -> Place {
    Place {
        file: "foo.py".to_owned(),
        line,
        function: "foo".to_owned(),
        origin: Origin::Scenario,
        source: Some("...".to_owned()),
        markdown: None,
    }
}

fn sees(role: Role, text: &str, sense: Sense) -> Sighting {
    Sighting {
        place: place(9),
        runs: None,
        role,
        text: text.to_owned(),
        found: Found::Global,
        sense: Some(sense),
        on: None,
        code: 0,
        written: Written::Today,
        past: None,
        holds: None,
        own: false,
    }
}

fn on(sighting: Sighting, text: &str, sense: Sense) -> Sighting {
    Sighting { on: Some((text.to_owned(), sense)), ..sighting }
}

/// What is known of a scenario apart from what a step did.
#[derive(Default)]
struct Ground {
    made: Made,
    made_in_restart: Made,
    imported: Imported,
}

impl Ground {
    /// `foo.py` imports `f`.
    fn importing() -> Self {
        let mut ground = Self::default();
        ground.imported.read(Some("foo.py"), "import f");
        ground
    }

    fn evidence<'a>(
        &'a self,
        verdict: Verdict,
        seen: &'a [Sighting],
        restart: &'a [Sighting],
    ) -> Evidence<'a> {
        let Self { made, made_in_restart, imported } = self;
        let (raised, earlier, stops) = (None, &[] as &[_], &[] as &[_]);
        Evidence {
            verdict,
            raised,
            edited: true,
            reloads: false,
            earlier,
            seen,
            restart,
            stops,
            made,
            made_in_restart,
            imported,
        }
    }
}

fn made(labels: &[&str]) -> Made {
    let identities: Vec<Identity> = labels.iter().map(|label| identity(label)).collect();
    Made::of(identities.iter())
}

fn told(evidence: &Evidence<'_>) -> Vec<(Cause, String)> {
    diagnose(evidence).into_iter().map(|diagnosis| (diagnosis.cause, diagnosis.text)).collect()
}

fn diagnosed(verdict: Verdict, seen: &[Sighting], restart: &[Sighting]) -> Vec<(Cause, String)> {
    told(&Ground::importing().evidence(verdict, seen, restart))
}

fn one(verdict: Verdict, seen: &[Sighting], restart: &[Sighting], cause: Cause, text: &str) {
    assert_eq!(diagnosed(verdict, seen, restart), [(cause, text.to_owned())]);
}

#[test]
fn a_base_of_another_generation_is_told_with_what_the_object_descends_from() {
    let text = "the name Foo means foo.Foo#2, but self is a foo.Bar#1, which descends from foo.Foo#1";
    for (role, cause) in [
        (Role::UnboundCall, Cause::UnboundBaseCall),
        (Role::Super, Cause::TwoArgumentSuper),
        (Role::Isinstance, Cause::IsinstanceMisses),
        (Role::Case, Cause::IsinstanceMisses),
        (Role::Except, Cause::ExceptMisses),
    ] {
        let seen =
            on(sees(role, "Foo", class(&["foo.Foo#2"])), "self", instance(&["foo.Bar#1", "foo.Foo#1"]));
        one(Verdict::Broken, &[seen], &[], cause, text);
    }
}

#[test]
fn a_class_of_the_object_itself_needs_no_descent() {
    let seen = on(sees(Role::Super, "Bar", class(&["foo.Bar#2"])), "self", instance(&["foo.Bar#1"]));
    one(
        Verdict::Broken,
        &[seen],
        &[],
        Cause::TwoArgumentSuper,
        "the name Bar means foo.Bar#2, but self is a foo.Bar#1",
    );
    let seen = on(sees(Role::Isinstance, "Bar", class(&["foo.Bar#2"])), "cls", class(&["foo.Bar#1"]));
    one(
        Verdict::Mixed,
        &[seen],
        &[],
        Cause::IsinstanceMisses,
        "the name Bar means foo.Bar#2, but cls is foo.Bar#1",
    );
}

#[test]
fn a_relation_within_one_generation_is_no_cause() {
    let seen = [
        on(
            sees(Role::UnboundCall, "Foo", class(&["foo.Foo#2"])),
            "self",
            instance(&["foo.Bar#2", "foo.Foo#2"]),
        ),
        on(sees(Role::Isinstance, "Baz", class(&["foo.Baz#2"])), "b", instance(&["foo.Bar#1", "foo.Foo#1"])),
        on(sees(Role::Compare, "a", instance(&["foo.Bar#2"])), "b", instance(&["foo.Bar#2"])),
    ];
    assert_eq!(diagnosed(Verdict::Mixed, &seen, &[]), []);
}

#[test]
fn of_a_step_that_is_the_same_only_relations_are_told() {
    let crossed = on(
        sees(Role::UnboundCall, "Foo", class(&["foo.Foo#2"])),
        "self",
        instance(&["foo.Bar#1", "foo.Foo#1"]),
    );
    let alias = sees(Role::Name, "f", function("foo.f#1"));
    assert_eq!(diagnosed(Verdict::Same, std::slice::from_ref(&crossed), &[]).len(), 1);
    assert_eq!(diagnosed(Verdict::Same, &[alias], &[]), []);
}

#[test]
fn two_generations_compared() {
    let seen =
        on(sees(Role::Compare, "b.__class__", class(&["foo.Bar#1"])), "foo.Bar", class(&["foo.Bar#2"]));
    one(
        Verdict::Mixed,
        &[seen],
        &[],
        Cause::ComparedGenerations,
        "b.__class__ is foo.Bar#1, but foo.Bar is foo.Bar#2",
    );
    let seen = on(sees(Role::Compare, "old", instance(&["foo.Bar#1"])), "new", instance(&["foo.Bar#2"]));
    one(
        Verdict::Mixed,
        &[seen],
        &[],
        Cause::ComparedGenerations,
        "old is a foo.Bar#1, but new is a foo.Bar#2",
    );
}

#[test]
fn pickle_goes_by_the_name() {
    let text = "pickle goes by the name, and foo.Bar means foo.Bar#2 now";
    let seen = sees(Role::Pickle, "b", instance(&["foo.Bar#1"]));
    one(Verdict::Broken, &[seen], &[], Cause::PickledByName, &format!("b is a foo.Bar#1, but {text}"));
    let seen = sees(Role::Pickle, "Bar", class(&["foo.Bar#1"]));
    one(Verdict::Broken, &[seen], &[], Cause::PickledByName, &format!("Bar is foo.Bar#1, but {text}"));
    assert_eq!(diagnosed(Verdict::Broken, &[sees(Role::Pickle, "c", instance(&["foo.Bar#2"]))], &[]), []);
}

#[test]
fn a_registry_knows_another_generation() {
    for role in [Role::Dispatch, Role::Key] {
        let seen = on(sees(role, "show", class(&["foo.Bar#1"])), "b", instance(&["foo.Bar#2"]));
        let text = "show knows foo.Bar#1, but b is a foo.Bar#2; foo.Bar means foo.Bar#2 now";
        one(Verdict::Mixed, &[seen], &[], Cause::RegistryKeyedByClass, text);
    }
}

#[test]
fn a_name_that_a_restart_does_not_find() {
    let missing =
        Sighting { sense: None, found: Found::Nowhere, ..sees(Role::Name, "fetch", sense(Nature::Instance)) };
    let text = "the name fetch means client.fetch#1, which today's source does not define";
    let is = Some(Referent::Known { identity: identity("client.fetch#1"), superseded: false });
    let seen = [sees(Role::Name, "fetch", Sense { is, ..sense(Nature::Function) })];
    one(Verdict::Masked, &seen, std::slice::from_ref(&missing), Cause::DeletedName, text);
    assert_eq!(diagnosed(Verdict::Masked, &seen, &[]), []);
}

#[test]
fn of_a_dotted_name_the_part_that_is_missing_is_told() {
    let named = |text| sees(Role::Name, text, sense(Nature::Module));
    let missing = |text| Sighting { sense: None, found: Found::Nowhere, ..named(text) };
    let (seen, restart) = ([named("math.sqrt"), named("math")], [missing("math.sqrt"), missing("math")]);
    let text = "the name math is one that today's source does not define";
    one(Verdict::Masked, &seen, &restart, Cause::DeletedName, text);
}

#[test]
fn a_name_that_a_restart_finds_among_the_built_in_ones() {
    let text = "the name sorted means foo.sorted#1, which today's source does not define";
    let is = Some(Referent::Known { identity: identity("foo.sorted#1"), superseded: false });
    let seen = [sees(Role::Name, "sorted", Sense { is, ..sense(Nature::Function) })];
    let built_in = Sighting { found: Found::Builtin, ..sees(Role::Name, "sorted", sense(Nature::Instance)) };
    one(Verdict::Mixed, &seen, &[built_in], Cause::DeletedName, text);
    assert_eq!(diagnosed(Verdict::Mixed, &seen, &seen), []);
}

#[test]
fn closures_and_defaults_keep_what_they_took() {
    let keeps = |found| [Sighting { found, ..sees(Role::Name, "Bar", class(&["foo.Bar#1"])) }];
    let text = "Bar is foo.Bar#1 in the closure; foo.Bar means foo.Bar#2 now";
    one(Verdict::Mixed, &keeps(Found::Free), &[], Cause::ClosureKeeps, text);
    let text = "Bar is foo.Bar#1 as the default of a parameter; foo.Bar means foo.Bar#2 now";
    one(Verdict::Mixed, &keeps(Found::Default), &[], Cause::DefaultKeeps, text);
}

#[test]
fn a_bound_method_is_stale_where_it_is_kept_and_not_where_it_is_looked_up() {
    let text = "callback is foo.Bar.run#1 bound to a foo.Bar#1; foo.Bar means foo.Bar#2 now";
    let kept = [sees(Role::Name, "callback", method("foo.Bar.run#1", "foo.Bar#1"))];
    one(Verdict::Stale, &kept, &[], Cause::StaleBoundMethod, text);
    let runs =
        Sighting { runs: Some(known("foo.Bar.run#1")), ..sees(Role::Name, "x", sense(Nature::Instance)) };
    let looked_up = [
        sees(Role::Name, "b.run", method("foo.Bar.run#1", "foo.Bar#1")),
        sees(Role::Name, "b", instance(&["foo.Bar#1"])),
        runs,
    ];
    let text = "b is a foo.Bar#1, so b.run runs foo.Bar.run#1; foo.Bar means foo.Bar#2 now";
    one(Verdict::Stale, &looked_up, &[], Cause::OldInstance, text);
    // A function whose lines name nothing leaves no evidence that it ran.
    one(Verdict::Stale, &looked_up[..2], &[], Cause::OldInstance, text);
}

#[test]
fn a_bound_method_stays_stale_when_its_object_is_moved() {
    let function = Sense { now: successor("foo.Bar.run#1"), ..method("foo.Bar.run#1", "foo.Bar#2") };
    let kept = [sees(Role::Name, "callback", function)];
    let text = "callback is foo.Bar.run#1 bound to a foo.Bar#2; foo.Bar.run means foo.Bar.run#2 now";
    one(Verdict::Stale, &kept, &[], Cause::StaleBoundMethod, text);
}

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
fn an_old_name_elsewhere_is_an_alias_or_a_reference_that_is_kept() {
    let text = "f is still foo.f#1; foo.f means foo.f#2 now";
    one(Verdict::Stale, &[sees(Role::Name, "f", function("foo.f#1"))], &[], Cause::FromImportAlias, text);
    let local = Sighting { found: Found::Local, ..sees(Role::Name, "f", function("foo.f#1")) };
    one(Verdict::Stale, &[local], &[], Cause::KeptReference, text);
    let through =
        [sees(Role::Name, "job.f", function("foo.f#1")), sees(Role::Name, "job", instance(&["foo.Job#2"]))];
    one(
        Verdict::Stale,
        &through,
        &[],
        Cause::KeptReference,
        "job.f is still foo.f#1; foo.f means foo.f#2 now",
    );
}

#[test]
fn a_class_of_an_old_instance_is_kept_by_no_variable() {
    let class = Sighting { found: Found::Local, ..sees(Role::Name, "cls", class(&["foo.Bar#1"])) };
    let seen = [
        class,
        sees(Role::Name, "b.run", method("foo.Bar.run#1", "foo.Bar#1")),
        sees(Role::Name, "b", instance(&["foo.Bar#1"])),
    ];
    assert_eq!(diagnosed(Verdict::Masked, &seen, &[])[0].0, Cause::OldInstance);
}

#[test]
fn a_name_that_nothing_imports_was_kept() {
    let text = "old is still foo.f#1; foo.f means foo.f#2 now";
    one(Verdict::Stale, &[sees(Role::Name, "old", function("foo.f#1"))], &[], Cause::KeptReference, text);
}

#[test]
fn a_static_method_is_found_through_the_class_of_an_old_instance() {
    let text = "b is a foo.Bar#1, so b.split runs foo.Bar.split#1; foo.Bar.split means foo.Bar.split#2 now";
    let seen = [
        sees(Role::Name, "b.split", function("foo.Bar.split#1")),
        sees(Role::Name, "b", instance(&["foo.Bar#1"])),
    ];
    one(Verdict::Stale, &seen, &[], Cause::OldInstance, text);
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
fn state_is_compared_with_what_the_same_line_finds_in_a_restart() {
    let plain = |text: &str| {
        [sees(Role::Name, "count", Sense { plain: Some(text.to_owned()), ..sense(Nature::Instance) })]
    };
    one(
        Verdict::Mixed,
        &plain("0"),
        &plain("3"),
        Cause::StateReset,
        "count is 0, where it is 3 in a restart",
    );
    let sized = |size| [sees(Role::Name, "HANDLERS", Sense { size: Some(size), ..sense(Nature::Instance) })];
    let text = "HANDLERS holds 2, where it holds 1 in a restart";
    one(Verdict::Mixed, &sized(2), &sized(1), Cause::RegisteredTwice, text);
    // Rather than by which variable the old one was called.
    let called = Sighting { found: Found::Local, ..sees(Role::Name, "handler", function("foo.f#1")) };
    let [registry] = sized(2);
    one(Verdict::Mixed, &[called, registry], &sized(1), Cause::RegisteredTwice, text);
    let text = "HANDLERS holds 0, where it holds 1 in a restart";
    one(Verdict::Mixed, &sized(0), &sized(1), Cause::StateReset, text);
    assert_eq!(diagnosed(Verdict::Mixed, &sized(1), &sized(1)), []);
}

#[test]
fn where_nothing_shows_nothing_is_said() {
    let seen =
        [sees(Role::Name, "x", sense(Nature::Instance)), sees(Role::Name, "foo.f", function("foo.f#2"))];
    for verdict in Verdict::ALL {
        assert_eq!(diagnosed(verdict, &seen, &[]), []);
    }
}

#[test]
fn no_more_than_two_causes_are_told_and_each_once() {
    let crossed = |text: &str| {
        on(sees(Role::Isinstance, text, class(&["foo.Foo#2"])), "b", instance(&["foo.Bar#1", "foo.Foo#1"]))
    };
    let seen = [crossed("A"), crossed("A"), crossed("B"), crossed("C")];
    assert_eq!(diagnosed(Verdict::Mixed, &seen, &[]).len(), 2);
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
fn what_the_step_itself_has_put_into_a_container_is_not_registered_twice() {
    let sized = |size| sees(Role::Name, "LINES", Sense { size: Some(size), ..sense(Nature::Instance) });
    assert_eq!(diagnosed(Verdict::Mixed, &[sized(0), sized(1)], &[sized(0)]), []);
    let later = |size| Sighting { place: place(11), ..sized(size) };
    assert_eq!(diagnosed(Verdict::Mixed, &[sized(0), later(2)], &[sized(0), later(1)]), []);
}

#[test]
fn a_module_of_the_library_is_not_made_anew() {
    let sized = |size| sees(Role::Name, "sys.modules", Sense { size: Some(size), ..sense(Nature::Instance) });
    let sys = || Sense { is: Some(Referent::Outside("sys".to_owned())), ..sense(Nature::Module) };
    let seen = [sized(67), sees(Role::Name, "sys", sys())];
    assert_eq!(diagnosed(Verdict::Mixed, &seen, &[sized(68)]), []);
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

fn ran(label: &str, code: u64, written: Written) -> Sighting {
    let text = label.split_once('.').map_or(label, |(_, name)| name.split('#').next().unwrap());
    let sense = function(label);
    Sighting { runs: sense.is.clone(), code, written, found: Found::Nowhere, ..sees(Role::Run, text, sense) }
}

fn number(text: &str, plain: &str, past: Past) -> Sighting {
    let sense = Sense { plain: Some(plain.to_owned()), ..sense(Nature::Instance) };
    Sighting { past: Some(past), ..sees(Role::Name, text, sense) }
}

fn past(form: Form) -> Past {
    Past {
        form: Some(form),
        is_stateful: false,
        undone: None,
        source: Executed::Today,
        former: None,
        origin: None,
        now: None,
        through: None,
        unfinished: None,
        module: None,
        defined_in: Vec::new(),
    }
}

#[test]
fn what_ran_of_a_file_that_was_changed_was_not_reloaded() {
    let text = "foo.f#2 ran, and no reload has come to it since foo.py was changed";
    one(Verdict::Stale, &[ran("foo.f#2", 1, Written::Before)], &[], Cause::NotReloaded, text);
    let text = "foo.f#2 ran, which was made by a reload and is not what foo.py has there";
    one(Verdict::Stale, &[ran("foo.f#2", 1, Written::Elsewhere)], &[], Cause::NotReloaded, text);
    let text = "foo.f#2 ran, which today's source does not define";
    one(Verdict::Stale, &[ran("foo.f#2", 1, Written::Gone)], &[], Cause::DeletedName, text);
    let today = ran("foo.f#2", 1, Written::Today);
    assert_eq!(diagnosed(Verdict::Mixed, std::slice::from_ref(&today), std::slice::from_ref(&today)), []);
}

#[test]
fn what_stands_below_the_line_at_which_a_reload_raised_is_of_before() {
    let seen = [ran("foo.f#2", 1, Written::Before)];
    let stops = &[Place { function: "<module>".to_owned(), ..place(3) }];
    let ground = Ground::default();
    let found = diagnose(&Evidence { stops, ..ground.evidence(Verdict::Mixed, &seen, &[]) });
    assert_eq!(found[0].cause, Cause::ReloadStopped);
    assert_eq!(found[0].place, Some(stops[0].clone()));
}

#[test]
fn what_was_called_by_two_generations_and_once_too_often_is_registered_twice() {
    let seen = [ran("foo.f#1", 1, Written::Today), ran("foo.f#2", 2, Written::Today)];
    let restart = [ran("foo.f#1", 1, Written::Today)];
    let text = "foo.f#1 and foo.f#2 ran, twice in all, where it is once in a restart";
    one(Verdict::Mixed, &seen, &restart, Cause::RegisteredTwice, text);
    let twice = [ran("foo.f#1", 1, Written::Today), ran("foo.f#1", 1, Written::Today)];
    let text = "foo.f#1 ran, which something still holds; foo.f means foo.f#2 now";
    one(Verdict::Mixed, &seen, &twice, Cause::KeptReference, text);
}

#[test]
fn a_number_that_was_imported_is_a_copy() {
    let origin = |origin: Option<&str>| Past {
        origin: origin.map(str::to_owned),
        now: Some("30".to_owned()),
        ..past(Form::Untouched)
    };
    let seen = [number("TIMEOUT", "5", origin(Some("settings.TIMEOUT")))];
    let restart = [number("TIMEOUT", "30", origin(None))];
    let text = "TIMEOUT is still 5; settings.TIMEOUT means 30 now";
    one(Verdict::Stale, &seen, &restart, Cause::FromImportAlias, text);
    assert_eq!(diagnosed(Verdict::Stale, &seen, &seen), []);
}

#[test]
fn only_what_a_reload_has_touched_is_reset_by_it() {
    let seen = |past: Past| [number("LAST", "0", past)];
    let restart = [number("LAST", "2", past(Form::Untouched))];
    let text = "LAST is 0, where it is 2 in a restart";
    one(Verdict::Mixed, &seen(past(Form::Remade)), &restart, Cause::StateReset, text);
    assert_eq!(diagnosed(Verdict::Mixed, &seen(past(Form::Untouched)), &restart), []);
    let undone = Past { undone: Some("store.save".to_owned()), ..past(Form::Untouched) };
    let text = "LAST is 0, where it is 2 in a restart; store.save is as its own module defines it, and was another's";
    one(Verdict::Mixed, &seen(undone), &restart, Cause::StateReset, text);
}

#[test]
fn a_value_of_a_module_that_was_not_executed_since_is_not_reloaded() {
    let before = Past { source: Executed::Before, ..past(Form::Untouched) };
    let restart = [number("RATE", "19", past(Form::Untouched))];
    let text = "RATE is 16, where it is 19 in a restart, and no reload has come to its module since that was changed";
    one(Verdict::Stale, &[number("RATE", "16", before)], &restart, Cause::NotReloaded, text);
}

#[test]
fn a_lock_that_was_made_anew_is_reset_and_the_one_before_it_is_kept() {
    let object =
        |past: Past| [Sighting { past: Some(past), ..sees(Role::Name, "x", sense(Nature::Instance)) }];
    let anew = Past { is_stateful: true, ..past(Form::Remade) };
    let text = "x is another object than before the reload";
    one(Verdict::Mixed, &object(anew), &[], Cause::StateReset, text);
    let former = Past { former: Some("orders.QUEUE".to_owned()), ..past(Form::Untouched) };
    let text = "x is still what orders.QUEUE meant before the reload";
    one(Verdict::Mixed, &object(former), &[], Cause::KeptReference, text);
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
fn what_is_one_object_in_a_restart_and_here_two_has_been_made_twice() {
    let compared = |holds| {
        let is = on(sees(Role::Compare, "x", sense(Nature::Instance)), "EMPTY", sense(Nature::Instance));
        [Sighting { holds, ..is }]
    };
    let text = "x and EMPTY are two objects, where they are one in a restart";
    let (is, is_not) = (compared(Some(true)), compared(Some(false)));
    one(Verdict::Mixed, &is_not, &is, Cause::ComparedGenerations, text);
    assert_eq!(diagnosed(Verdict::Mixed, &is_not, &is_not), []);
    assert_eq!(diagnosed(Verdict::Mixed, &compared(None), &is), []);
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

#[test]
fn a_line_that_has_both_generations_goes_through_what_was_registered_twice() {
    let cls = |label: &str| sees(Role::Name, "cls", class(&[label]));
    let cls = |label: &str| Sighting { found: Found::Local, ..cls(label) };
    let both = [cls("foo.Bar#1"), cls("foo.Bar#2")];
    let text = "cls is foo.Bar#1, and foo.Bar#2 as well, where there is one in a restart";
    one(Verdict::Mixed, &both, &[cls("foo.Bar#1")], Cause::RegisteredTwice, text);
    let found = diagnosed(Verdict::Mixed, &both, &both);
    assert!(found.iter().all(|(cause, _)| *cause != Cause::RegisteredTwice), "{found:?}");
}

#[test]
fn of_what_the_line_itself_makes_it_is_the_class_that_is_kept() {
    let local = |sighting| Sighting { found: Found::Local, ..sighting };
    let class = local(sees(Role::Name, "self.cls", class(&["foo.Bar#1"])));
    let made = local(sees(Role::Name, "self.cls()", instance(&["foo.Bar#1"])));
    let text = "self.cls is still foo.Bar#1; foo.Bar means foo.Bar#2 now";
    one(Verdict::Stale, &[class, made.clone()], &[], Cause::KeptReference, text);
    let free = Sighting { found: Found::Free, ..made };
    assert_eq!(diagnosed(Verdict::Stale, &[free], &[]), []);
}
