//! The sources of a run: what the files hold between two changes of them.

use std::collections::BTreeMap;

use crate::scenario::{Scenario, Step};
use crate::trace::{Files, Is, Version, is_below, is_source_name};
use crate::worker::{Changed, Node, Play};

/// Which sources a run goes through. The first is there before the first statement; each group of
/// writings between two statements makes another, and so does a statement that changes a source.
#[derive(Debug, Clone)]
pub(crate) struct Sources<'a> {
    scenario: &'a Scenario,
    files: Files<'a>,
    /// The source at each step.
    at: Vec<usize>,
    /// What a statement that changes a source changes, by step, and the files in what went with it.
    changing: BTreeMap<usize, Vec<&'a str>>,
}

impl<'a> Sources<'a> {
    pub(crate) fn of(scenario: &'a Scenario, play: &'a Play) -> Self {
        let files = Files::of(scenario, play);
        let changing: BTreeMap<usize, Vec<&str>> = play
            .steps
            .iter()
            .enumerate()
            .filter(|(step, observed)| files.changed(*step, &observed.event.files).next().is_some())
            .map(|(step, observed)| (step, all_changed(&files, &observed.event.files)))
            .collect();
        // Whether the source of the step before is also that of this one.
        let (mut source, mut is_new) = (0, true);
        let at = scenario.steps.iter().enumerate().map(|(step, played)| {
            let is_write = matches!(played, Step::Write(_));
            source += usize::from(is_write && !is_new);
            is_new = is_write;
            let here = source;
            if changing.contains_key(&step) {
                (source, is_new) = (source + 1, true);
            }
            here
        });
        Self { at: at.collect(), scenario, files, changing }
    }

    /// The source at a step, from 0.
    pub(crate) fn at(&self, step: usize) -> usize {
        self.at[step]
    }

    /// The first step of a source.
    pub(crate) fn start(&self, source: usize) -> usize {
        self.at.iter().position(|at| *at == source).unwrap_or(0)
    }

    /// The last step of a source.
    pub(crate) fn end(&self, source: usize) -> usize {
        self.at.iter().rposition(|at| *at == source).unwrap_or(0)
    }

    /// The script of a process that was started with a source and never saw another, up to a step.
    ///
    /// A statement that changes a source finds there what it found in the run, and afterwards that is as the
    /// process was started with it.
    pub(crate) fn restart(&self, source: usize, until: usize) -> Script {
        let is_statement = |step: &usize| matches!(self.scenario.steps[*step], Step::Statement(_));
        let first = (self.start(source)..=self.end(source)).find(is_statement);
        let begins = first.unwrap_or(self.end(source) + 1);
        let (mut written, mut made) = (Vec::new(), Vec::new());
        for (path, version) in self.files.all_before(begins) {
            match version.is {
                Is::Written(..) if self.is_gone_since(path, version.step, begins) => {}
                Is::Written(..) => written.push(version.step),
                Is::Made(node) if is_to_be_made(node, path) => {
                    made.push(Changed { path: path.to_owned(), is: node.clone() });
                }
                Is::Made(_) => {}
            }
        }
        written.sort_unstable();
        let mut steps: Vec<Step> =
            written.into_iter().map(|step| self.scenario.steps[step].clone()).collect();
        let mut files = BTreeMap::from([(steps.len(), made)]);
        let mut places = vec![None; self.scenario.steps.len()];
        let mut played = (0..=until.min(places.len().saturating_sub(1))).filter(is_statement).peekable();
        while let Some(step) = played.next() {
            let changing = self.changing.get(&step).map(Vec::as_slice).unwrap_or_default();
            let laid = |at| changing.iter().map(move |path| self.laid(path, at));
            files.entry(steps.len()).or_default().extend(laid(step));
            places[step] = Some(steps.len());
            steps.push(self.scenario.steps[step].clone());
            if played.peek().is_some() {
                files.entry(steps.len()).or_default().extend(laid(begins));
            }
        }
        files.retain(|_, laid| !laid.is_empty());
        Script { scenario: Scenario { steps, ..self.scenario.clone() }, places, files }
    }

    /// What a path is made before a step.
    fn laid(&self, path: &str, step: usize) -> Changed {
        let went = |version: Version<'_>| self.is_gone_since(path, version.step, step);
        let is = match self.files.before(path, step) {
            Some(version) if went(version) => Node::Gone,
            _ => self.files.was(path, step).to_node(),
        };
        Changed { path: path.to_owned(), is }
    }

    /// Whether a folder that a file was in went after that was written.
    fn is_gone_since(&self, path: &str, step: usize, begins: usize) -> bool {
        path.match_indices('/').any(|(end, _)| {
            let folder = self.files.before(&path[..end], begins);
            folder.is_some_and(|folder| folder.step > step && !folder.is.is_folder())
        })
    }
}

/// Folders are made with what is in them; one alone is made where it stands in the place of a source.
fn is_to_be_made(node: &Node, path: &str) -> bool {
    match node {
        Node::Gone => false,
        Node::Folder => is_source_name(path),
        Node::Link { .. } | Node::File { .. } => true,
    }
}

/// Paths that are changed, and those below a folder that is gone.
fn all_changed<'a>(files: &Files<'a>, changes: &'a [Changed]) -> Vec<&'a str> {
    let mut paths: Vec<&str> = changes.iter().map(|changed| changed.path.as_str()).collect();
    for gone in changes.iter().filter(|changed| !matches!(changed.is, Node::Folder)) {
        paths.extend(files.below(&gone.path).filter(|path| is_below(path, &gone.path)));
    }
    // Folders before what is in them.
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// A scenario made from another, which knows where its steps come from.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) scenario: Scenario,
    /// For each step of the other scenario, which step it is here.
    places: Vec<Option<usize>>,
    /// What is laid before a step.
    pub(crate) files: BTreeMap<usize, Vec<Changed>>,
}

impl Script {
    /// The scenario itself.
    pub(crate) fn whole(scenario: &Scenario) -> Self {
        Self {
            scenario: scenario.clone(),
            places: (0..scenario.steps.len()).map(Some).collect(),
            files: BTreeMap::new(),
        }
    }

    /// The scenario up to a step.
    pub(crate) fn until(scenario: &Scenario, step: usize) -> Self {
        let steps = scenario.steps[..=step].to_vec();
        Self {
            scenario: Scenario { steps, ..scenario.clone() },
            places: (0..=step).map(Some).collect(),
            files: BTreeMap::new(),
        }
    }

    /// Where a step of the other scenario is here.
    pub(crate) fn place(&self, step: usize) -> Option<usize> {
        self.places.get(step).copied().flatten()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
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
        let content =
            |path: &str, content: &[u8]| format!("{path}: {}", String::from_utf8_lossy(content).trim());
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
            [
                "foo.py: A = 3",
                "import foo",
                one,
                remove,
                three,
                "reload(foo)",
                gone,
                write,
                three,
                "reload(foo)"
            ]
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
}
