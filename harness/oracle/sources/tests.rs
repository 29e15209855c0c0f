use super::*;
use crate::trace::made_up::{Run, changed, file, gone_file};

fn edited() -> Run {
    Run::new()
        .write("foo.py", "A = 1\n")
        .write("bar.py", "B = 1\n")
        .printing("import foo", "")
        .write("foo.py", "A = 2\n")
        .write("new.py", "N = 2\n")
        .printing("reload(foo)", "")
        .printing("foo.A", "")
        .write("foo.py", "A = 3\n")
        .printing("foo.A", "")
}

/// `foo.py` is removed, made anew by a statement, and edited.
fn changed_by_statements() -> Run {
    Run::new()
        .write("foo.py", "A = 1\n")
        .printing("import foo", "")
        .changing("os.remove('foo.py')", vec![gone_file("foo.py")])
        .printing("reload(foo)", "")
        .changing("write(2)", vec![file("foo.py", "A = 2\n")])
        .write("foo.py", "A = 3\n")
        .printing("reload(foo)", "")
}

fn sources(run: &Run) -> Sources<'_> {
    Sources::of(&run.scenario, &run.play)
}

fn at(run: &Run) -> Vec<usize> {
    let sources = sources(run);
    (0..run.scenario.steps.len()).map(|step| sources.at(step)).collect()
}

/// What happens in a script, each line a step or what is laid before it.
fn told(script: &Script) -> Vec<String> {
    let content = |path: &str, content: &[u8]| format!("{path}: {}", String::from_utf8_lossy(content).trim());
    let laid = |changed: &Changed| match &changed.is {
        Node::File { content: bytes, .. } => format!("[{}]", content(&changed.path, bytes)),
        other => format!("[{}: {other:?}]", changed.path),
    };
    let step = |step: &Step| match step {
        Step::Write(write) => content(write.path.as_str(), &write.content),
        Step::Statement(statement) => statement.source.clone(),
    };
    let lines = script.scenario.steps.iter().enumerate().flat_map(|(at, played)| {
        let before = script.files.get(&at).into_iter().flatten().map(laid);
        before.chain([step(played)]).collect::<Vec<_>>()
    });
    lines.collect()
}

#[test]
fn each_group_of_edits_makes_a_source() {
    let run = edited();
    let sources = sources(&run);
    assert_eq!(at(&run), [0, 0, 0, 1, 1, 1, 1, 2, 2]);
    assert_eq!((sources.end(0), sources.start(1), sources.end(1)), (2, 3, 6));
}

#[test]
fn a_restart_begins_with_the_files_as_they_are_and_sees_no_edit() {
    let run = edited();
    let script = sources(&run).restart(1, 6);
    assert_eq!(
        told(&script),
        ["bar.py: B = 1", "foo.py: A = 2", "new.py: N = 2", "import foo", "reload(foo)", "foo.A"]
    );
    assert_eq!([2, 3, 5, 6, 8].map(|step| script.place(step)), [Some(3), None, Some(4), Some(5), None]);
}

#[test]
fn a_statement_that_changes_a_source_makes_another_from_the_next_step_on() {
    assert_eq!(at(&changed_by_statements()), [0, 0, 0, 1, 1, 2, 2]);
    let data = Run::new()
        .write("foo.py", "")
        .changing("os.mkdir('data')", vec![changed("data", Node::Folder)])
        .printing("foo.f()", "");
    assert_eq!(at(&data), [0, 0, 0]);
}

#[test]
fn such_a_statement_finds_in_a_restart_what_it_found_in_the_run() {
    let run = changed_by_statements();
    let [gone, one, three] = ["[foo.py: Gone]", "[foo.py: A = 1]", "[foo.py: A = 3]"];
    let (remove, write) = ("os.remove('foo.py')", "write(2)");
    assert_eq!(told(&sources(&run).restart(0, 2)), ["foo.py: A = 1", "import foo", one, remove]);
    assert_eq!(
        told(&sources(&run).restart(1, 4)),
        ["import foo", one, remove, gone, "reload(foo)", gone, write]
    );
    assert_eq!(
        told(&sources(&run).restart(2, 6)),
        ["foo.py: A = 3", "import foo", one, remove, three, "reload(foo)", gone, write, three, "reload(foo)"]
    );
    // An old source, played on.
    assert_eq!(
        told(&sources(&run).restart(0, 6))[3..],
        [remove, one, "reload(foo)", gone, write, one, "reload(foo)"]
    );
}

#[test]
fn what_statements_made_is_laid_before_the_first_statement() {
    let link = || changed("current", Node::Link { to: "v1".to_owned() });
    let run = Run::new()
        .write("v1/foo.py", "A = 1\n")
        .changing("deploy()", vec![link(), file("made.py", "M = 1\n")])
        .printing("import foo", "");
    let before = ["[current: Gone]", "[made.py: Gone]"];
    let after = ["[current: Link { to: \"v1\" }]", "[made.py: M = 1]"];
    let expected =
        [&["v1/foo.py: A = 1"], &after[..], &before, &["deploy()"], &after, &["import foo"]].concat();
    assert_eq!(told(&sources(&run).restart(1, 2)), expected);
}

#[test]
fn a_folder_goes_and_comes_back_with_what_the_scenario_wrote_there() {
    let run = Run::new()
        .write("pkg/__init__.py", "P = 1\n")
        .write("pkg/words.txt", "please\n")
        .changing("shutil.rmtree('pkg')", vec![gone_file("pkg"), gone_file("pkg/__init__.py")])
        .printing("reload(pkg)", "");
    let before = ["[pkg: Folder]", "[pkg/__init__.py: P = 1]", "[pkg/words.txt: please]"];
    let remove = "shutil.rmtree('pkg')";
    let script = sources(&run).restart(1, 3);
    assert_eq!(told(&script)[..4], [&before[..], &[remove]].concat());
    assert_eq!(told(&script)[4..7], ["[pkg: Gone]", "[pkg/__init__.py: Gone]", "[pkg/words.txt: Gone]"]);
    let written = ["pkg/__init__.py: P = 1", "pkg/words.txt: please"];
    let old = [&written[..], &before, &[remove], &before, &["reload(pkg)"]].concat();
    assert_eq!(told(&sources(&run).restart(0, 3)), old);
}
