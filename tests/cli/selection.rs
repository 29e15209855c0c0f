//! Which scenarios a command is about.

use crate::world::{GOOD, World, python, pythons};

fn world() -> World {
    let tagged = GOOD.replace("\n`foo.py`", "\n```toml\ntags = [\"slow\"]\n```\n\n`foo.py`");
    World::new()
        .scenario("one/super_call", GOOD)
        .scenario("one/base_call", GOOD)
        .scenario("two/super_call", &tagged)
}

fn names(arguments: &[&str]) -> Vec<String> {
    let ran = world().run(&[&["list"], arguments].concat());
    ran.is(0).out.lines().map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn a_filter_is_a_part_of_a_name_a_glob_or_a_tag() {
    assert_eq!(names(&[]), ["one/base_call", "one/super_call", "two/super_call"]);
    assert_eq!(names(&["super"]), ["one/super_call", "two/super_call"]);
    assert_eq!(names(&["one/*"]), ["one/base_call", "one/super_call"]);
    assert_eq!(names(&["tag:slow"]), ["two/super_call"]);
    assert_eq!(names(&["tag:slow", "base"]), ["one/base_call", "two/super_call"]);
}

#[test]
fn a_filter_may_be_a_path_as_a_shell_completes_it() {
    assert_eq!(names(&["scenarios/one/"]), ["one/base_call", "one/super_call"]);
    assert_eq!(names(&["./scenarios/two/super_call.md"]), ["two/super_call"]);
    assert_eq!(names(&["scenarios"]).len(), 3);
    let world = world();
    world.run(&["run", "scenarios/one"]).is(0).says("2 runs in ");
    let ran = world.run(&["accept", "scenarios/one/base_call.md"]);
    assert_eq!(ran.is(0).out, format!("accepted one/base_call@{}\n", python()));
    world.run(&["check", "-p", python(), "scenarios/one/base_call.md"]).says("1 run on ");
}

#[test]
fn a_run_plays_what_the_filter_matches() {
    let ran = world().run(&["run", "one/sup*"]);
    ran.is(0).prints("one/super_call: ").says("1 run in ");
    assert!(!ran.out.contains("base_call"));
}

#[test]
fn a_filter_that_matches_nothing_gets_a_suggestion() {
    let world = world();
    for subcommand in ["run", "check", "list", "accept"] {
        let ran = world.run(&[subcommand, "one/supre_call"]);
        ran.is(2).says("error: no scenario matches `one/supre_call`; did you mean ").says("`one/super_call`");
    }
    world.run(&["run", "tag:fast"]).is(2).says("no scenario matches `tag:fast`; `reload-harness list` shows");
    world.run(&["run", "a[b"]).is(2).says("the pattern `a[b` is no glob");
}

#[test]
fn every_error_of_a_malformed_scenario_has_its_place_and_the_others_still_run() {
    let bad = "# Bad\n\n```toml\npyhton = \">=3\"\ntimeout = \"x\"\n```\n\n```pycon\n>>> 1\n```\n";
    let world = World::good().scenario("g/bad", bad);
    let ran = world.run(&["run"]);
    ran.is(3)
        .says("--> scenarios/g/bad.md:4:1")
        .says("did you mean `python`?")
        .says("--> scenarios/g/bad.md:5:11");
    ran.prints("g/good: It reloads").says("1 run in ").says(", 2 errors in scenarios");
    world.check().is(3).says("scenarios/g/bad.md:4:1");
    world.run(&["list"]).is(3).prints("g/good").says("scenarios/g/bad.md:4:1");
}

#[test]
fn a_malformed_scenario_that_was_not_asked_for_is_left_alone() {
    let world = World::good().scenario("g/bad", "# Bad\n\n```toml\nx = 1\n```\n");
    let ran = world.run(&["run", "good"]);
    assert!(!ran.is(0).err.contains("error"), "{ran:?}");
}

#[test]
fn what_no_scenario_uses_is_warned_of() {
    let world = World::good().file("scenarios/g/notes.txt", "");
    world.run(&["run"]).is(0).says("warning: scenarios/g/notes.txt: is no scenario");
    world.run(&["list"]).is(0).says("warning: scenarios/g/notes.txt: is no scenario");
    for filtered in [&["run", "good"], &["list", "good"]] {
        assert!(!world.run(filtered).is(0).err.contains("warning"));
    }
}

#[test]
fn the_gate_fails_where_a_file_belongs_to_no_scenario_whatever_was_asked_for() {
    let world = World::good().accepted();
    for (path, why) in [
        ("scenarios/g/notes.txt", "is no scenario (`.md`)"),
        ("scenarios/g/lost.files/x.bin", "there is no scenario of that name beside it"),
        ("scenarios/g/good.files/.DS_Store", "looks like what an editor or a desktop left"),
    ] {
        world.write(path, "");
        for arguments in [&["check", "-p", python()][..], &["check", "-p", python(), "good"]] {
            let ran = world.run(arguments);
            ran.is(4).prints("scenarios: scenarios/g/").prints(why).says(", 1 file of no scenario");
            assert!(!ran.err.contains("warning"), "{ran:?}");
        }
        let events = world.run(&["check", "-p", python(), "--json"]).events();
        let finding = events.iter().find(|event| event["event"] == "finding").unwrap();
        assert!(finding["message"].as_str().unwrap().contains(why), "{finding}");
        std::fs::remove_file(world.path().join(path)).unwrap();
        let _ = std::fs::remove_dir(world.path().join(path).parent().unwrap());
    }
    world.check().is(0);
}

#[test]
fn a_python_that_is_not_there_is_told_with_those_that_are() {
    let world = World::good();
    for subcommand in ["run", "check"] {
        let ran = world.run(&[subcommand, "--python", "3.3"]);
        ran.is(6).says("error: no Python 3.3 found; found ").says("; try --python ");
    }
    assert!(!world.has("snapshots"));
}

#[test]
fn a_scenario_for_another_python_is_skipped_with_the_reason() {
    let world =
        World::new().scenario("g/old", "# Old\n\n```toml\npython = \"<2.7\"\n```\n\n```pycon\n>>> 1\n```\n");
    let ran = world.run(&["run"]);
    ran.is(0).says("skipped g/old on ").says("it is written for Python <2.7").says(", 1 skipped");
}

/// The second would have the same snapshots as the first, and its report be proposed for another Python.
#[test]
fn of_two_pythons_of_one_tag_the_first_is_played_and_the_other_warned_of() {
    let world = World::good();
    let digits = |tag: &String| tag.strip_prefix("cp").is_some_and(|tag| tag.parse::<u32>().is_ok());
    let Some(tag) = pythons().into_iter().find(digits) else {
        eprintln!("left out: there is no CPython here");
        return;
    };
    let other = world.path().join("other/python");
    crate::pythons::python(&other, &format!("{}.{}.99", &tag[2..3], &tag[3..]));
    let both = format!("{tag},{}", other.display());
    let told = format!(".99 at {0} is left out: {tag} means ", other.display());
    for arguments in [&["run", "-p", &both][..], &["run", "-p", &both, "--json"]] {
        let ran = world.run(arguments);
        ran.is(0).says("warning: ").says(&told).says(&format!("alone, by `--python {}`", other.display()));
    }
    let ran = world.run(&["accept"]);
    assert_eq!(ran.is(0).out, format!("accepted g/good@{tag}\n"));
    let ran = world.run(&["check", "-p", &both]);
    ran.is(0).says(&told).says(&format!("1 run on {tag} in "));
    let listed = world.run(&["pythons", "-p", &both, "--json"]).events();
    assert_eq!(listed.iter().filter(|python| python["chosen"] == true).count(), 1);
}
