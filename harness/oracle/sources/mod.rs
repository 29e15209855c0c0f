//! The sources of a run: what the files hold between two changes of them.

use std::collections::BTreeMap;

use crate::scenario::{Scenario, Step};
use crate::trace::{Files, Is, Version, is_below, is_source_name};
use crate::worker::{Changed, Node, Play};

/// Which sources a run goes through. The first is there before the first statement; each group of
/// writings between two statements makes another, and so does a statement that changes a source.
#[derive(Debug, Clone)]
pub(crate) struct Sources<'a> {
    scenario: &'a Scenario,
    files: Files<'a>,
    /// The source at each step.
    at: Vec<usize>,
    /// What a statement that changes a source changes, by step, and the files in what went with it.
    changing: BTreeMap<usize, Vec<&'a str>>,
}

impl<'a> Sources<'a> {
    pub(crate) fn of(scenario: &'a Scenario, play: &'a Play) -> Self {
        let files = Files::of(scenario, play);
        let changing: BTreeMap<usize, Vec<&str>> = play
            .steps
            .iter()
            .enumerate()
            .filter(|(step, observed)| files.changed(*step, &observed.event.files).next().is_some())
            .map(|(step, observed)| (step, all_changed(&files, &observed.event.files)))
            .collect();
        // Whether the source of the step before is also that of this one.
        let (mut source, mut is_new) = (0, true);
        let at = scenario.steps.iter().enumerate().map(|(step, played)| {
            let is_write = matches!(played, Step::Write(_));
            source += usize::from(is_write && !is_new);
            is_new = is_write;
            let here = source;
            if changing.contains_key(&step) {
                (source, is_new) = (source + 1, true);
            }
            here
        });
        Self { at: at.collect(), scenario, files, changing }
    }

    /// The source at a step, from 0.
    pub(crate) fn at(&self, step: usize) -> usize {
        self.at[step]
    }

    /// The first step of a source.
    pub(crate) fn start(&self, source: usize) -> usize {
        self.at.iter().position(|at| *at == source).unwrap_or(0)
    }

    /// The last step of a source.
    pub(crate) fn end(&self, source: usize) -> usize {
        self.at.iter().rposition(|at| *at == source).unwrap_or(0)
    }

    /// The script of a process that was started with a source and never saw another, up to a step.
    ///
    /// A statement that changes a source finds there what it found in the run, and afterwards that is as the
    /// process was started with it.
    pub(crate) fn restart(&self, source: usize, until: usize) -> Script {
        let is_statement = |step: &usize| matches!(self.scenario.steps[*step], Step::Statement(_));
        let first = (self.start(source)..=self.end(source)).find(is_statement);
        let begins = first.unwrap_or(self.end(source) + 1);
        let (mut written, mut made) = (Vec::new(), Vec::new());
        for (path, version) in self.files.all_before(begins) {
            match version.is {
                Is::Written(..) if self.is_gone_since(path, version.step, begins) => {}
                Is::Written(..) => written.push(version.step),
                Is::Made(node) if is_to_be_made(node, path) => {
                    made.push(Changed { path: path.to_owned(), is: node.clone() });
                }
                Is::Made(_) => {}
            }
        }
        written.sort_unstable();
        let mut steps: Vec<Step> =
            written.into_iter().map(|step| self.scenario.steps[step].clone()).collect();
        let mut files = BTreeMap::from([(steps.len(), made)]);
        let mut places = vec![None; self.scenario.steps.len()];
        let mut played = (0..=until.min(places.len().saturating_sub(1))).filter(is_statement).peekable();
        while let Some(step) = played.next() {
            let changing = self.changing.get(&step).map(Vec::as_slice).unwrap_or_default();
            let laid = |at| changing.iter().map(move |path| self.laid(path, at));
            files.entry(steps.len()).or_default().extend(laid(step));
            places[step] = Some(steps.len());
            steps.push(self.scenario.steps[step].clone());
            if played.peek().is_some() {
                files.entry(steps.len()).or_default().extend(laid(begins));
            }
        }
        files.retain(|_, laid| !laid.is_empty());
        Script { scenario: Scenario { steps, ..self.scenario.clone() }, places, files }
    }

    /// What a path is made before a step.
    fn laid(&self, path: &str, step: usize) -> Changed {
        let went = |version: Version<'_>| self.is_gone_since(path, version.step, step);
        let is = match self.files.before(path, step) {
            Some(version) if went(version) => Node::Gone,
            _ => self.files.was(path, step).to_node(),
        };
        Changed { path: path.to_owned(), is }
    }

    /// Whether a folder that a file was in went after that was written.
    fn is_gone_since(&self, path: &str, step: usize, begins: usize) -> bool {
        path.match_indices('/').any(|(end, _)| {
            let folder = self.files.before(&path[..end], begins);
            folder.is_some_and(|folder| folder.step > step && !folder.is.is_folder())
        })
    }
}

/// Folders are made with what is in them; one alone is made where it stands in the place of a source.
fn is_to_be_made(node: &Node, path: &str) -> bool {
    match node {
        Node::Gone => false,
        Node::Folder => is_source_name(path),
        Node::Link { .. } | Node::File { .. } => true,
    }
}

/// Paths that are changed, and those below a folder that is gone.
fn all_changed<'a>(files: &Files<'a>, changes: &'a [Changed]) -> Vec<&'a str> {
    let mut paths: Vec<&str> = changes.iter().map(|changed| changed.path.as_str()).collect();
    for gone in changes.iter().filter(|changed| !matches!(changed.is, Node::Folder)) {
        paths.extend(files.below(&gone.path).filter(|path| is_below(path, &gone.path)));
    }
    // Folders before what is in them.
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// A scenario made from another, which knows where its steps come from.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) scenario: Scenario,
    /// For each step of the other scenario, which step it is here.
    places: Vec<Option<usize>>,
    /// What is laid before a step.
    pub(crate) files: BTreeMap<usize, Vec<Changed>>,
}

impl Script {
    /// The scenario itself.
    pub(crate) fn whole(scenario: &Scenario) -> Self {
        Self {
            scenario: scenario.clone(),
            places: (0..scenario.steps.len()).map(Some).collect(),
            files: BTreeMap::new(),
        }
    }

    /// The scenario up to a step.
    pub(crate) fn until(scenario: &Scenario, step: usize) -> Self {
        let steps = scenario.steps[..=step].to_vec();
        Self {
            scenario: Scenario { steps, ..scenario.clone() },
            places: (0..=step).map(Some).collect(),
            files: BTreeMap::new(),
        }
    }

    /// Where a step of the other scenario is here.
    pub(crate) fn place(&self, step: usize) -> Option<usize> {
        self.places.get(step).copied().flatten()
    }
}

#[cfg(test)]
mod tests;
