//! Plays a scenario together with the restarts that it is judged by.

use super::closer;
use super::course::Course;
use super::judge::judge;
use super::judgement::Judgement;
use super::restarts::Restarts;
use super::sources::{Script, Sources};
use crate::lab::{Item, Lab, RunError};
use crate::scenario::{Scenario, Step};
use crate::trace::Surroundings;
use crate::worker::{Ending, Play};

/// A run, judged.
#[derive(Debug)]
pub struct Trial {
    /// The run.
    pub play: Play,
    /// What the oracle says of it.
    pub judgement: Judgement,
}

impl Trial {
    /// Plays an item and whatever restarts it takes to judge it. With hash seeds, each is played with
    /// all of them, and steps that these change are unsteady.
    pub fn hold(lab: &Lab, item: &Item<'_>, hashseeds: &[u32]) -> Result<Self, RunError> {
        let play = lab.play(item)?;
        let surroundings = Surroundings::of(&play, item.interpreter, false);
        let run = Course::new(Script::whole(item.scenario), &play, &surroundings);
        let mut judgement = Judgement { claims: run.claims(), ..Judgement::default() };
        if mentions_reload(item.scenario) {
            let sources = Sources::of(item.scenario, &play);
            let is_timely = !matches!(play.ending, Ending::Hung { .. });
            let mut restarts = Restarts::new(lab, *item, sources, is_timely);
            judgement.steps = judge(&mut restarts, &run)?;
            closer::look(&mut restarts, &run, &mut judgement.steps)?;
            for seed in hashseeds {
                closer::vary(lab, &mut restarts, &run, *seed, &mut judgement.steps)?;
            }
        }
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
