//! A finding as something that can be put into a transcript.

use super::super::findings::Findings;
use super::super::listing::Spot;
use super::super::outcome::{Effect, Outcome};
use super::super::reload_faults::{FaultEffect, FaultFindings, Given};
use super::{Draft, Unsaved};
use crate::scenario::{Scenario, Statement, Step};
use crate::trace::Origin;
use crate::worker::{Fault, Thrown};

/// Functions that places are said to be in which are on no line, and what `inject` calls them.
const EDGES: [(&str, &str); 3] = [("<before>", "before"), ("<end>", "end"), ("<after>", "after")];

/// One fault at one place of a scenario, and what comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What comes of it.
    pub outcome: Outcome,
    /// What strikes.
    pub fault: Fault,
    /// The number of its group, from 1 on: equal effects, the worst first.
    pub group: usize,
    pub(super) kind: Kind,
    /// The step that it strikes.
    pub(super) step: usize,
    /// How often the step comes to the place until it strikes; of allocations, which one.
    pub(super) nth: usize,
    /// Whether one more reload follows.
    pub(super) is_healed: bool,
    /// The step that shows it; nothing for the one that is struck.
    pub(super) shows: Option<usize>,
    /// What that answers in the sweep; nothing where that is told otherwise in a transcript.
    pub(super) given: Vec<String>,
}

/// How a fault is put into a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Modules are reloaded before the statement.
    Before(Vec<String>),
    /// They are reloaded in its midst, before a line.
    Within { modules: Vec<String>, at: At },
    /// The reload raises at a statement or a line.
    Raises { at: At, thrown: Option<Thrown> },
    /// Its n-th allocation fails; which ones do the same.
    Allocation { all: Vec<usize> },
    /// What a call that it makes on a file meets, or the state of its files.
    File(String),
    /// Another thread makes a call at a line.
    Thread { at: At, call: String },
}

/// Where a fault strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum At {
    /// `foo.py:7`, `foo.py:end`
    File(String),
    /// A line of the statement itself.
    Statement(usize),
    /// In a function that was defined at the prompt.
    Prompt,
}

impl At {
    fn of(spot: &Spot) -> Self {
        let place = &spot.place;
        let edge = EDGES.iter().find(|(function, _)| *function == place.function);
        match (edge, place.origin) {
            (Some((_, edge)), _) => Self::File(format!("{}:{edge}", place.file)),
            (None, Origin::Statement) => Self::Statement(place.line),
            (None, _) if place.file.starts_with('<') => Self::Prompt,
            (None, _) => Self::File(format!("{}:{}", place.file, place.line)),
        }
    }

    /// As `inject` is told, where the statement stands in a block: a line further down.
    fn argument(&self) -> Result<String, Unsaved> {
        match self {
            Self::File(place) => Ok(format!("at={place:?}")),
            Self::Statement(line) => Ok(format!("at=\"<stdin>:{}\"", line + 1)),
            Self::Prompt => Err(Unsaved::Prompt),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::File(place) => format!("`{place}`"),
            Self::Statement(line) => format!("line {line} of the statement"),
            Self::Prompt => "a function of the prompt".to_owned(),
        }
    }
}

impl Case {
    /// What its file is called, behind the name of the scenario: `statements_broken_1`.
    pub fn suffix(&self) -> String {
        format!("{}_{}_{}", self.fault.word(), self.outcome.word(), self.group)
    }

    /// The fault, in words.
    pub(super) fn words(&self) -> String {
        let nth = match self.nth {
            0 | 1 => String::new(),
            nth => format!(", when the statement comes there for the {}", ordinal(nth)),
        };
        match &self.kind {
            Kind::Before(modules) => format!("a reload of `{}`", modules.join("`, `")),
            Kind::Within { modules, at } => {
                format!("a reload of `{}` just before {}{nth}", modules.join("`, `"), at.words())
            }
            Kind::Raises { at, .. } if self.fault == Fault::Interrupts => {
                format!("a reload that is interrupted at {}{nth}", at.words())
            }
            Kind::Raises { at, .. } => format!("a reload that raises at {}{nth}", at.words()),
            Kind::Allocation { .. } => format!("a reload whose {} allocation fails", ordinal(self.nth)),
            Kind::File(name) => format!("a reload with the fault \"{name}\""),
            Kind::Thread { at, .. } => format!("a call in another thread at {} of a reload{nth}", at.words()),
        }
    }

    /// The scenario's steps up to the one that shows it, with the fault.
    pub(super) fn draft(&self, scenario: &Scenario) -> Result<Draft, Unsaved> {
        let shows = self.shows.unwrap_or(self.step).max(self.step);
        let mut steps: Vec<Step> = scenario.steps[..self.step].to_vec();
        let Step::Statement(struck) = &scenario.steps[self.step] else { return Err(Unsaved::Unwritable) };
        if let Kind::Before(modules) = &self.kind {
            steps.extend(modules.iter().map(|module| statement(&format!("import {module}"))));
            steps.extend(modules.iter().map(|module| statement(&format!("reload({module})"))));
            let raising = steps.len() - 1;
            steps.push(Step::Statement(struck.clone()));
            steps.extend(scenario.steps[self.step + 1..=shows].iter().cloned());
            let shows = if self.shows.is_none() { raising } else { steps.len() - 1 };
            return Ok(Draft { steps, shows });
        }
        steps.push(statement(&self.block(&struck.source)?));
        if self.is_healed {
            steps.push(Step::Statement(struck.clone()));
        }
        steps.extend(scenario.steps[self.step + 1..=shows].iter().cloned());
        Ok(Draft { shows: steps.len() - 1, steps })
    }

    /// A statement with the fault about it.
    fn block(&self, source: &str) -> Result<String, Unsaved> {
        if source.contains("\"\"\"") || source.contains("'''") || source.contains("\\\n") {
            return Err(Unsaved::Indent);
        }
        let mut lines = vec![format!("with inject({}):", self.arguments()?.join(", "))];
        lines.extend(source.lines().map(|line| format!("    {line}").trim_end().to_owned()));
        Ok(lines.join("\n"))
    }

    fn arguments(&self) -> Result<Vec<String>, Unsaved> {
        let mut arguments = vec![format!("{:?}", self.fault.word())];
        let nth = (self.nth > 1).then(|| format!("nth={}", self.nth));
        match &self.kind {
            Kind::Before(_) => {}
            Kind::Within { modules, at } => {
                arguments.push(at.argument()?);
                arguments.extend(nth);
                arguments.push(match modules.as_slice() {
                    [one] => format!("module={one:?}"),
                    several => format!("module={several:?}"),
                });
            }
            Kind::Raises { at, thrown } => {
                arguments.push(at.argument()?);
                arguments.extend(nth);
                arguments.extend(thrown.map(|thrown| format!("raises={}", thrown.word())));
            }
            Kind::Allocation { .. } => arguments.push(format!("nth={}", self.nth)),
            Kind::File(name) => {
                arguments.push(format!("at={name:?}"));
                arguments.extend(nth);
            }
            Kind::Thread { at, call } => {
                arguments.push(at.argument()?);
                arguments.extend(nth);
                arguments.push(format!("call=lambda: {call}"));
            }
        }
        Ok(arguments)
    }
}

/// The cases of a sweep of reload points, one of each group that is not safe: the first place of it.
pub fn of_findings(findings: &Findings) -> Vec<Case> {
    let mut cases = Vec::new();
    let places = &findings.places;
    for (group, effect) in places.effects.iter().enumerate() {
        let (Some(tried), Some(shows)) = (places.first_with(group), shown(effect)) else { continue };
        let at = At::of(&places.spots[tried.spot]);
        let modules = findings.modules.clone();
        cases.push(Case {
            outcome: effect.outcome,
            fault: Fault::Reload,
            group: group + 1,
            kind: if at == At::Statement(1) && tried.nth == 1 {
                Kind::Before(modules)
            } else {
                Kind::Within { modules, at }
            },
            step: tried.step,
            nth: tried.nth,
            is_healed: false,
            shows: shows.0,
            given: shows.1,
        });
    }
    cases
}

/// The cases of a sweep over a reload, one of each group that harms: the first place of it.
pub fn of_fault_findings(findings: &FaultFindings) -> Vec<Case> {
    let mut cases = Vec::new();
    let places = &findings.places;
    for (group, effect) in places.effects.iter().enumerate() {
        let (Some(tried), Some(harm)) = (places.first_with(group), Harm::of(effect)) else { continue };
        let spot = &places.spots[tried.spot];
        let place = &spot.place;
        let at = At::of(spot);
        let (kind, nth) = match findings.fault {
            Fault::Reload | Fault::Statements | Fault::Interrupts => {
                (Kind::Raises { at, thrown: findings.thrown }, tried.nth)
            }
            Fault::Allocations => {
                let all = places.with(group).map(|tried| places.spots[tried.spot].place.line).collect();
                (Kind::Allocation { all }, place.line)
            }
            Fault::Files => (Kind::File(place.file.trim_matches(['<', '>']).to_owned()), place.line.max(1)),
            Fault::Threads => {
                (Kind::Thread { at, call: findings.call.clone().unwrap_or_default() }, tried.nth)
            }
        };
        cases.push(Case {
            outcome: harm.outcome,
            fault: findings.fault,
            group: group + 1,
            kind,
            step: tried.step,
            nth,
            is_healed: harm.is_healed,
            shows: harm.shows,
            given: harm.given,
        });
    }
    cases
}

/// What is bad about an effect.
struct Harm {
    outcome: Outcome,
    is_healed: bool,
    shows: Option<usize>,
    given: Vec<String>,
}

impl Harm {
    fn of(effect: &FaultEffect) -> Option<Self> {
        if let Some(answer) = &effect.answer
            && matches!(answer.kind, Given::Neither | Given::Raises)
        {
            let outcome = if answer.kind == Given::Raises { Outcome::Broken } else { Outcome::Mixed };
            return Some(Self { outcome, is_healed: false, shows: None, given: Vec::new() });
        }
        let lasting = effect.healed.as_ref().filter(|healed| healed.outcome != Outcome::Safe);
        let (effect, is_healed) = match lasting {
            Some(healed) => (healed, true),
            None => (&effect.then, false),
        };
        let (shows, given) = shown(effect)?;
        Some(Self { outcome: effect.outcome, is_healed, shows, given })
    }
}

/// The first of the steps that are as bad as the effect, and what it answers; nothing of a safe one.
fn shown(effect: &Effect) -> Option<(Option<usize>, Vec<String>)> {
    if effect.outcome == Outcome::Safe {
        return None;
    }
    let worst = effect.differences.iter().find(|difference| difference.outcome == effect.outcome)?;
    Some((worst.step, worst.given.clone()))
}

pub(super) fn statement(source: &str) -> Step {
    Step::Statement(Statement { source: source.to_owned(), line: 0, claims: Vec::new() })
}

/// `1st`, `2nd`, `23rd`
fn ordinal(number: usize) -> String {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scenario::Name;

    fn scenario() -> Scenario {
        let name = Name { group: "g".to_owned(), name: "x".to_owned() };
        let text = "# T\n\n`foo.py`:\n\n```python\nX = 1\n```\n\n\
                    ```pycon\n>>> import foo\n>>> for n in 1, 2:\n...     foo.f(n)\n>>> foo.X\n```\n";
        Scenario::parse(name, Path::new("x.md"), text.as_bytes(), Vec::new()).unwrap()
    }

    /// A case that strikes the loop and shows in the last step.
    fn case(kind: Kind, nth: usize) -> Case {
        Case {
            outcome: Outcome::Mixed,
            fault: Fault::Reload,
            group: 1,
            kind,
            step: 2,
            nth,
            is_healed: false,
            shows: Some(3),
            given: Vec::new(),
        }
    }

    fn drafted(case: &Case) -> Vec<String> {
        let draft = case.draft(&scenario()).unwrap();
        assert_eq!(draft.shows, draft.steps.len() - 1);
        let statements = draft.steps.iter().filter_map(|step| match step {
            Step::Statement(statement) => Some(statement.source.clone()),
            Step::Write(_) => None,
        });
        statements.skip(1).collect()
    }

    #[test]
    fn a_reload_before_a_statement_needs_no_block() {
        let before = case(Kind::Before(vec!["foo".to_owned(), "pkg.bar".to_owned()]), 1);
        assert_eq!(drafted(&before)[..4], ["import foo", "import pkg.bar", "reload(foo)", "reload(pkg.bar)"]);
    }

    #[test]
    fn a_line_of_the_statement_itself_is_one_further_down_in_the_block() {
        let within = Kind::Within { modules: vec!["foo".to_owned()], at: At::Statement(2) };
        let block = &drafted(&case(within, 2))[0];
        assert_eq!(
            *block,
            "with inject(\"reload\", at=\"<stdin>:3\", nth=2, module=\"foo\"):\n    for n in 1, 2:\n        foo.f(n)"
        );
    }

    #[test]
    fn where_one_more_reload_does_not_heal_the_statement_is_there_twice() {
        let raises = Kind::Raises { at: At::File("foo.py:end".to_owned()), thrown: Some(Thrown::SystemExit) };
        let healed = Case { is_healed: true, fault: Fault::Statements, ..case(raises, 1) };
        let steps = drafted(&healed);
        assert!(steps[0].starts_with("with inject(\"statements\", at=\"foo.py:end\", raises=SystemExit):\n"));
        assert_eq!(steps[1], "for n in 1, 2:\n    foo.f(n)");
    }

    #[test]
    fn what_a_block_would_change_is_not_put_into_one() {
        let case = case(Kind::File("source vanishes".to_owned()), 1);
        assert!(matches!(case.block("x = \"\"\"a\nb\"\"\""), Err(Unsaved::Indent)));
        let prompt = Kind::Raises { at: At::Prompt, thrown: None };
        let case = Case { kind: prompt, ..case };
        assert!(matches!(case.block("f()"), Err(Unsaved::Prompt)));
    }

    #[test]
    fn ordinals_are_english() {
        assert_eq!(
            [1, 2, 3, 4, 11, 12, 21, 112].map(ordinal).join(" "),
            "1st 2nd 3rd 4th 11th 12th 21st 112th"
        );
    }
}
