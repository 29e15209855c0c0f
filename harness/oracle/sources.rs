//! The sources of a scenario: what the files hold between two edits.

use crate::scenario::{Scenario, Step, Write};

/// Which sources a scenario goes through. The first is there before the first statement; each group
/// of writings between two statements makes another.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    /// The source at each step.
    at: Vec<usize>,
}

impl Sources {
    pub(crate) fn of(scenario: &Scenario) -> Self {
        let (mut source, mut seen_statement, mut writing) = (0, false, false);
        let at = scenario.steps.iter().map(|step| {
            let is_write = matches!(step, Step::Write(_));
            source += usize::from(is_write && seen_statement && !writing);
            seen_statement |= !is_write;
            writing = is_write;
            source
        });
        Self { at: at.collect() }
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
    pub(crate) fn restart(&self, scenario: &Scenario, source: usize, until: usize) -> Script {
        let mut files: Vec<&Write> = Vec::new();
        for step in &scenario.steps[..=self.end(source)] {
            if let Step::Write(write) = step {
                files.retain(|file| file.path != write.path);
                files.push(write);
            }
        }
        let mut steps: Vec<Step> = files.into_iter().cloned().map(Step::Write).collect();
        let mut places = vec![None; scenario.steps.len()];
        for (at, step) in scenario.steps.iter().enumerate().take(until + 1) {
            if matches!(step, Step::Statement(_)) {
                places[at] = Some(steps.len());
                steps.push(step.clone());
            }
        }
        Script { scenario: Scenario { steps, ..scenario.clone() }, places }
    }
}

/// A scenario made from another, which knows where its steps come from.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) scenario: Scenario,
    /// For each step of the other scenario, which step it is here.
    places: Vec<Option<usize>>,
}

impl Script {
    /// The scenario itself.
    pub(crate) fn whole(scenario: &Scenario) -> Self {
        Self { scenario: scenario.clone(), places: (0..scenario.steps.len()).map(Some).collect() }
    }

    /// Where a step of the other scenario is here.
    pub(crate) fn place(&self, step: usize) -> Option<usize> {
        self.places.get(step).copied().flatten()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::trace::made_up::Run;

    fn scenario() -> Scenario {
        Run::new()
            .write("foo.py", "A = 1\n")
            .write("bar.py", "B = 1\n")
            .printing("import foo", "")
            .write("foo.py", "A = 2\n")
            .write("new.py", "N = 2\n")
            .printing("reload(foo)", "")
            .printing("foo.A", "")
            .write("foo.py", "A = 3\n")
            .printing("foo.A", "")
            .scenario
    }

    fn told(script: &Script) -> Vec<String> {
        let step = |step: &Step| match step {
            Step::Write(write) => format!("{}: {}", write.path, String::from_utf8_lossy(&write.content)),
            Step::Statement(statement) => statement.source.clone(),
        };
        script.scenario.steps.iter().map(step).collect()
    }

    #[test]
    fn each_group_of_edits_makes_a_source() {
        let sources = Sources::of(&scenario());
        let at: Vec<usize> = (0..9).map(|step| sources.at(step)).collect();
        assert_eq!(at, [0, 0, 0, 1, 1, 1, 1, 2, 2]);
        assert_eq!((sources.end(0), sources.start(1), sources.end(1)), (2, 3, 6));
    }

    #[test]
    fn a_restart_begins_with_the_files_as_they_are_and_sees_no_edit() {
        let (scenario, sources) = (scenario(), Sources::of(&scenario()));
        let script = sources.restart(&scenario, 1, 6);
        assert_eq!(
            told(&script),
            ["bar.py: B = 1\n", "foo.py: A = 2\n", "new.py: N = 2\n", "import foo", "reload(foo)", "foo.A"]
        );
        assert_eq!([2, 3, 5, 6, 8].map(|step| script.place(step)), [Some(3), None, Some(4), Some(5), None]);
    }
}
