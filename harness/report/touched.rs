//! What a statement makes of the sources in the workspace.

use crate::report::edit::Change;
use crate::trace::visible::visible;
use crate::trace::{Files, Is, is_below, is_bytecode, is_bytecode_of};
use crate::worker::{Changed, Node};

/// A path of the workspace that a statement changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Where in the workspace.
    pub path: String,
    /// What it made of it.
    pub how: Touch,
}

/// What was made of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    /// A file that was not there, or that holds something else now. Of one that is new, every line is a new one.
    Written {
        /// Whether it was not there.
        new: bool,
        /// What is different from before.
        change: Change,
    },
    /// The same file with other permissions.
    Mode(u32),
    /// Bytecode that is loaded now, for its source is gone; how large it is depends on where the workspace is.
    Left,
    /// A folder in the place of something else.
    Folder,
    /// A link.
    Link {
        /// Where it leads.
        to: String,
    },
    /// Nothing is there any more.
    Removed,
}

/// What a step's statement changes, by path; of what is in a folder that is gone or new, each file.
pub(super) fn touched(files: &Files<'_>, step: usize, changes: &[Changed]) -> Vec<Touched> {
    let sources: Vec<&Changed> = files.changed(step, changes).collect();
    let holds_another = |folder: &Changed| sources.iter().any(|other| is_below(&other.path, &folder.path));
    let touch = |changed: &&Changed| {
        let (path, was) = (&changed.path, files.was(&changed.path, step));
        let how = match &changed.is {
            Node::Gone => Touch::Removed,
            Node::Folder => Touch::Folder,
            Node::Link { to } => Touch::Link { to: visible(to.as_bytes()) },
            Node::File { .. } if is_left(files, step, path) => Touch::Left,
            Node::File { content, mode } => written(was, content, *mode, path),
        };
        Touched { path: visible(path.as_bytes()), how }
    };
    let is_told = |one: &&&Changed| !matches!(one.is, Node::Folder) || !holds_another(one);
    sources.iter().filter(is_told).map(touch).collect()
}

fn written(was: Is<'_>, content: &[u8], mode: Option<u32>, path: &str) -> Touch {
    let before = was.content();
    match mode {
        Some(mode) if before == Some(content) => Touch::Mode(mode),
        _ if is_bytecode(path) || content.contains(&0) => {
            Touch::Written { new: before.is_none(), change: Change::between(before, content) }
        }
        _ => Touch::Written { new: before.is_none(), change: Change::between(before.or(Some(b"")), content) },
    }
}

/// Whether it is bytecode whose source went at this step.
fn is_left(files: &Files<'_>, step: usize, path: &str) -> bool {
    path.strip_suffix(['c', 'o']).is_some_and(|source| {
        is_bytecode_of(path, source)
            && files.was(source, step).is_file()
            && !files.was(source, step + 1).is_file()
    })
}

/// The lines of a report. How large an archive or bytecode is depends on what made it, and where.
pub(super) fn lines(touched: &[Touched]) -> Vec<String> {
    let mut lines = Vec::new();
    for Touched { path, how } in touched {
        lines.push(match how {
            Touch::Written { new: true, .. } => format!("writes {path}"),
            Touch::Written { new: false, .. } => format!("edits {path}"),
            Touch::Mode(mode) => format!("makes the mode of {path} {mode:03o}"),
            Touch::Left => format!("leaves {path}"),
            Touch::Folder => format!("makes {path} a folder"),
            Touch::Link { to } => format!("makes {path} a link to {to}"),
            Touch::Removed => format!("removes {path}"),
        });
        if let Touch::Written { change, .. } = how {
            lines.extend(change.lines().into_iter().map(|line| format!("    {line}")));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{lines, touched};
    use crate::trace::Files;
    use crate::trace::made_up::{Run, changed, file, gone_file};
    use crate::worker::{Changed, Node};

    fn told(run: Run, changes: Vec<Changed>) -> Vec<String> {
        let run = run.changing("f()", changes);
        let (files, last) = (Files::of(&run.scenario, &run.play), run.play.steps.len() - 1);
        lines(&touched(&files, last, &run.play.steps[last].event.files))
    }

    #[test]
    fn what_a_statement_writes_is_told_as_an_edit_is() {
        let run = || Run::new().write("foo.py", "A = 1\nB = 1\n");
        assert_eq!(
            told(run(), vec![file("foo.py", "A = 2\nB = 1\n")]),
            ["edits foo.py", "    - A = 1", "    + A = 2"]
        );
        assert_eq!(told(run(), vec![file("bar.py", "C = 1\n")]), ["writes bar.py", "    + C = 1"]);
        assert_eq!(told(run(), vec![file("bar.zip", "PK\0")]), ["writes bar.zip"]);
        assert_eq!(told(run(), vec![file("foo.py", "A = 1\nB = 1\n")]), ["makes the mode of foo.py 644"]);
    }

    #[test]
    fn a_folder_goes_with_what_was_in_it() {
        let run = Run::new().write("pkg/__init__.py", "").write("pkg/a.py", "");
        let gone = ["pkg", "pkg/__init__.py", "pkg/a.py"].map(gone_file).to_vec();
        assert_eq!(told(run, gone), ["removes pkg/__init__.py", "removes pkg/a.py"]);
    }

    #[test]
    fn something_in_the_place_of_a_file_is_told() {
        let run = || Run::new().write("foo.py", "A = 1\n");
        assert_eq!(told(run(), vec![changed("foo.py", Node::Folder)]), ["makes foo.py a folder"]);
        let link = Node::Link { to: "bar.py".to_owned() };
        assert_eq!(told(run(), vec![changed("foo.py", link)]), ["makes foo.py a link to bar.py"]);
        let left = vec![gone_file("foo.py"), file("foo.pyc", "\0")];
        assert_eq!(told(run(), left), ["removes foo.py", "leaves foo.pyc"]);
    }
}
