//! Writes the findings of a sweep down as scenarios, each as small as it can be and still show it.
//!
//! The fault is put into the transcript, by `inject` or as a plain `reload`, where it struck. The page is
//! played before it is kept: the step that is to show it must answer as in the sweep, and a restart otherwise,
//! the same each time. Then whatever step can go goes, without a change to either.

mod case;
mod page;
mod program;

use std::path::PathBuf;

pub use case::{Case, of_fault_findings, of_findings};
pub use program::{name, save_program};

use crate::lab::{Item, Lab, RunError};
use crate::oracle::{Answer, Course, Restarted, Script, Trial, Verdict};
use crate::scenario::{Name, Scenario, Settings, Step, WorkspacePath};
use crate::trace::Surroundings;
use case::Kind;

/// How far from the allocation that was struck in the sweep one is looked for that does the same: how many a
/// reload makes before it depends on what was freed before. So many of those that were struck are tried, too.
const NEIGHBOURS: usize = 24;

/// A finding, written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The scenario, as Markdown.
    pub text: String,
    /// What goes into its sibling folder `<name>.files/`.
    pub files: Vec<(WorkspacePath, Vec<u8>)>,
}

/// Why a finding is not written down.
#[derive(Debug, thiserror::Error)]
pub enum Unsaved {
    /// It could not be played.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A block would change what a statement says.
    #[error("the statement that is struck has a string of several lines, and cannot be put into a block")]
    Indent,
    /// Of which `inject` knows no name.
    #[error("the place is in a function that was defined at the prompt")]
    Prompt,
    /// There is no moment in a transcript at which it would come.
    #[error("the new source of a module comes with the reload itself, for which a transcript has no moment")]
    Edit,
    /// What was written does not read as it was meant.
    #[error("its files cannot be written in Markdown as they are")]
    Unwritable,
    /// It was played, and shows nothing.
    #[error("written down it does not show: what it depends on is not in its steps")]
    NotShown,
}

/// The steps of a page, and which of them is to show the finding.
#[derive(Debug, Clone)]
struct Draft {
    steps: Vec<Step>,
    shows: usize,
}

/// What the step of a page is seen to do.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    verdict: Verdict,
    /// What it answers.
    given: Vec<String>,
    /// What a restart does.
    restart: Vec<String>,
}

/// Writes a case down.
pub fn save(lab: &Lab, item: &Item<'_>, case: &Case) -> Result<Page, Unsaved> {
    save_shown(lab, item, case, &[]).map(|(page, _)| page)
}

/// The same, and what it is seen to do. Statements that are to be kept are, though it may show without them.
fn save_shown(lab: &Lab, item: &Item<'_>, case: &Case, kept: &[&str]) -> Result<(Page, Shown), Unsaved> {
    let numbers = match &case.kind {
        Kind::Allocation { all } => near(all),
        _ => vec![case.nth],
    };
    for nth in numbers {
        let case = Case { nth, ..case.clone() };
        let draft = case.draft(item.scenario)?;
        let press = Press { lab, item, case: &case };
        if let Some((page, shown)) = press.shown(&draft)?
            && (case.given.is_empty() || case.given == shown.given)
        {
            return Ok((press.smallest(draft, page, &shown, kept)?, shown));
        }
    }
    Err(Unsaved::NotShown)
}

/// The allocations that were struck, and those about the first of them, the nearest first.
fn near(all: &[usize]) -> Vec<usize> {
    let about = |first: &usize| {
        let first = *first;
        (1..=NEIGHBOURS).flat_map(move |far| [first + far, first.saturating_sub(far)])
    };
    let mut numbers: Vec<usize> = all.iter().copied().take(NEIGHBOURS).collect();
    for number in all.first().into_iter().flat_map(about) {
        if number > 0 && !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

/// Makes pages of drafts, and looks at what they show.
#[derive(Debug)]
struct Press<'a> {
    lab: &'a Lab,
    item: &'a Item<'a>,
    case: &'a Case,
}

impl Press<'_> {
    /// The page of a draft and what its step does, where a restart does something else each time.
    fn shown(&self, draft: &Draft) -> Result<Option<(Page, Shown)>, Unsaved> {
        let page = page::page(self.item.scenario, self.case, &draft.steps);
        let scenario = read(&page).ok_or(Unsaved::Unwritable)?;
        if !is_as_meant(&scenario, draft) {
            return Err(Unsaved::Unwritable);
        }
        let item = Item { scenario: &scenario, interpreter: self.item.interpreter };
        let Trial { play, judgement } = Trial::hold(self.lab, &item, &[])?;
        let run =
            Course::new(Script::whole(&scenario), &play, &Surroundings::of(&play, item.interpreter, false));
        let judged = judgement.steps.get(&draft.shows);
        let judged = judged.filter(|judged| !matches!(judged.verdict, Verdict::Same | Verdict::Unsteady));
        let shown = judged.map(|judged| Shown {
            verdict: judged.verdict,
            given: run.answer(draft.shows).lines(),
            restart: match &judged.restart {
                Restarted::Played(observation) => Answer::of(observation).lines(),
                Restarted::Ended(ending) => vec![ending.to_string()],
                _ => Vec::new(),
            },
        });
        Ok(shown.map(|shown| (page, shown)))
    }

    /// Leaves out what is not needed to show the same, the last steps first.
    fn smallest(
        &self,
        mut draft: Draft,
        mut page: Page,
        shown: &Shown,
        kept: &[&str],
    ) -> Result<Page, Unsaved> {
        let is_kept = |step: &Step| matches!(step, Step::Statement(it) if kept.contains(&it.source.as_str()));
        for at in (0..draft.steps.len()).rev() {
            if at == draft.shows || is_kept(&draft.steps[at]) {
                continue;
            }
            let mut less = draft.clone();
            less.steps.remove(at);
            less.shows -= usize::from(at < less.shows);
            match self.shown(&less) {
                Ok(Some((smaller, still))) if still == *shown => (draft, page) = (less, smaller),
                Ok(_) | Err(Unsaved::Unwritable) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(page)
    }
}

fn read(page: &Page) -> Option<Scenario> {
    let name = Name { group: "saved".to_owned(), name: "page".to_owned() };
    Scenario::parse(name, &PathBuf::from("page.md"), page.text.as_bytes(), page.files.clone()).ok()
}

/// Whether what was read is what was to be written.
fn is_as_meant(scenario: &Scenario, draft: &Draft) -> bool {
    let is_same = |(read, meant): (&Step, &Step)| match (read, meant) {
        (Step::Write(read), Step::Write(meant)) => read.path == meant.path && read.content == meant.content,
        (Step::Statement(read), Step::Statement(meant)) => read.source == meant.source,
        _ => false,
    };
    scenario.steps.len() == draft.steps.len() && scenario.steps.iter().zip(&draft.steps).all(is_same)
}

/// The settings as they stand in a block; nothing where all are the defaults.
fn settings(settings: &Settings) -> Option<String> {
    let mut lines = Vec::new();
    let listed = |list: &[String]| list.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ");
    if let Some(python) = &settings.python {
        lines.push(format!("python = \"{python}\""));
    }
    match settings.bytecode {
        crate::scenario::Bytecode::Off => {}
        crate::scenario::Bytecode::Timestamp => lines.push("bytecode = \"timestamp\"".to_owned()),
        crate::scenario::Bytecode::Hash => lines.push("bytecode = \"hash\"".to_owned()),
    }
    if let Some(timeout) = settings.timeout {
        lines.push(format!("timeout = {}", timeout.as_secs_f64()));
    }
    if settings.hashseed != 0 {
        lines.push(format!("hashseed = {}", settings.hashseed));
    }
    if settings.site {
        lines.push("site = true".to_owned());
    }
    if !settings.requires.is_empty() {
        lines.push(format!("requires = [{}]", listed(&settings.requires)));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn allocations_that_were_struck_come_before_their_neighbours() {
        let numbers = near(&[2, 40]);
        assert_eq!(numbers[..6], [2, 40, 3, 1, 4, 5]);
        assert!(numbers.iter().all(|number| *number > 0));
    }
}
