//! Plays a scenario together with the restarts that it is judged by.

use std::collections::BTreeMap;

use super::answer::Answer;
use super::course::Course;
use super::judgement::{Judged, Judgement, Restarted};
use super::sources::{Script, Sources};
use super::unsteady::steady;
use super::verdict::Verdict;
use crate::lab::{Item, Lab, RunError};
use crate::scenario::{Scenario, Step};
use crate::trace::Surroundings;
use crate::worker::{Conduct, Play, Reloading};

/// A run, judged.
#[derive(Debug)]
pub struct Trial {
    /// The run.
    pub play: Play,
    /// What the oracle says of it.
    pub judgement: Judgement,
}

impl Trial {
    /// Plays an item and whatever restarts it takes to judge it.
    pub fn hold(lab: &Lab, item: &Item<'_>) -> Result<Self, RunError> {
        let play = lab.play(item)?;
        let judgement = if mentions_reload(item.scenario) {
            let surroundings = Surroundings::of(&play, item.interpreter, false);
            let run = Course::new(Script::whole(item.scenario), &play, &surroundings);
            Oracle { lab, item, sources: Sources::of(item.scenario), courses: BTreeMap::new() }.judge(&run)?
        } else {
            Judgement::default()
        };
        Ok(Self { play, judgement })
    }
}

/// Whether anything in a scenario could reload: without the word there is nothing to judge, and no
/// restart need be played.
fn mentions_reload(scenario: &Scenario) -> bool {
    let word = b"reload";
    scenario.steps.iter().any(|step| match step {
        Step::Write(write) => write.content.windows(word.len()).any(|window| window == word),
        Step::Statement(statement) => statement.source.contains("reload"),
    })
}

/// The restarts of one item, each played when it is first asked.
struct Oracle<'a> {
    lab: &'a Lab,
    item: &'a Item<'a>,
    sources: Sources,
    /// By source, and up to which step they were played.
    courses: BTreeMap<usize, (usize, Course)>,
}

impl Oracle<'_> {
    fn judge(mut self, run: &Course) -> Result<Judgement, RunError> {
        let Some(first) = self.first_reload(run)? else { return Ok(Judgement::default()) };
        let mut judgement = Judgement::default();
        for step in first..self.item.scenario.steps.len() {
            if matches!(self.item.scenario.steps[step], Step::Write(_))
                || run.answer(step) == Answer::Unreached
            {
                continue;
            }
            let judged = self.judge_step(run, first, step)?;
            judgement.steps.insert(step, judged);
        }
        self.find_unsteady(run, &mut judgement)?;
        Ok(judgement)
    }

    /// The first step that reloads: by its syntax, or because a restart's `reload` was called there.
    fn first_reload(&mut self, run: &Course) -> Result<Option<usize>, RunError> {
        let count = self.item.scenario.steps.len();
        let by_syntax = (0..count).find(|step| run.reloads(*step));
        let last = self.sources.last();
        let restart = self.today(last)?;
        let by_call = (0..count).find(|step| restart.reloads(*step));
        Ok(by_syntax.into_iter().chain(by_call).min())
    }

    fn judge_step(&mut self, run: &Course, first: usize, step: usize) -> Result<Judged, RunError> {
        let source = self.sources.at(step);
        let today = self.today(source)?;
        let failed = (0..first)
            .find_map(|step| today.failed_import(step).filter(|_| run.failed_import(step).is_none()));
        if let Some(raised) = failed {
            return Ok(Judged {
                verdict: Verdict::Outlives,
                restart: Restarted::NotStarted(Box::new(raised.clone())),
            });
        }
        let (answer, expected, restart) = (run.answer(step), today.answer(step), today.restarted(step));
        let mut verdict = Verdict::of(&answer, &expected, &[]);
        // Only these could be an old source's answer.
        if matches!(verdict, Verdict::Mixed | Verdict::Broken) && answer.fails() == expected.fails() {
            let mut before = source;
            while before > 0 && verdict != Verdict::Stale {
                before -= 1;
                let old = self.course(before, step)?.answer(step);
                verdict = Verdict::of(&answer, &expected, &[old]);
            }
        }
        Ok(Judged { verdict, restart })
    }

    /// Where a restart disagrees, another one tells whether it would agree with itself.
    fn find_unsteady(&mut self, run: &Course, judgement: &mut Judgement) -> Result<(), RunError> {
        let mut again: BTreeMap<usize, Course> = BTreeMap::new();
        for (step, judged) in &mut judgement.steps {
            if matches!(judged.verdict, Verdict::Same | Verdict::Outlives) {
                continue;
            }
            let source = self.sources.at(*step);
            if !again.contains_key(&source) {
                again.insert(source, self.play(source, self.sources.end(source))?);
            }
            let (today, again) = (self.today(source)?, &again[&source]);
            if today.answer(*step) != again.answer(*step) {
                judged.verdict = Verdict::Unsteady;
                let seen = [run, today, again].map(|course| course.observation(*step));
                if let [Some(seen), Some(one), Some(other)] = seen {
                    judged.restart = Restarted::Varies(Box::new(steady(seen, &[one, other])));
                }
            }
        }
        Ok(())
    }

    /// A restart on a source, up to its end.
    fn today(&mut self, source: usize) -> Result<&Course, RunError> {
        self.course(source, self.sources.end(source))
    }

    /// A restart on a source, at least up to a step.
    fn course(&mut self, source: usize, until: usize) -> Result<&Course, RunError> {
        let played = self.courses.get(&source).is_some_and(|(end, _)| *end >= until);
        if !played {
            let until = self.sources.end(self.sources.at(until));
            let course = self.play(source, until)?;
            self.courses.insert(source, (until, course));
        }
        Ok(&self.courses[&source].1)
    }

    fn play(&self, source: usize, until: usize) -> Result<Course, RunError> {
        let script = self.sources.restart(self.item.scenario, source, until);
        let item = Item { scenario: &script.scenario, ..*self.item };
        let play = self.lab.conduct(&item, &Conduct::new(Reloading::Untouched))?;
        let surroundings = Surroundings::of(&play, self.item.interpreter, false);
        Ok(Course::new(script, &play, &surroundings))
    }
}
