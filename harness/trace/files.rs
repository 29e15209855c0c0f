//! What the paths of the workspace are in the course of a run: what edits and statements made of them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::scenario::{Scenario, Step};
use crate::worker::{Changed, Node, Play};

/// Every path that was written, laid or changed, and what it was from then on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files<'a> {
    by_path: BTreeMap<&'a str, Vec<Version<'a>>>,
}

/// What a path is from a step on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version<'a> {
    /// The step that made it so.
    pub(crate) step: usize,
    pub(crate) is: Is<'a>,
}

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Is<'a> {
    /// As a statement or the harness left it.
    Made(&'a Node),
    /// A file that the scenario wrote, and the line of the Markdown file on which it begins.
    Written(&'a [u8], Option<usize>),
}

static GONE: Node = Node::Gone;
static FOLDER: Node = Node::Folder;

impl<'a> Files<'a> {
    pub(crate) fn of(scenario: &'a Scenario, play: &'a Play) -> Self {
        let mut files = Self::default();
        for (at, step) in scenario.steps.iter().enumerate() {
            let event = play.steps.get(at).map(|observed| &observed.event);
            for changed in play.laid.get(&at).into_iter().flatten() {
                files.add(&changed.path, at, Is::Made(&changed.is));
            }
            match step {
                Step::Write(write) if event.is_none_or(|event| event.exception.is_none()) => {
                    files.write(write.path.as_str(), at, Is::Written(&write.content, write.line));
                }
                Step::Write(_) => {}
                Step::Statement(_) => {
                    for changed in event.map(|event| event.files.as_slice()).unwrap_or_default() {
                        files.add(&changed.path, at, Is::Made(&changed.is));
                    }
                }
            }
        }
        files
    }

    fn add(&mut self, path: &'a str, step: usize, is: Is<'a>) {
        self.by_path.entry(path).or_default().push(Version { step, is });
    }

    /// Whoever writes a file makes its folders, and bytecode beside it is no source any more.
    fn write(&mut self, path: &'a str, step: usize, is: Is<'a>) {
        for (end, _) in path.match_indices('/') {
            if let Some(versions) = self.by_path.get_mut(&path[..end]) {
                versions.push(Version { step, is: Is::Made(&FOLDER) });
            }
        }
        for (other, versions) in self.by_path.range_mut(path..) {
            if !other.starts_with(path) {
                break;
            }
            if is_bytecode_of(other, path) {
                versions.push(Version { step, is: Is::Made(&GONE) });
            }
        }
        self.add(path, step, is);
    }

    /// What a file last held, up to a step.
    pub(crate) fn content(&self, path: &str, step: usize) -> Option<Is<'a>> {
        let versions = self.by_path.get(path)?.iter().rev();
        versions.filter(|version| version.step <= step).map(|version| version.is).find(|is| is.is_file())
    }

    /// What a path is before a step.
    pub(crate) fn before(&self, path: &str, step: usize) -> Option<Version<'a>> {
        let versions = self.by_path.get(path)?;
        versions.iter().rev().find(|version| version.step < step).copied()
    }

    /// The same, where a first change tells it as well: only a folder is there without being known of.
    pub(crate) fn was(&self, path: &str, step: usize) -> Is<'a> {
        let first = || self.by_path.get(path).and_then(|versions| versions.first());
        match self.before(path, step) {
            Some(version) => version.is,
            None if first().is_some_and(|first| first.is == Is::Made(&GONE)) => Is::Made(&FOLDER),
            None => Is::Made(&GONE),
        }
    }

    /// Every path, and what it is before a step.
    pub(crate) fn all_before(&self, step: usize) -> impl Iterator<Item = (&'a str, Version<'a>)> {
        self.by_path.keys().filter_map(move |path| Some((*path, self.before(path, step)?)))
    }

    /// The paths below a folder.
    pub(crate) fn below(&self, folder: &str) -> impl Iterator<Item = &'a str> {
        self.by_path.keys().copied().filter(move |path| is_below(path, folder))
    }

    /// The changes of a step's statement that change a source. A folder is one where it stands in the
    /// place of another, or has such a name; and bytecode is none where its source is there.
    pub(crate) fn changed<'e>(
        &'e self,
        step: usize,
        changes: &'e [Changed],
    ) -> impl Iterator<Item = &'e Changed> {
        changes.iter().filter(move |changed| {
            let (path, was) = (changed.path.as_str(), self.was(&changed.path, step));
            match changed.is {
                Node::File { .. } | Node::Link { .. } => true,
                Node::Folder => is_source_name(path) || !was.is_none() && !was.is_folder(),
                Node::Gone if was.is_folder() => is_source_name(path),
                Node::Gone => {
                    let source = path.strip_suffix(['c', 'o']).filter(|source| is_bytecode_of(path, source));
                    source.is_none_or(|source| !self.was(source, step + 1).is_file())
                }
            }
        })
    }
}

impl<'a> Is<'a> {
    /// The bytes of a file.
    pub(crate) fn content(self) -> Option<&'a [u8]> {
        match self {
            Self::Written(content, _) => Some(content),
            Self::Made(Node::File { content, .. }) => Some(content),
            Self::Made(_) => None,
        }
    }

    pub(crate) fn is_file(self) -> bool {
        self.content().is_some()
    }

    pub(crate) fn is_folder(self) -> bool {
        self == Is::Made(&FOLDER)
    }

    pub(crate) fn is_none(self) -> bool {
        self == Is::Made(&GONE)
    }

    /// As a restart is told of it.
    pub(crate) fn to_node(self) -> Node {
        match self {
            Self::Made(node) => node.clone(),
            Self::Written(content, _) => Node::File { content: content.to_vec(), mode: None },
        }
    }
}

/// Whether a path is in a folder, or in one that is in it.
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether it is the bytecode that stands beside a source: `foo.pyc`, `foo.pyo`.
pub(crate) fn is_bytecode_of(path: &str, source: &str) -> bool {
    extension(source) == Some("py")
        && path.strip_prefix(source).is_some_and(|rest| rest == "c" || rest == "o")
}

/// Whether the import system would read a file of this name; `files.py` has the same.
pub(crate) fn is_source_name(path: &str) -> bool {
    matches!(extension(path), Some("py" | "so" | "zip")) || is_bytecode(path)
}

pub(crate) fn is_bytecode(path: &str) -> bool {
    matches!(extension(path), Some("pyc" | "pyo"))
}

fn extension(path: &str) -> Option<&str> {
    Path::new(path).extension()?.to_str()
}

#[cfg(test)]
mod tests {
    use super::{Files, Is};
    use crate::trace::made_up::{Run, changed, file, gone_file};
    use crate::worker::{Node, Observed};

    /// The sources that each step changes.
    fn changed_sources(run: &Run) -> Vec<Vec<String>> {
        let files = &Files::of(&run.scenario, &run.play);
        let changed = |(step, observed): (usize, &'_ Observed)| {
            let changed = files.changed(step, &observed.event.files);
            changed.map(|changed| changed.path.clone()).collect()
        };
        run.play.steps.iter().enumerate().map(changed).collect()
    }

    #[test]
    fn a_path_is_what_was_last_made_of_it() {
        let run = Run::new()
            .write("foo.py", "A = 1\n")
            .changing("os.remove('foo.py')", vec![gone_file("foo.py")])
            .changing("write()", vec![file("foo.py", "A = 2\n")])
            .write("foo.py", "A = 3\n");
        let files = Files::of(&run.scenario, &run.play);
        let was = |step| files.was("foo.py", step).content();
        assert_eq!([0, 1, 2, 3].map(was), [None, Some(&b"A = 1\n"[..]), None, Some(b"A = 2\n")]);
        let last = |step| files.content("foo.py", step).and_then(Is::content);
        assert_eq!(
            [0, 1, 2, 3].map(last),
            [b"A = 1\n", b"A = 1\n", b"A = 2\n", b"A = 3\n"].map(|one| Some(&one[..]))
        );
    }

    #[test]
    fn a_folder_that_goes_was_there_before_and_one_that_is_written_into_is_there_again() {
        let run = Run::new()
            .write("pkg/a.py", "")
            .changing("shutil.rmtree('pkg')", vec![gone_file("pkg"), gone_file("pkg/a.py")])
            .write("pkg/a.py", "");
        let files = Files::of(&run.scenario, &run.play);
        assert_eq!([1, 2, 3].map(|step| files.was("pkg", step).is_folder()), [true, false, true]);
        assert_eq!(files.below("pkg").collect::<Vec<_>>(), ["pkg/a.py"]);
    }

    #[test]
    fn a_folder_alone_is_no_source_but_for_what_it_replaces() {
        let run = Run::new()
            .write("foo.py", "")
            .changing("os.mkdir('data')", vec![changed("data", Node::Folder)])
            .changing("os.rmdir('data')", vec![gone_file("data")])
            .changing("become()", vec![changed("foo.py", Node::Folder)]);
        assert_eq!(changed_sources(&run), [vec![], vec![], vec![], vec!["foo.py"]]);
    }

    #[test]
    fn bytecode_is_a_source_while_none_is_beside_it() {
        let run = Run::new()
            .write("foo.py", "")
            .changing("os.remove('foo.py')", vec![gone_file("foo.py"), file("foo.pyc", "x")])
            .changing("write()", vec![file("foo.py", ""), gone_file("foo.pyc")])
            .changing("os.remove('foo.py')", vec![gone_file("foo.py"), file("foo.pyc", "x")])
            .write("foo.py", "")
            .changing("g()", vec![gone_file("bar.pyc")]);
        assert_eq!(
            changed_sources(&run),
            [
                vec![],
                vec!["foo.py", "foo.pyc"],
                vec!["foo.py"],
                vec!["foo.py", "foo.pyc"],
                vec![],
                vec!["bar.pyc"]
            ]
        );
        let files = Files::of(&run.scenario, &run.play);
        assert!(files.was("foo.pyc", 4).is_file());
        assert_eq!(files.was("foo.pyc", 5), Is::Made(&Node::Gone));
    }
}
