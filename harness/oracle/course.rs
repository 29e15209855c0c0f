//! The course of one run, by the steps of the scenario that is judged.

use std::collections::BTreeMap;

use super::answer::Answer;
use super::claims::{Claimed, claims};
use super::diagnosis::Made;
use super::judgement::Restarted;
use super::sources::Script;
use crate::scenario::Step;
use crate::trace::{
    Identity, Observation, Origin, Place, Raised, Referent, Sighting, Surroundings, Trace, observe,
};
use crate::worker::{Ending, Play, StepKind};

/// A run, and what it answered at each step.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    script: Script,
    trace: Trace,
    /// Steps at which `reload` was called and left the module untouched.
    reloads: Vec<bool>,
    ending: Ending,
}

impl Course {
    pub(crate) fn new(script: Script, play: &Play, surroundings: &Surroundings) -> Self {
        let trace = observe(&script.scenario, play, surroundings);
        let reloads = play.steps.iter().map(|step| step.event.reloads > 0).collect();
        Self { script, trace, reloads, ending: play.ending.clone() }
    }

    pub(crate) fn observation(&self, step: usize) -> Option<&Observation> {
        self.trace.steps.get(self.script.place(step)?)
    }

    /// What the lines of a step meant, where it was watched.
    pub(crate) fn sightings(&self, step: usize) -> Vec<Sighting> {
        match self.observation(step) {
            Some(observation) => observation.sightings.clone(),
            None if self.ended_at(step) => self.trace.unfinished.clone(),
            None => Vec::new(),
        }
    }

    /// Whether a step between two others is a reload.
    pub(crate) fn reloads_between(&self, one: usize, other: usize) -> bool {
        (one + 1..=other).filter_map(|step| self.observation(step)).any(|step| step.kind == StepKind::Reload)
    }

    /// What came of the author's claims.
    pub(crate) fn claims(&self) -> BTreeMap<usize, Claimed> {
        claims(&self.script.scenario, &self.trace)
    }

    pub(crate) fn answer(&self, step: usize) -> Answer {
        match self.observation(step) {
            Some(observation) => Answer::of(observation),
            None if self.ended_at(step) => Answer::Ended(self.ending.clone()),
            None => Answer::Unreached,
        }
    }

    pub(crate) fn restarted(&self, step: usize) -> Restarted {
        match self.observation(step) {
            Some(observation) => Restarted::Played(Box::new(observation.clone())),
            None if self.ended_at(step) => Restarted::Ended(self.ending.clone()),
            None => Restarted::Unreached,
        }
    }

    /// Whether the run ended at this step before that could be observed.
    fn ended_at(&self, step: usize) -> bool {
        self.ending != Ending::Finished && self.script.place(step) == Some(self.trace.steps.len())
    }

    /// Whether a step reloads something, as far as this run tells.
    pub(crate) fn reloads(&self, step: usize) -> bool {
        let stub_was_called = || {
            self.script.place(step).and_then(|place| self.reloads.get(place)).is_some_and(|called| *called)
        };
        self.observation(step).is_some_and(|seen| seen.kind == StepKind::Reload) || stub_was_called()
    }

    /// Whether a reload left an instance at the prompt whose class and a base of it are superseded,
    /// and a method may name the one or the other: `Foo.foo(self)`, `super(Bar, self)`.
    pub(crate) fn leaves_old_families(&self) -> bool {
        let changes = || self.trace.steps.iter().map(|seen| &seen.changes);
        let family = |class: &Identity| {
            let made = changes().flat_map(|changes| &changes.made).find(|new| new.identity == *class);
            let mro = made.map(|new| new.mro.iter()).unwrap_or_default();
            let known = mro.filter_map(|base| match base {
                Referent::Known { identity, .. } => identity.label.name.rsplit('.').next(),
                Referent::Outside(_) => None,
            });
            known.collect::<Vec<&str>>()
        };
        changes().flat_map(|changes| &changes.superseded).filter(|one| one.holder != one.what).any(|one| {
            let family = family(&one.what);
            family.len() > 1 && family.iter().any(|name| self.may_name(name))
        })
    }

    /// Whether a file could use a class as a base is used.
    fn may_name(&self, class: &str) -> bool {
        let uses = [format!("{class}."), format!("super({class}")];
        self.script.scenario.steps.iter().any(|step| match step {
            Step::Write(write) => {
                let content = String::from_utf8_lossy(&write.content);
                uses.iter().any(|text| content.contains(text.as_str()))
            }
            Step::Statement(_) => false,
        })
    }

    /// The names that objects of the scenario's were given up to a step, each with its newest generation.
    pub(crate) fn made(&self, step: usize) -> Made {
        let end = self.script.place(step).map_or(0, |place| (place + 1).min(self.trace.steps.len()));
        let made = self.trace.steps[..end].iter().flat_map(|seen| &seen.changes.made);
        Made::of(made.filter(|new| !new.plain).map(|new| &new.identity))
    }

    /// Where modules raised while they were executed, before a step, and have not been edited since.
    pub(crate) fn stops(&self, step: usize) -> Vec<Place> {
        let Some(end) = self.script.place(step) else { return Vec::new() };
        let steps = &self.script.scenario.steps;
        let is_edited = |file: &str, from: usize| {
            steps[from..end]
                .iter()
                .any(|step| matches!(step, Step::Write(write) if write.path.as_str() == file))
        };
        let raised = self.trace.steps[..end.min(self.trace.steps.len())].iter().enumerate();
        let raised = raised.filter_map(|(at, seen)| Some((at, seen.exception.as_ref()?)));
        let stopped_at = |(at, raised): (usize, &Raised)| {
            let is_module = |place: &&Place| place.function == "<module>" && place.origin == Origin::Scenario;
            raised.frames.iter().find(is_module).filter(|place| !is_edited(&place.file, at)).cloned()
        };
        raised.filter_map(stopped_at).collect()
    }

    /// What an import let through, if the step is one.
    pub(crate) fn failed_import(&self, step: usize) -> Option<&Raised> {
        let observation = self.observation(step).filter(|seen| seen.kind == StepKind::Import)?;
        observation.exception.as_ref()
    }
}
