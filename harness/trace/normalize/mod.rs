//! Takes out of a text what must differ from run to run or from machine to machine, and nothing
//! else: an ordered list of named steps, each a pure function.
//!
//! Every step leaves alone what it has made, and the whole is idempotent.

mod addresses;
mod ids;
mod library;
mod own_frames;
mod paths;
mod recursion;
mod set_order;
mod threads;

use std::collections::HashMap;
use std::path::Path;

use regex::Regex;

use crate::python::Interpreter;
use crate::worker::Play;

pub(crate) use recursion::is_exhaustion;
pub(crate) use set_order::shows_unordered;

/// Where a run took place, and whether numbers are shown as they are.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Absolute paths of the workspace, every spelling that the run may see (with symbolic links
    /// and without).
    pub workspace: Vec<String>,
    /// Absolute paths below which the interpreter is installed: `sys.prefix`, `sys.base_prefix`.
    pub prefixes: Vec<String>,
    /// Absolute paths of the folder with the packages that the scenario requires.
    pub packages: Vec<String>,
    /// `--raw-ids`: ids and addresses stay numbers.
    pub raw_ids: bool,
}

impl Surroundings {
    /// Those of a run: its workspace, and the folders of its interpreter, a virtual environment's
    /// included.
    pub fn of(play: &Play, interpreter: &Interpreter, raw_ids: bool) -> Self {
        Self::within(&play.workspace, play.packages.as_deref(), interpreter, raw_ids)
    }

    /// The same of a run that took place in a workspace.
    pub fn within(
        workspace: &Path,
        packages: Option<&Path>,
        interpreter: &Interpreter,
        raw_ids: bool,
    ) -> Self {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let environment = interpreter.executable.parent().and_then(Path::parent);
        let mut prefixes = vec![text(&interpreter.base_prefix)];
        prefixes.extend(environment.map(text).filter(|folder| folder.len() > 1));
        prefixes.dedup();
        let packages = packages.map(text).into_iter().collect();
        Self { workspace: vec![text(workspace)], prefixes, packages, raw_ids }
    }
}

/// Whose a number is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The label of an object that lives, or died in the very step.
    Living(String),
    /// The label of the last object that had it, where nothing known has it now.
    Former(String),
}

/// What a text was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextKind {
    /// The `repr()` of a displayed value.
    Value,
    /// The displayed value of a call of `id`.
    IdCall,
    /// Output, or the text of an exception.
    Printed,
}

/// What the steps know.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    /// Where the run took place.
    pub(crate) surroundings: &'a Surroundings,
    /// Whose each number is, at the step the text comes from.
    pub(crate) owners: &'a HashMap<u64, Owner>,
    /// What the text was.
    pub(crate) kind: TextKind,
}

/// One step of the normalization.
type Step = fn(&str, &Context<'_>) -> String;

/// The steps, in the order in which they are applied. Paths come first, for the later steps read
/// what they leave; set order comes last, for elements are sorted by what is left of them.
const STEPS: &[(&str, Step)] = &[
    ("paths", paths::paths),
    ("own frames", own_frames::own_frames),
    ("library lines", library::library_lines),
    ("addresses", addresses::addresses),
    ("threads", threads::threads),
    ("ids", ids::ids),
    ("recursion", recursion::recursion),
    ("set order", set_order::set_order),
];

/// Applies every step.
pub(crate) fn normalize(text: &str, context: &Context<'_>) -> String {
    STEPS.iter().fold(text.to_owned(), |text, (_, step)| step(&text, context))
}

/// Numbers below this are too common to be taken for an `id()`; no operating system maps memory
/// there.
pub(crate) const LOWEST_ID: u64 = 1 << 16;

/// Compiles one of this module's constant patterns, each of which a test runs.
#[allow(clippy::expect_used)]
pub(super) fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("the pattern is a constant")
}

#[cfg(test)]
pub(crate) mod samples {
    use std::collections::HashMap;

    use super::{Context, Owner, Surroundings, TextKind};

    pub(crate) const LIVING: u64 = 0x7f12_3456_7890;
    pub(crate) const FORMER: u64 = 0x7f12_3456_0000;

    pub(crate) fn surroundings() -> Surroundings {
        Surroundings {
            workspace: vec!["/tmp/w1".to_owned(), "/private/tmp/w1".to_owned()],
            prefixes: vec!["/usr".to_owned(), "/opt/python".to_owned()],
            packages: vec!["/cache/p1".to_owned()],
            raw_ids: false,
        }
    }

    pub(crate) fn owners() -> HashMap<u64, Owner> {
        HashMap::from([
            (LIVING, Owner::Living("foo.Bar#2".to_owned())),
            (FORMER, Owner::Former("foo.Bar#1".to_owned())),
        ])
    }

    pub(crate) fn with<T>(kind: TextKind, run: impl FnOnce(&Context<'_>) -> T) -> T {
        run(&Context { surroundings: &surroundings(), owners: &owners(), kind })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use proptest::prelude::*;

    use super::samples::{FORMER, LIVING, owners, surroundings, with};
    use super::{Context, STEPS, TextKind, normalize};

    fn piece() -> impl Strategy<Value = String> {
        let words = [
            "/tmp/w1",
            "/tmp/w1/foo.py",
            "/private/tmp/w1/",
            "file://",
            "/usr/lib/python3.11/",
            "/opt/python",
            "\"",
            "'",
            ", line 12",
            "File ",
            "  File \"<reload-harness>/run.py\", line 12, in run\n",
            "<reload-harness>/display.py",
            "<foo.Bar object at ",
            ">",
            " at ",
            "0x",
            ", started ",
            "140000000000000",
            "maximum recursion depth exceeded",
            " while calling a Python object",
            " in comparison",
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            "set([",
            "frozenset({",
            ", ",
            "\n",
            ":",
            "#",
            ".",
            "/",
            "\\",
            " ",
            "a",
            "b",
            "7",
            "L",
        ];
        prop_oneof![
            4 => prop::sample::select(words.map(str::to_owned).to_vec()),
            1 => prop::sample::select(vec![
                LIVING.to_string(), format!("{LIVING:#x}"), FORMER.to_string(), format!("{FORMER:#x}"),
            ]),
            1 => "[ -~]{0,3}",
        ]
    }

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(piece(), 0..14).prop_map(|pieces| pieces.concat())
    }

    fn origin() -> impl Strategy<Value = TextKind> {
        prop::sample::select(vec![TextKind::Value, TextKind::IdCall, TextKind::Printed])
    }

    proptest! {
        #[test]
        fn normalizing_twice_changes_nothing_more(text in text(), origin in origin()) {
            with(origin, |context| {
                let once = normalize(&text, context);
                prop_assert_eq!(normalize(&once, context), once.clone());
                Ok(())
            })?;
        }

        #[test]
        fn each_step_leaves_alone_what_it_made(text in text(), origin in origin()) {
            with(origin, |context| {
                for (name, step) in STEPS {
                    let once = step(&text, context);
                    prop_assert_eq!(step(&once, context), once.clone(), "{}", name);
                }
                Ok(())
            })?;
        }

        #[test]
        fn a_text_without_anything_that_varies_stays(text in "[a-z ,.\n0-9]{0,40}") {
            prop_assume!(!text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > 4));
            with(TextKind::Printed, |context| {
                prop_assert_eq!(normalize(&text, context), text.clone());
                Ok(())
            })?;
        }
    }

    #[test]
    fn the_steps_work_together_on_a_printed_traceback() {
        let text = "File \"/tmp/w1/foo.py\", line 9, in foo\n  File \"/usr/lib/python3.11/abc.py\", line 119, in \
                    __instancecheck__\nTypeError: <foo.Bar object at 0x7f1234567890>";
        let normal = with(TextKind::Printed, |context| normalize(text, context));
        assert_eq!(
            normal,
            "File \"foo.py\", line 9, in foo\n  File \"<prefix>/lib/python/abc.py\", line ..., in \
             __instancecheck__\nTypeError: <foo.Bar object at foo.Bar#2>"
        );
    }

    #[test]
    fn raw_ids_leave_numbers_and_still_relate_paths() {
        let mut surroundings = surroundings();
        surroundings.raw_ids = true;
        let context = Context { surroundings: &surroundings, owners: &owners(), kind: TextKind::IdCall };
        assert_eq!(normalize("139716050680976", &context), "139716050680976");
        assert_eq!(normalize("<B at 0x7f1234567890> /tmp/w1/a", &context), "<B at 0x7f1234567890> a");
    }
}
