//! What a step answers: all of it that one can see, without what must differ between two processes.

use std::collections::HashMap;
use std::iter;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::trace::Observation;
use crate::worker::{Ending, StepKind};

/// What is to be seen of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was played.
    Played(Seen),
    /// The run ended at it.
    Ended(Ending),
    /// The run had ended before.
    Unreached,
}

/// Output, displayed values and exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    texts: Vec<String>,
    dropped: u64,
    /// An exception: its type and text, what was noted on it, and what a group is of.
    raised: Option<String>,
}

impl Answer {
    pub(crate) fn of(observation: &Observation) -> Self {
        let mut generations = Generations::default();
        let mut texts = Vec::new();
        let mut dropped = 0;
        // A reload runs the module once more and a restart does not: what that prints is no answer.
        if observation.kind != StepKind::Reload {
            texts.extend([&observation.output.stdout, &observation.output.stderr]);
            dropped = observation.output.dropped;
        }
        texts.extend(observation.values.iter().map(|value| &value.text));
        dropped += observation.values.iter().map(|value| value.dropped).sum::<u64>();
        let texts = texts.into_iter().map(|text| generations.renumber(text)).collect();
        let raised = observation.exception.as_ref();
        let raised = raised.map(|raised| {
            let head = match raised.text.as_str() {
                "" => raised.name.clone(),
                text => format!("{}: {}", raised.name, generations.renumber(text)),
            };
            let parts = raised.parts().into_iter().map(|part| generations.renumber(&part));
            iter::once(head).chain(parts).collect::<Vec<_>>().join("\n")
        });
        Self::Played(Seen { texts, dropped, raised })
    }

    /// What is to be seen, in lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        match self {
            Self::Played(seen) => {
                let mut lines: Vec<String> =
                    seen.texts.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
                lines.extend(seen.raised.iter().cloned());
                lines
            }
            Self::Ended(ending) => vec![ending.to_string()],
            Self::Unreached => Vec::new(),
        }
    }

    /// Whether it failed, or never came to be.
    pub(crate) fn fails(&self) -> bool {
        match self {
            Self::Played(seen) => seen.raised.is_some(),
            Self::Ended(_) | Self::Unreached => true,
        }
    }
}

/// `foo.Bar#2`
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static LABEL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(former id of )?([\w.<>]+)#(\d+)").unwrap());

/// The generations of a step's labels, counted anew: `foo.Bar#2` after a reload and `foo.Bar#1` after
/// a restart are the same answer, but two generations in one answer are not one.
#[derive(Debug, Default)]
struct Generations {
    seen: HashMap<String, Vec<String>>,
}

/// `<module 'foo' from 'foo.pyc'>`: whether there was bytecode is no matter of the source, and 2.7 says so.
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static BYTECODE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(<module '[^']*' from '[^']*\.py)[co]('>)").unwrap());

impl Generations {
    fn renumber(&mut self, text: &str) -> String {
        let text = BYTECODE.replace_all(text, "$1$2");
        LABEL
            .replace_all(&text, |found: &Captures<'_>| {
                let seen = self.seen.entry(found[2].to_owned()).or_default();
                let at = seen.iter().position(|generation| *generation == found[3]).unwrap_or_else(|| {
                    seen.push(found[3].to_owned());
                    seen.len() - 1
                });
                // That the object is gone is what a number cannot tell.
                let id = if found.get(1).is_some() { "id of " } else { "" };
                format!("{id}{}#{}", &found[2], at + 1)
            })
            .into_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Generations;

    fn renumbered(texts: &[&str]) -> Vec<String> {
        let mut generations = Generations::default();
        texts.iter().map(|text| generations.renumber(text)).collect()
    }

    #[test]
    fn one_generation_is_as_good_as_another() {
        assert_eq!(renumbered(&["<foo.Bar object at b#3>"]), ["<foo.Bar object at b#1>"]);
        assert_eq!(renumbered(&["id of foo.f.<locals>.C#2"]), ["id of foo.f.<locals>.C#1"]);
        assert_eq!(renumbered(&["former id of foo.Bar#2"]), ["id of foo.Bar#1"]);
    }

    #[test]
    fn two_generations_in_one_answer_are_two() {
        assert_eq!(renumbered(&["foo.Bar#2 foo.Bar#2", "foo.Bar#1"]), ["foo.Bar#1 foo.Bar#1", "foo.Bar#2"]);
        assert_eq!(renumbered(&["foo.Foo#4 foo.Bar#2"]), ["foo.Foo#1 foo.Bar#1"]);
    }

    #[test]
    fn a_module_is_the_same_from_its_bytecode() {
        assert_eq!(
            renumbered(&["<module 'foo' from 'lib/foo.pyc'>"]),
            renumbered(&["<module 'foo' from 'lib/foo.py'>"])
        );
        assert_eq!(renumbered(&["'foo.pyc'"]), ["'foo.pyc'"]);
    }

    proptest! {
        #[test]
        fn an_answer_does_not_depend_on_which_numbers_generations_have(
            order in prop::collection::vec(0_usize..4, 1..8), offset in 0_usize..9, factor in 1_usize..5,
        ) {
            let text = |number: &dyn Fn(usize) -> usize| {
                order.iter().map(|at| format!("foo.Bar#{}", number(*at))).collect::<Vec<_>>().join(" ")
            };
            let (one, other) = (text(&|at| at + 1), text(&|at| at * factor + offset));
            prop_assert_eq!(renumbered(&[&one]), renumbered(&[&other]));
        }

        #[test]
        fn renumbering_twice_changes_nothing_more(text in "([a-z.]{1,3}#[1-4] ?|[ -~]){0,8}") {
            let once = renumbered(&[&text]).remove(0);
            prop_assert_eq!(renumbered(&[&once]).remove(0), once);
        }
    }
}
