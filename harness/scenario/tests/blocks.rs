use super::*;

const FOUNDING: &str = r#"# An old instance loses its base class

`Bar.foo` names `Foo`.

```toml
python = ">=2.7"
```

`foo.py`:

```python
class Foo(object):

    pass
```

```pycon
>>> import foo
>>> b = foo.Bar()
```

Now `foo.py` is edited.

`foo.py`:

```python
x = 1
```

```pycon
>>> reload(foo)
<module 'foo'>
```
"#;

#[test]
fn a_scenario_is_read_in_the_order_in_which_it_stands() {
    let scenario = parse(FOUNDING);
    assert_eq!(scenario.title, "An old instance loses its base class");
    assert_eq!(scenario.name.to_string(), "g/x");
    assert!(scenario.settings.admits(2, 7, 18) && !scenario.settings.admits(2, 6, 9));
    let first = "class Foo(object):\n\n    pass\n";
    assert_eq!(
        writes(&scenario),
        [("foo.py", first, false, Some(12)), ("foo.py", "x = 1\n", true, Some(27))]
    );
    assert_eq!(statements(&scenario), [("import foo", 18), ("b = foo.Bar()", 19), ("reload(foo)", 31)]);
    let kinds: Vec<_> = scenario.steps.iter().map(|step| matches!(step, Step::Write(_))).collect();
    assert_eq!(kinds, [true, false, false, true, false]);
}

#[test]
fn carriage_returns_at_line_ends_change_nothing() {
    let (unix, dos) = (parse(FOUNDING), parse(&FOUNDING.replace('\n', "\r\n")));
    assert_eq!(unix.steps, dos.steps);
    assert_eq!(unix.title, dos.title);
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    assert_eq!(parse(&format!("\u{feff}{FOUNDING}")).steps, parse(FOUNDING).steps);
    assert_eq!(faults("\u{feff}## T\n```pycon\n>>> 1\n```\n"), ["1:1 the first heading is not the title"]);
}

#[test]
fn a_title_is_the_text_of_the_first_heading() {
    assert_eq!(
        parse(&format!("T `super()` *twice* &amp; again\n===\n{TAIL}")).title,
        "T super() twice & again"
    );
    assert_eq!(faults(TAIL), ["1:1 the scenario has no title"]);
    assert_eq!(faults(&format!("text\n\n### Deep\n{TAIL}")), ["3:1 the first heading is not the title"]);
    assert_eq!(help(&format!("### Deep\n{TAIL}")), "make it `# Deep`");
    assert_eq!(faults(&format!("#\n{TAIL}")), ["1:1 the title is empty"]);
    assert_eq!(faults(&format!("# T\n\n## Then\n\n# More\n{TAIL}")), [""; 0]);
}

#[test]
fn a_scenario_without_a_transcript_is_an_error() {
    assert_eq!(faults("# T\n"), ["1:1 the scenario has no transcript"]);
    assert_eq!(faults(""), ["1:1 the scenario has no title", "1:1 the scenario has no transcript"]);
}

#[test]
fn a_file_of_any_kind_may_be_named() {
    let source = around(
        "`conf.toml`:\n\n```toml\na = 1\n```\n\n`s.txt`:\n```pycon\nno prompt\n```\n\n`pkg/__init__.py`:\n\n```\n```",
    );
    let scenario = parse(&source);
    let expected = [
        ("conf.toml", "a = 1\n", false, Some(6)),
        ("s.txt", "no prompt\n", false, Some(11)),
        ("pkg/__init__.py", "", false, Some(17)),
    ];
    assert_eq!(writes(&scenario), expected);
    assert!(scenario.settings.tags.is_empty());
}

#[test]
fn a_python_file_wants_a_python_block() {
    assert_eq!(
        faults(&around("`foo.py`:\n\n```pyton\n```")),
        ["5:4 `foo.py` is Python, but its block says `pyton`"]
    );
}

#[test]
fn text_blocks_and_indented_code_are_prose() {
    assert_eq!(parse(&around("```text\n>>> no\n```\n\ntext\n\n    >>> no\n    ...")).steps.len(), 1);
}

#[test]
fn a_python_block_without_a_name_is_told_how_to_get_one() {
    let source = around("```python\nx\n```");
    assert_eq!(faults(&source), ["3:1 a `python` block without a name"]);
    assert!(help(&source).contains(" `foo.py`:"), "{}", help(&source));
    assert_eq!(help(&around("`a.py`\n\n```python\nx\n```")), "the line above lacks its colon: `a.py`:");
    assert_eq!(
        faults(&around("So here is `foo.py`:\n\n```python\nx\n```")),
        ["5:1 a `python` block without a name"]
    );
}

#[test]
fn an_unknown_kind_of_block_gets_a_suggestion() {
    for (kind, meant) in [
        ("pyconn", "pycon"),
        ("pyton", "python"),
        ("tmol", "toml"),
        ("Pycon", "pycon"),
        ("py", "python"),
        ("doctest", "pycon"),
        ("txt", "text"),
    ] {
        let source = around(&format!("```{kind}\nx\n```"));
        assert_eq!(faults(&source), [format!("3:4 a block of unknown kind `{kind}`")]);
        assert_eq!(help(&source), format!("did you mean `{meant}`?"));
    }
    assert!(help(&around("```rust\nx\n```")).starts_with("settings are `toml`"));
    assert_eq!(faults(&around("~~~\nx\n~~~")), ["3:1 a block that says neither what nor which file it is"]);
}

#[test]
fn words_after_the_kind_of_a_block_are_refused() {
    assert_eq!(faults("# T\n\n```pycon  +SKIP all\n>>> 1\n```\n"), ["3:11 nothing follows `pycon`"]);
}

#[test]
fn a_name_without_a_block_is_an_error() {
    let expected = ["3:1 the name of a file, but no block follows"];
    for middle in [
        "`foo.py`:\n\ntext",
        "`foo.py`:\n\n## Heading",
        "`foo.py`:\n\n---",
        "`foo.py`:\n\n- list",
        "`foo.py`:\n\n<!-- comment -->",
        "`foo.py`:\n\n    indented",
        "`foo.py`:\n\n`bar.py`:\n\n```python\n```",
    ] {
        assert_eq!(faults(&around(middle)), expected, "{middle}");
    }
    assert_eq!(
        faults(&format!("# T\n{TAIL}\n`foo.py`:\n")),
        ["7:1 the name of a file, but no block follows"]
    );
}

#[test]
fn a_paragraph_that_says_more_is_prose() {
    for prose in [
        "The `foo.py`:",
        "`foo.py`: it",
        "`foo.py`",
        "`a` `b`:",
        "`a`::",
        "*`a`*:",
        "`a`:\nb",
        "## `foo.py`:",
    ] {
        assert_eq!(parse(&around(&format!("{prose}\n\ntext"))).steps.len(), 1, "{prose}");
    }
}

#[test]
fn an_unclosed_block_is_an_error_at_its_first_line() {
    for open in [
        "```pycon",
        "~~~~pycon\n>>> 1\n~~~",
        "```pycon\n>>> 1\n",
        "```pycon\n>>> 1\n``` x\n\n\n",
        "> ```pycon\n> >>> 1\n\ntext",
    ] {
        let column = if open.starts_with('>') { 3 } else { 1 };
        assert_eq!(
            faults(&format!("# T\n\n{open}")),
            [format!("3:{column} the block is never closed")],
            "{open}"
        );
    }
    assert!(help("# T\n\n~~~~pycon\n").starts_with("end it with ~~~~ on a line of its own"));
}

#[test]
fn a_closing_fence_needs_no_newline() {
    assert_eq!(parse("# T\n\n```pycon\n>>> 1\n```").steps.len(), 1);
    assert_eq!(parse("# T\n\n````pycon\n>>> '''\n... ```\n... '''\n````").steps.len(), 1);
}

#[test]
fn blocks_in_lists_and_quotes_are_read_exactly() {
    let source = "# T\n\n1. First:\n\n   `foo.py`:\n\n   ```python\n   if 1:\n\n   \tx\n   ```\n2. `bar.py`:\n   ~~~\n     y\n   ~~~\n\n> `baz.py`:\n>\n> ```python\n> z\n>\n>   é\n> ```\n>\n> ```pycon\n> >>> 1\n> 2\n> ```\n";
    let scenario = parse(source);
    let expected = [
        ("foo.py", "if 1:\n\n\tx\n", false, Some(8)),
        ("bar.py", "  y\n", false, Some(14)),
        ("baz.py", "z\n\n  é\n", false, Some(20)),
    ];
    assert_eq!(writes(&scenario), expected);
    assert_eq!(statements(&scenario), [("1", 26)]);
}

#[test]
fn errors_in_lists_and_quotes_are_placed_exactly() {
    let source = "# T\n\n> ```toml\n> tags = [\"é\",\n> 1]\n> ```\n\n- a\n\n  ```pycon\n  é\n  >>>1\n  ```\n";
    let expected = [
        "4:11 `é` is no tag",
        "5:3 a tag is a string",
        "11:3 this stands before the first `>>>`",
        "12:3 there is no space after `>>>`",
    ];
    assert_eq!(faults(source), expected);
}

#[test]
fn a_block_that_markdown_does_not_see_is_an_error() {
    assert_eq!(
        faults(&around("text\n\n    ```python\n    x\n    ```")),
        ["5:5 a fence indented this far is not read"]
    );
    assert_eq!(
        faults(&around("<details>\n```python\nx\n```\n\n</details>")),
        ["4:1 a block inside HTML is not read"]
    );
    assert_eq!(faults(&around("<!--\n```python\nx\n```\n-->")), [""; 0]);
}

#[test]
fn a_path_that_leaves_the_workspace_is_an_error_at_its_name() {
    let source = around("`../foo.py`:\n\n```python\n```");
    assert_eq!(
        faults(&source),
        ["3:2 `../foo.py` is no file of a workspace"].map(|text| text.replace("3:2", "3:1"))
    );
    let shown = parse_bytes(source.as_bytes(), &[]).unwrap_err().to_string();
    assert!(shown.contains("^^^^^^^^^^^ `..` leads out of the folder"), "{shown}");
    assert_eq!(faults(&around("`/etc/x`:\n\n```\n```")).len(), 1);
}

#[test]
fn names_that_cannot_both_be_there_are_an_error_at_the_second() {
    let file = |name: &str| format!("`{name}`:\n\n```\n```\n\n");
    let twins = around(&(file("foo.py") + &file("Foo.py")));
    assert_eq!(faults(&twins), ["8:1 `Foo.py` and `foo.py` are one file where case does not matter"]);
    let shown = parse_bytes(twins.as_bytes(), &[]).unwrap_err().to_string();
    assert!(shown.contains("the earlier one") && shown.contains("3 | `foo.py`:"), "{shown}");
    let inside = around(&(file("foo") + &file("foo/x.py")));
    assert_eq!(faults(&inside), ["8:1 `foo` is a file already, so nothing can be in it"]);
    let over = around(&(file("foo/x.py") + &file("foo")));
    assert_eq!(faults(&over), ["8:1 `foo` is a folder already"]);
}

#[test]
fn files_from_beside_come_first_and_are_edited_by_blocks() {
    let source = around("`a.py`:\n\n```python\n2\n```");
    let scenario = parse_bytes(source.as_bytes(), &[("a.py", "1"), ("b", "")]).unwrap();
    assert_eq!(
        writes(&scenario),
        [("a.py", "1", false, None), ("b", "", false, None), ("a.py", "2\n", true, Some(6))]
    );
    let clash = parse_bytes(source.as_bytes(), &[("A.py", "1")]).unwrap_err();
    assert_eq!(clash.problems[0].label, "the earlier one is in the sibling folder");
}

#[test]
fn text_that_is_not_utf8_is_an_error_at_the_byte() {
    let found = parse_bytes(b"# T\n\nna\xefve\n", &[]).unwrap_err();
    assert_eq!(found.problems[0].message, "the scenario is not UTF-8");
    let place = found.place(&found.problems[0]);
    assert_eq!((place.line, place.column), (3, 3));
    assert!(found.to_string().contains("byte 0xef"), "{found}");
}

#[test]
fn a_lone_carriage_return_is_an_error() {
    assert_eq!(faults(&around("a\rb")), ["3:2 a carriage return without a line feed"]);
}

#[test]
fn a_name_that_breaks_snapshots_is_an_error() {
    let name = Name { group: "g".into(), name: "a@b".into() };
    let found = Scenario::parse(name, Path::new("a@b.md"), around("").as_bytes(), vec![]).unwrap_err();
    assert!(found.problems[0].message.starts_with("a scenario cannot be called `g/a@b`"), "{found}");
}

#[test]
fn every_error_is_found_in_one_pass_in_the_order_of_the_file() {
    let source = "```tolm\n```\n\n`..`:\n\n```\n```\n\n```toml\npyhton = 1\nsite = 0\n```\n\n```pycon\n>>>1\n```\n\n```pycon\n";
    let expected = [
        "1:1 the scenario has no title",
        "1:4 a block of unknown kind `tolm`",
        "4:1 `..` is no file of a workspace",
        "9:1 the settings come too late",
        "10:1 unknown key `pyhton`",
        "11:8 `site` is true or false",
        "15:1 there is no space after `>>>`",
        "18:1 the block is never closed",
    ];
    assert_eq!(faults(source), expected);
}
