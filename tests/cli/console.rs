//! Colours, pipes and help.

use std::process::Stdio;

use crate::world::{CRASHES, GOOD, Ran, World, program};

const ESCAPE: char = '\u{1b}';

#[test]
fn pipes_get_no_colours() {
    let world = World::good().scenario("g/bad", "# Bad\n\n```toml\nx = 1\n```\n\n```pycon\n>>> 1\n```\n");
    for arguments in [&["run"][..], &["check"], &["list"], &["pythons"], &["accept"], &["run", "--help"]] {
        let ran = world.run(arguments);
        assert!(!ran.out.contains(ESCAPE) && !ran.err.contains(ESCAPE), "{arguments:?} {ran:?}");
    }
}

#[test]
fn colours_are_given_to_those_who_insist_and_never_otherwise() {
    let world = World::good().scenario("g/crash", CRASHES);
    let ran = world.run(&["run", "--color", "always"]);
    ran.prints("\u{1b}[1mg/good: It reloads\u{1b}[0m").prints("\u{1b}[36m>>> reload(foo)\u{1b}[0m");
    ran.prints("\u{1b}[33m    f is a superseded foo.Foo#1\u{1b}[0m");
    assert!(ran.err.contains(ESCAPE));
    let forced = Ran::from(world.command(&["run"]).env("CLICOLOR_FORCE", "1").output().unwrap());
    assert!(forced.out.contains(ESCAPE));
    let both = ["run", "--color", "never"];
    let never = Ran::from(world.command(&both).env("CLICOLOR_FORCE", "1").output().unwrap());
    assert!(!never.out.contains(ESCAPE) && !never.err.contains(ESCAPE));
    let refused = Ran::from(world.command(&["run"]).env("NO_COLOR", "1").output().unwrap());
    assert!(!refused.out.contains(ESCAPE));
}

#[test]
fn whoever_stops_reading_gets_no_panic() {
    let world = World::good().scenario("g/other", GOOD);
    for arguments in [&["run"][..], &["run", "--json"], &["list"], &["list", "--json"], &["check", "--json"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = Ran::from(world.command(arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap());
        assert!(!ran.is(74).err.contains("error:") && !ran.err.contains("panicked"), "{arguments:?} {ran:?}");
    }
}

#[test]
fn standard_error_may_be_closed_as_well() {
    let world = World::good().scenario("g/bad", "# Bad\n\n```toml\nx = 1\n```\n\n```pycon\n>>> 1\n```\n");
    for (arguments, code) in
        [(&["run"][..], 3), (&["list"], 3), (&["check", "--python", "3.3"], 6), (&["accept", "x"], 2)]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Ran::from(world.command(arguments).stderr(writer).stdout(Stdio::piped()).output().unwrap()).is(code);
    }
}

#[test]
fn each_subcommand_has_examples_and_its_exit_codes() {
    for subcommand in ["run", "list", "pythons", "check", "accept"] {
        let help = |flag: &str| {
            let ran = Ran::from(program().args([subcommand, flag]).output().unwrap());
            ran.is(0).out.clone()
        };
        let (short, long) = (help("-h"), help("--help"));
        let example = format!("Examples:\n  reload-harness {subcommand}");
        assert!(short.contains(&example) && long.contains(&example), "{short}");
        assert!(!short.contains("Exit codes:") && long.contains("\n    6  no interpreter"), "{long}");
        assert!(short.lines().all(|line| line.chars().count() <= 100), "{short}");
    }
}

#[test]
fn wrong_usage_is_told_with_what_was_perhaps_meant() {
    let world = World::new();
    world.run(&["chek"]).is(2).says("'check'");
    world.run(&["run", "--pyhton", "3.12"]).is(2).says("--python");
    world.run(&["run", "--timeout", "0"]).is(2).says("0 seconds is no time that a run can take");
    for arguments in [["run", "--timeout"], ["sweep", "--for"], ["sweep", "--timeout"]] {
        let ran = world.run(&[&arguments[..], &["1e19"]].concat());
        ran.is(2).says("1e19 seconds is no time that a run can take");
    }
    world.run(&["run", "--jobs", "0"]).is(2);
    world.run(&[]).is(2).says("Examples:");
}
