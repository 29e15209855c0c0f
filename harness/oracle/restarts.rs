//! The restarts of one item, each played when it is first asked.

use std::collections::{BTreeMap, BTreeSet};

use super::course::Course;
use super::sources::{Script, Sources};
use crate::lab::{Item, Lab, RunError};
use crate::trace::Surroundings;
use crate::worker::{Conduct, Ending, Reloading};

/// How many times the limit a restart may take where the run came to its end.
const PATIENCE: u32 = 3;
/// How far the objects of a restart and of a second one are displaced: by more than a reload or two do it, which
/// make each class and function once more.
const DISPLACED: [u8; 2] = [5, 8];

pub(crate) struct Restarts<'a> {
    lab: &'a Lab,
    pub(crate) item: Item<'a>,
    pub(crate) sources: Sources<'a>,
    /// Whether the run that is judged came to its end in time.
    pub(crate) is_timely: bool,
    /// By source, and up to which step they were played.
    played: BTreeMap<usize, (usize, Course)>,
}

impl<'a> Restarts<'a> {
    pub(crate) fn new(lab: &'a Lab, item: Item<'a>, sources: Sources<'a>, is_timely: bool) -> Self {
        Self { lab, item, sources, is_timely, played: BTreeMap::new() }
    }

    /// The restart on the source that is today's at a step.
    pub(crate) fn today(&mut self, step: usize) -> Result<&Course, RunError> {
        let source = self.sources.at(step);
        self.on(source, self.sources.end(source))
    }

    /// The restart on a source, at least up to a step.
    pub(crate) fn on(&mut self, source: usize, until: usize) -> Result<&Course, RunError> {
        if self.played.get(&source).is_none_or(|(end, _)| *end < until) {
            let until = self.sources.end(self.sources.at(until));
            let course = self.restart(source, until, DISPLACED[0], &BTreeSet::new())?;
            self.played.insert(source, (until, course));
        }
        Ok(&self.played[&source].1)
    }

    /// One more restart on a source, up to a step.
    pub(crate) fn again(
        &self,
        source: usize,
        until: usize,
        watched: &BTreeSet<usize>,
    ) -> Result<Course, RunError> {
        self.restart(source, until, DISPLACED[1], watched)
    }

    /// Each has its objects elsewhere: what goes by an address is to be seen to differ.
    fn restart(
        &self,
        source: usize,
        until: usize,
        displaced: u8,
        watched: &BTreeSet<usize>,
    ) -> Result<Course, RunError> {
        let conduct = Conduct { displaced, ..Conduct::new(Reloading::Untouched) };
        self.play(self.sources.restart(source, until), conduct, watched)
    }

    /// The run that is judged, once more.
    pub(crate) fn run(&self) -> Result<Course, RunError> {
        self.play(Script::whole(self.item.scenario), Conduct::new(Reloading::Real), &BTreeSet::new())
    }

    /// The run that is judged, up to the last of the steps that are to be watched.
    pub(crate) fn watched_run(&self, watched: &BTreeSet<usize>) -> Result<Course, RunError> {
        let last = watched.last().copied().unwrap_or(0);
        self.play(Script::until(self.item.scenario, last), Conduct::new(Reloading::Real), watched)
    }

    fn play(
        &self,
        mut script: Script,
        conduct: Conduct,
        watched: &BTreeSet<usize>,
    ) -> Result<Course, RunError> {
        let watched = watched.iter().filter_map(|step| script.place(*step)).collect();
        let conduct = Conduct { watched, files: script.files.clone(), ..conduct };
        let mut play = self.lab.conduct(&Item { scenario: &script.scenario, ..self.item }, &conduct)?;
        if self.is_timely && matches!(play.ending, Ending::Hung { .. }) {
            // On a machine that is busy it is this one that was slow: no verdict is to depend on that.
            script.scenario.settings.timeout = Some(PATIENCE * self.lab.limit(&script.scenario));
            play = self.lab.conduct(&Item { scenario: &script.scenario, ..self.item }, &conduct)?;
        }
        let surroundings = Surroundings::of(&play, self.item.interpreter, false);
        Ok(Course::new(script, &play, &surroundings))
    }
}
