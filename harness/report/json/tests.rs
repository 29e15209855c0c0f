use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value as Json;

use super::{End, Event, Installed, Problem, Python, ReloadSweep, Run, SCHEMA, Summary, Sweep, Unfit};
use crate::oracle::{Cause, Claimed, Diagnosis, Judged, Judgement, Restarted, Verdict};
use crate::python::{Host, Implementation, Interpreter, Source, Tag};
use crate::report::Report;
use crate::sweep::{
    Difference, Effect, FaultEffect, FaultFindings, Findings, Given, Line, Listing, Names, Outcome, Places,
    Spot, ThreadAnswer, Tried, Unfinished,
};
use crate::trace::Place;
use crate::trace::made_up::{
    self, attribute, changed, file, frame, gone_file, id, prompt, statement, surroundings, value,
};
use crate::worker::{
    Chained, Ending, Exception, Fault, Hold, Member, Node, Play, Relation, Scope, Thrown, Value,
};

const DOCUMENT: &str = include_str!("../EVENTS.md");

const HOLDS: [Hold; 14] = [
    Hold::Instance,
    Hold::Name,
    Hold::ModuleAttribute,
    Hold::Attribute,
    Hold::Subclass,
    Hold::Container,
    Hold::Registry,
    Hold::Closure,
    Hold::DefaultArgument,
    Hold::Annotation,
    Hold::BoundMethod,
    Hold::LocalVariable,
    Hold::Running,
    Hold::Object,
];

fn interpreter(host: Host) -> Interpreter {
    Interpreter {
        tag: Tag {
            implementation: Implementation::CPython,
            major: 3,
            minor: 11,
            free_threaded: false,
            debug: false,
        },
        version: "3.11.7".to_owned(),
        executable: PathBuf::from("python3"),
        base_prefix: PathBuf::from("/opt/python"),
        host,
    }
}

fn spawned() -> Interpreter {
    interpreter(Host::Spawned { reason: "there is no shared library".to_owned() })
}

/// A run in which everything happens.
fn report() -> Report {
    use crate::worker::Event;
    let link = |relation| Chained { relation, name: "KeyError".to_owned(), text: "'a'".to_owned() };
    let raised = Exception {
        name: "TypeError".to_owned(),
        text: "x".to_owned(),
        frames: vec![
            statement(),
            frame("foo.py", 9, "foo", made_up::code(5)),
            frame("<frozen importlib._bootstrap>", 3, "_load", 1),
            frame("/opt/python/lib/python3.11/abc.py", 3, "check", 1),
        ],
        dropped: 3,
        notes: vec!["seen".to_owned()],
        members: vec![Member {
            notes: vec!["seen".to_owned()],
            members: vec![Member::default()],
            ..Member::default()
        }],
        chain: vec![link(Relation::Cause), link(Relation::Context)],
    };
    let link_to = Node::Link { to: "v1".to_owned() };
    let shown = Value { token: Some(6), holds: vec![4], ..value(format!("<B at {:#x}>", id(6))) };
    let run = made_up::Run::new()
        .import_foo()
        .step("b = foo.Bar()", Event::default().instance(6, "b", 4))
        .write("foo.py", "X = 1\n")
        .reload_foo()
        .step("b", Event::default().show(shown))
        .step("b.foo()", Event { exception: Some(raised), ..Event::default() })
        .step("b.__class__ = foo.Bar", Event::default().reclass(6, 14).relinearize(14, &[14, 2]).free(&[4]))
        .step("foo.Bar = c = b", Event::default().bind(attribute("foo.Bar", 6)).bind(prompt("c", 6)))
        .step("c = 3", Event::default().bind(made_up::other(Scope::Prompt, "c")))
        .write("foo.py", "X = 1\n")
        .write("foo.py", "\0")
        .changing("deploy()", vec![file("bar.py", "A = 1\n"), gone_file("foo.py"), file("foo.pyc", "\0")])
        .changing(
            "bar.chmod()",
            vec![file("bar.py", "A = 1\n"), changed("v", link_to), changed("bar.py", Node::Folder)],
        )
        .unplayed("crash()")
        .ending(Ending::Crashed { signal: "SIGSEGV".to_owned() });
    let held = HOLDS.iter().fold(run, |run, how| run.held(2, *how, "b", Some(6)));
    let run = made_up::Run { play: Play { more_held: 2, ..held.play }, ..held };
    let report = Report::new(&run.scenario, &run.play, &surroundings());
    let judgement = judgement(&report);
    report.judged(judgement)
}

fn raised_at(report: &Report) -> Place {
    report.steps[6].observation.as_ref().unwrap().exception.as_ref().unwrap().frames[1].clone()
}

/// One verdict after the other.
fn judgement(report: &Report) -> Judgement {
    let observation = report.steps[6].observation.clone().unwrap();
    let raised = observation.exception.clone().unwrap();
    let ended = || Restarted::Ended(Ending::Exited { status: 3 });
    let restarts = [
        Restarted::Played(Box::new(observation.clone())),
        Restarted::Varies(Box::new(observation)),
        Restarted::NotStarted(Box::new(raised)),
        ended(),
        Restarted::Unreached,
    ];
    let restarts = restarts.into_iter().chain(std::iter::repeat_with(ended));
    let place = Some(raised_at(report));
    let diagnoses = vec![Diagnosis { cause: Cause::UnboundBaseCall, place, text: "x".to_owned() }];
    let steps = Verdict::ALL.into_iter().zip(restarts).enumerate();
    let differs = Claimed::Differs { lines: vec!["1".to_owned()], why: Some("x".to_owned()) };
    Judgement {
        claims: BTreeMap::from([(0, Claimed::Holds), (2, differs)]),
        steps: steps
            .map(|(step, (verdict, restart))| {
                (step, Judged { verdict, restart, diagnoses: diagnoses.clone() })
            })
            .collect(),
    }
}

fn installed(interpreter: &Interpreter) -> Event {
    let release = Some("7.3.12".to_owned());
    Event::Python(Box::new(Installed { release, ..Installed::new(interpreter, Source::Pyenv) }))
}

/// An effect of which every outcome is met.
fn effect() -> Effect {
    let difference = |outcome| Difference {
        step: Some(2),
        outcome,
        given: vec!["1".to_owned()],
        expected: vec!["2".to_owned()],
    };
    Effect::of(Outcome::ALL.map(difference).to_vec())
}

fn listing() -> Listing {
    let line = Line { number: Some(3), text: "X = 1".to_owned(), spots: vec![0] };
    Listing { title: "foo.py".to_owned(), lines: vec![line] }
}

fn spot() -> Spot {
    Spot { place: raised_at(&report()), step: None }
}

/// Three places, some of which have an effect.
fn places<E>(effect: E, numbers: Vec<usize>) -> Places<E> {
    Places {
        spots: vec![spot()],
        listings: vec![listing()],
        tried: vec![Tried { places: numbers, surmised: 1, spot: 0, step: 1, nth: 1, effect: 0 }],
        effects: vec![effect],
        met: 3,
        branches: 1,
        unfinished: Some(Unfinished::Budget),
        ..Places::default()
    }
}

fn sweep() -> Event {
    let places = places(effect(), vec![0, 1]);
    let findings = Findings { modules: vec!["foo".to_owned()], places };
    Event::SweepFinished(Box::new(Sweep::new("a/b", &spawned(), &findings)))
}

fn reload_sweep() -> Event {
    let names = || vec!["X".to_owned()];
    let effect = FaultEffect {
        then: effect(),
        healed: Some(effect()),
        raised: Some("OSError".to_owned()),
        names: Some(Names { new: names(), old: names(), half: names() }),
        answer: Some(ThreadAnswer { kind: Given::Waits, lines: names() }),
    };
    let findings = FaultFindings {
        fault: Fault::Files,
        thrown: Some(Thrown::Exception),
        module: "foo".to_owned(),
        call: Some("foo.f()".to_owned()),
        note: Some("x".to_owned()),
        given: None,
        places: places(effect, vec![0]),
    };
    Event::ReloadSweepFinished(Box::new(ReloadSweep::new("a/b", &spawned(), &findings)))
}

fn samples() -> Vec<Event> {
    let embedded = interpreter(Host::Embedded { libpython: PathBuf::from("libpython3.11.so.1.0") });
    let endings = [
        Ending::Finished,
        Ending::Exited { status: 3 },
        Ending::Hung { limit: Duration::from_millis(500) },
        Ending::Silent,
        Ending::Garbled,
        Ending::Swarmed { limit: 64 },
        Ending::KilledWorker,
    ];
    let mut samples = vec![
        Event::Started { scenarios: 1, pythons: vec![Python::from(&embedded)], runs: 1 },
        Event::RunFinished(Box::new(Run::new(&report(), &spawned()))),
        Event::Problem(Problem {
            file: "a.md".to_owned(),
            line: 3,
            column: 1,
            message: "unknown key `pyhton`".to_owned(),
            label: Some("not a setting".to_owned()),
            help: Some("did you mean `python`?".to_owned()),
        }),
        Event::Skipped {
            scenario: "a".to_owned(),
            python: Some("cp27".to_owned()),
            reason: "written for >=3".to_owned(),
        },
        Event::Differs {
            scenario: "a".to_owned(),
            pythons: vec!["cp311".to_owned()],
            diff: "-1\n+2\n".to_owned(),
        },
        Event::Finding { message: "a@cp27.snap: there is no such scenario".to_owned() },
        Event::Scenario {
            scenario: "a".to_owned(),
            title: "A".to_owned(),
            file: "scenarios/a.md".to_owned(),
            requires: Some(">=3".to_owned()),
            packages: vec!["six==1.16.0".into()],
            tags: vec!["slow".to_owned()],
            epochs: vec!["cp36".to_owned()],
        },
        Event::Accepted { scenario: "a".to_owned(), python: "cp36".to_owned() },
        Event::Folded { scenario: "a".to_owned(), python: "cp38".to_owned(), into: "cp36".to_owned() },
        installed(&embedded),
        installed(&spawned()),
        sweep(),
        reload_sweep(),
        Event::Saved {
            subject: "a/b".to_owned(),
            python: "cp311".to_owned(),
            outcome: "broken",
            file: "found/b_reload_broken_1.md".to_owned(),
        },
        Event::UnusablePython(Unfit {
            executable: "/usr/bin/python3.4".to_owned(),
            reason: "Python 3.4.10 is too old".to_owned(),
        }),
        Event::Finished(Summary {
            runs: 1,
            ended_early: 1,
            skipped: 1,
            problems: 1,
            exit_code: 5,
            verdicts: BTreeMap::from([("same", 2)]),
        }),
    ];
    samples.extend(endings.iter().map(|ending| {
        let run = Run { ending: End::from(ending), ..Run::new(&report(), &spawned()) };
        Event::RunFinished(Box::new(run))
    }));
    samples
}

fn lines() -> Vec<Json> {
    let mut written = Vec::new();
    for event in samples() {
        event.write(&mut written).unwrap();
    }
    String::from_utf8(written).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every field, and every value of the fields that have a closed set of them.
fn words(json: &Json, found: &mut BTreeSet<String>) {
    const CLOSED: &[&str] = &[
        "event", "kind", "host", "object", "scope", "origin", "relation", "change", "verdict", "outcome",
        "how",
    ];
    match json {
        Json::Object(fields) => {
            for (name, value) in fields {
                found.insert(name.clone());
                if let Some(value) = value.as_str().filter(|_| CLOSED.contains(&name.as_str())) {
                    found.insert(value.to_owned());
                }
                words(value, found);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| words(item, found)),
        _ => {}
    }
}

fn emitted() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in lines() {
        words(&line, &mut found);
    }
    found
}

#[test]
fn every_event_field_and_value_is_documented() {
    let missing: Vec<_> =
        emitted().into_iter().filter(|word| !DOCUMENT.contains(&format!("`{word}`"))).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_documented_field_is_emitted() {
    let emitted = emitted();
    let fields: Vec<_> =
        DOCUMENT.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(fields.len() > 60, "{fields:?}");
    let missing: Vec<_> = fields.into_iter().filter(|field| !emitted.contains(*field)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_line_begins_with_schema_and_event() {
    for line in lines() {
        let keys: Vec<_> = line.as_object().unwrap().keys().take(2).cloned().collect();
        assert_eq!(keys, ["schema", "event"]);
        assert_eq!(line["schema"], SCHEMA);
    }
}

#[test]
fn a_run_tells_identities_as_data_and_the_report_as_text() {
    let line = &lines()[1];
    let reload = &line["steps"][4];
    assert_eq!(reload["statement"], "reload(foo)");
    assert_eq!(reload["kind"], "reload");
    assert_eq!(reload["moved"][1]["from"]["label"], "foo.Bar#1");
    assert_eq!(reload["moved"][1]["to"]["id"], id(14));
    assert_eq!(reload["superseded"][0]["name"], "b");
    assert_eq!(line["steps"][6]["exception"]["frames"][1]["source"], "Foo.foo(self)");
    assert_eq!(line["steps"][3]["changed_lines"][0], "-class Foo(object):");
    assert_eq!(line["ending"]["signal"], "SIGSEGV");
    assert_eq!(line["held"][0]["what"]["label"], "foo.Foo#1");
    assert_eq!(line["held"][0]["holder"]["label"], "b#1");
    assert_eq!(line["held"][2]["how"], "module-attribute");
    assert_eq!(line["more_held"], 2);
    assert!(line["report"].as_str().unwrap().contains("b is a superseded foo.Bar#1\n"));
}

#[test]
fn the_step_at_which_a_run_ended_early_has_no_observation() {
    let line = &lines()[1];
    let last = line["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(last["statement"], "crash()");
    assert!(last.get("output").is_none() && last.get("kind").is_none());
}
