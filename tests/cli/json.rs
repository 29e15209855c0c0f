//! One event a line.

use crate::world::{CRASHES, GOOD, Ran, World, python};

const DOCUMENT: &str = include_str!("../../harness/report/EVENTS.md");

fn names(ran: &Ran) -> Vec<String> {
    let events = ran.events();
    for event in &events {
        assert_eq!(event["schema"], 1, "{event}");
        let heading = format!("\n## `{}`\n", event["event"].as_str().unwrap());
        assert!(DOCUMENT.contains(&heading), "{heading}");
    }
    events.iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_run_is_told_event_by_event() {
    let world = World::new()
        .scenario("g/bad", "# Bad\n\n```toml\npyhton = 1\n```\n\n```pycon\n>>> 1\n```\n")
        .scenario("g/crash", CRASHES)
        .scenario("g/good", GOOD)
        .scenario("g/old", "# Old\n\n```toml\npython = \"<2.7\"\n```\n\n```pycon\n>>> 1\n```\n");
    let ran = world.run(&["run", "--json"]);
    let expected = ["started", "problem", "skipped", "run-finished", "run-finished", "finished"];
    assert_eq!(names(ran.is(3)), expected);
    assert_eq!(ran.err, "");
    let events = ran.events();
    assert_eq!(events[0]["runs"], 2);
    assert_eq!(events[1]["file"], "scenarios/g/bad.md");
    assert_eq!(events[3]["ending"]["signal"], "SIGABRT");
    assert_eq!(events[4]["scenario"], "g/good");
    assert_eq!(events[4]["steps"][3]["statement"], "reload(foo)");
    assert_eq!(events[5]["exit_code"], 3);
    assert_eq!(events[5]["ended_early"], 1);
}

#[test]
fn a_problem_is_told_with_its_reason() {
    let world = World::new().scenario("g/bad", "# Bad\n\n```toml\nsite = \n```\n\n```pycon\n>>> 1\n```\n");
    let ran = world.run(&["list", "--json"]);
    let problem = &ran.is(3).events()[0];
    assert_eq!(problem["message"], "the settings are not TOML");
    assert!(problem["label"].as_str().unwrap().contains("quoted"), "{problem}");
    assert_eq!(problem.get("help"), None);
}

#[test]
fn the_gate_tells_differences_and_findings() {
    let world = World::good().scenario("g/gone", GOOD).accepted();
    world.write("scenarios/g/good.md", &GOOD.replace("1 + 1", "2 + 3"));
    std::fs::remove_file(world.path().join("scenarios/g/gone.md")).unwrap();
    let ran = world.run(&["check", "--json", "--python", python()]);
    assert_eq!(names(ran.is(1)), ["started", "run-finished", "differs", "finding", "finished"]);
    let events = ran.events();
    assert_eq!(events[2]["pythons"][0], python());
    assert!(events[2]["diff"].as_str().unwrap().contains("\n+    5\n"));
    assert!(events[3]["message"].as_str().unwrap().contains("there is no such scenario"));
    assert_eq!(events[4]["exit_code"], 1);
}

#[test]
fn what_is_listed_and_accepted_are_events_too() {
    let world = World::good();
    assert_eq!(names(&world.run(&["accept", "--json"])), [""; 0]);
    world.run(&["run"]).is(0);
    let accepted = world.run(&["accept", "--json"]);
    assert_eq!(names(accepted.is(0)), ["accepted"]);
    assert_eq!(accepted.events()[0]["python"], python());
    world.write("scenarios/g/bad.md", "# Bad\n\n```toml\npyhton = 1\n```\n\n```pycon\n>>> 1\n```\n");
    let listed = world.run(&["list", "--json"]);
    assert_eq!(names(listed.is(3)), ["scenario", "problem"]);
    assert_eq!(listed.events()[0]["title"], "It reloads");
    assert_eq!(listed.events()[0]["epochs"][0], python());
    assert!(names(&world.run(&["pythons", "--json"])).contains(&"python".to_owned()));
}

#[test]
fn numbers_are_in_the_events_of_every_run() {
    let ran = World::good().run(&["run", "--json"]);
    assert!(ran.is(0).events()[1]["steps"][1]["made"][0]["id"].as_u64().unwrap() > 0);
}
