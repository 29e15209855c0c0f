use std::time::Duration;

use super::*;
use crate::scenario::{Bytecode, Settings};

fn toml(lines: &str) -> String {
    around(&format!("```toml\n{lines}\n```"))
}

fn read(lines: &str) -> Settings {
    parse(&toml(lines)).settings
}

#[test]
fn every_setting_is_read() {
    let settings = read(
        "python = '>=3.6, <3.13'\nbytecode = \"hash\"\ntimeout = 0.5\nhashseed = 4294967295\nsite = true\nrequires = [' numpy==2.1.3 ', 'six']\ntags = ['super', 'py-2_7']",
    );
    assert!(settings.admits(3, 12, 9) && !settings.admits(3, 13, 0));
    assert_eq!(settings.bytecode, Bytecode::Hash);
    assert_eq!(settings.timeout, Some(Duration::from_millis(500)));
    assert_eq!((settings.hashseed, settings.site), (u32::MAX, true));
    assert_eq!(settings.requires, ["numpy==2.1.3", "six"]);
    assert_eq!(settings.tags, ["super", "py-2_7"]);
    assert_eq!(read("timeout = 3600").timeout, Some(Duration::from_secs(3600)));
}

#[test]
fn without_settings_the_defaults_hold() {
    for settings in [parse(&around("")).settings, read("# nothing")] {
        assert!(settings.python.is_none() && settings.timeout.is_none());
        assert!(settings.tags.is_empty() && settings.requires.is_empty());
        assert_eq!((settings.bytecode, settings.hashseed, settings.site), (Bytecode::Off, 0, false));
        assert!(settings.admits(2, 7, 0) && settings.admits(3, 99, 0));
    }
}

#[test]
fn only_the_release_part_of_a_version_counts() {
    let settings = read("python = '>=3.13'");
    assert!(settings.admits(3, 13, 0) && !settings.admits(3, 12, 9));
}

#[test]
fn an_unknown_key_gets_a_suggestion() {
    assert_eq!(faults(&toml("pyhton = '>=3'")), ["4:1 unknown key `pyhton`"]);
    assert_eq!(help(&toml("pyhton = '>=3'")), "did you mean `python`?");
    assert_eq!(
        help(&toml("colour = 1")),
        "there are python, bytecode, timeout, hashseed, site, requires, tags"
    );
    assert_eq!(faults(&toml("[extra]\nx = 1")), ["4:2 unknown key `extra`"]);
}

#[test]
fn every_wrong_value_is_told_in_one_pass() {
    let source = toml(
        "python = 3\nbytecode = 'of'\ntimeout = 0\nhashseed = -1\nsite = 'false'\ntags = 'super'\nhashsed = 1",
    );
    let expected = [
        "4:10 `python` is a range of versions, such as \">=2.7\"",
        "5:12 `bytecode` is \"off\", \"timestamp\" or \"hash\"",
        "6:11 `timeout` is a number of seconds, above 0 and at most 3600",
        "7:12 `hashseed` is a whole number from 0 to 4294967295",
        "8:8 `site` is true or false",
        "9:8 `tags` is an array of words, such as [\"super\"]",
        "10:1 unknown key `hashsed`",
    ];
    assert_eq!(faults(&source), expected);
    assert_eq!(help(&toml("bytecode = 'of'")), "did you mean \"off\"?");
}

#[test]
fn values_out_of_range_are_refused() {
    for line in [
        "timeout = 3600.1",
        "timeout = -1",
        "timeout = nan",
        "timeout = inf",
        "timeout = 1e-99",
        "timeout = 99999999999999999999999",
        "hashseed = 4294967296",
        "hashseed = 1.0",
        "timeout = '10'",
        "site = 1",
        "tags = [['a']]",
        "python = ''",
    ] {
        assert_eq!(faults(&toml(line)).len(), 1, "{line}");
    }
}

#[test]
fn of_a_number_that_is_refused_its_type_is_not_blamed() {
    let label = |line: &str| parse_bytes(toml(line).as_bytes(), &[]).unwrap_err().problems[0].label.clone();
    for line in ["hashseed = -1", "hashseed = 4294967296", "timeout = 1e400", "timeout = 0", "timeout = -1"] {
        assert_eq!(label(line), "out of range", "{line}");
    }
    assert_eq!(label("hashseed = 0x"), "this has no digits");
    assert_eq!(label("hashseed = 1.5"), "this is a float");
    assert_eq!(label("timeout = '1'"), "this is a string");
}

#[test]
fn tags_are_words_without_repeats() {
    assert_eq!(
        faults(&toml("tags = ['a', 'B', 'c d', 'a', '']")),
        [
            "4:14 `B` is no tag",
            "4:19 `c d` is no tag",
            "4:26 the tag `a` is there twice",
            "4:31 `` is no tag"
        ]
    );
}

#[test]
fn requirements_are_packages_each_once() {
    assert_eq!(
        faults(&toml("requires = [\"numpy=1.19\", 'six', 2, 'SIX>=1', \"six; python_version < '3.9'\"]")),
        [
            "4:19 `numpy=1.19` is no requirement",
            "4:34 a requirement is a string",
            "4:37 `six` is required twice"
        ]
    );
    assert_eq!(help(&toml("requires = ['numpy=1.19']")), "did you mean `numpy==1.19`?");
    assert_eq!(
        faults(&toml("requires = 'six'")),
        ["4:12 `requires` is an array of packages, such as [\"pydantic==2.9.2\"]"]
    );
}

#[test]
fn a_flaw_in_a_version_range_is_placed_within_the_string() {
    assert_eq!(faults(&toml("python = \">=2.7, 3.8\"")), ["4:18 `3.8` is no range of versions"]);
    assert_eq!(help(&toml("python = \">=2.7, 3.8\"")), "did you mean `>=3.8`?");
    assert_eq!(faults(&toml("python = \"\\u003e4\"")), ["4:10 no Python is `>4`"]);
    assert_eq!(help(&toml("python = '<=3.12'")), "did you mean `<3.13`?");
}

#[test]
fn a_block_that_is_not_toml_is_told_where() {
    let found = faults(&toml("site = \ntags = [1\n"));
    assert!(
        !found.is_empty() && found.iter().all(|fault| fault.ends_with("the settings are not TOML")),
        "{found:?}"
    );
    assert!(found[0].starts_with("4:"), "{found:?}");
    assert_eq!(faults(&toml("site = true\nsite = true")).len(), 1);
}

#[test]
fn what_is_toml_is_judged_beside_what_is_not() {
    let expected =
        ["4:1 unknown key `pyhton`", "5:8 the settings are not TOML", "6:8 `site` is true or false"];
    assert_eq!(faults(&toml("pyhton = 1\ntags = \nsite = 1")), expected);
}

#[test]
fn a_broken_line_hides_nothing_that_stands_below() {
    for line in [
        "timeout: 5",
        "timeout 5",
        "timeout := 5",
        "timeout = 5;",
        "python >= \"3.8\"",
        "@ = 1",
        "[a",
        "'",
        "tags = [a, b]",
    ] {
        let found = faults(&toml(&format!("{line}\nsites = true\nsite = 1")));
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("4:") && found[0].ends_with(" the settings are not TOML"), "{found:?}");
        assert_eq!(found[1..], ["5:1 unknown key `sites`", "6:8 `site` is true or false"], "{line}");
    }
}

#[test]
fn what_is_not_closed_is_one_error_where_it_ends() {
    for (lines, place) in [
        ("tags = [\"a\"", "4:12"),
        ("tags = [\n  \"a\",\n  \"b\"", "6:6"),
        ("tags = \"a", "4:10"),
        ("tags = { a = 1", "4:15"),
    ] {
        let found = faults(&toml(&format!("{lines}\nsite = 1")));
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], format!("{place} the settings are not TOML"));
        assert!(found[1].ends_with("`site` is true or false"), "{found:?}");
    }
}

#[test]
fn a_line_that_another_language_would_have_gets_a_suggestion() {
    assert_eq!(help(&toml("timeout: 5")), "did you mean `timeout = 5`?");
    assert_eq!(help(&toml("site = True")), "did you mean `site = true`?");
    assert_eq!(help(&toml("tags = [1")), "");
}

#[test]
fn a_setting_that_is_there_twice_is_told_beside_what_is_not_toml() {
    let expected = ["5:1 the key `site` is there twice", "6:8 the settings are not TOML"];
    assert_eq!(faults(&toml("site = true\nsite = false\ntimeout: 5")), expected);
    assert_eq!(faults(&toml("[a]\n[a]")), ["4:2 unknown key `a`", "5:2 the key `a` is there twice"]);
}

#[test]
fn a_second_settings_block_is_an_error() {
    let source = around("```toml\n```\n\n```toml\nnonsense = 1\n```");
    assert_eq!(faults(&source), ["6:1 a second settings block"]);
}

#[test]
fn settings_after_a_file_or_a_transcript_are_an_error() {
    for first in ["`f`:\n\n```\n```", "```pycon\n>>> 1\n```"] {
        let found = faults(&around(&format!("{first}\n\n```toml\n```")));
        assert_eq!(found.len(), 1);
        assert!(found[0].ends_with(" the settings come too late"), "{found:?}");
    }
}
