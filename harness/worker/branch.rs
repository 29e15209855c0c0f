//! What a sweep yields: the places of a run, and what became of the branches at some of them. Raw, as
//! the probe saw it.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::event::{Ending, Event, Exception, Frame, Observed, Output, Play};

/// A run that was swept.
#[derive(Debug, Clone)]
pub struct Swept {
    /// The run itself, which no fault has struck.
    pub play: Play,
    /// Its places, where it was surveyed.
    pub survey: Option<Survey>,
    /// Why the fault cannot strike in this Python, where it cannot.
    pub refused: Option<String>,
}

/// The places of a run, in the order in which it came to them.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Where in the source places are.
    pub locations: Vec<Frame>,
    /// What was taken down of each place.
    pub places: Vec<Place>,
    /// Of each call that was live at a place, from number 1 on: the one that it was made in.
    pub calls: Vec<usize>,
    /// How many there were, those included that were too many to take down.
    pub met: usize,
    /// How many of them had other threads, processes or interpreters beside them.
    pub skipped: usize,
    /// What the reload does that is to fail, where one is.
    pub reloaded: Option<Reloaded>,
    /// Sources in the folder of a program that modules were loaded from, relative to it.
    pub files: Vec<String>,
    /// Modules that were to be reloaded and that are not there at the end.
    pub missing: Vec<String>,
}

impl Survey {
    /// How often a step has come to a place's line when it comes to the place, that time included. What is no
    /// line of a file (the end of one) has the name of its function.
    pub fn visits(&self, place: usize) -> usize {
        let line = |place: &Place| {
            let Frame { file, line, function, .. } = &self.locations[place.location];
            (file, *line, function.starts_with('<') && function != "<module>")
        };
        let (there, here) = (&self.places[place], line(&self.places[place]));
        let before = self.places[..place].iter();
        1 + before.filter(|other| other.step == there.step && line(other) == here).count()
    }
}

/// What a reload that does not fail does to the names of its module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Reloaded {
    /// The module's name.
    pub module: String,
    /// What each name's value looked like before.
    pub before: BTreeMap<String, String>,
    /// What it means afterwards.
    pub after: BTreeMap<String, NameAfter>,
    /// What another thread calls in its midst, where one does.
    #[serde(default)]
    pub call: Option<String>,
    /// What of the fault is not there in this Python, in words.
    #[serde(default)]
    pub note: Option<String>,
}

/// What a call in another thread came to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Called {
    /// Whether the reload had to go on for it to come to an end.
    pub waited: bool,
    /// The `repr()` of its value.
    pub value: Option<String>,
    /// What it raised.
    pub exception: Option<Exception>,
    /// What it wrote.
    pub output: String,
}

/// What a name of a module means after a reload: whether another object than before, and what that
/// looks like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NameAfter(pub bool, pub String);

/// A place at which a fault can strike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// The step in which the run comes to it.
    pub step: usize,
    /// Where it is: an index into [`Survey::locations`].
    pub location: usize,
    /// Where the live calls are: equal numbers for equal lines.
    pub stack: usize,
    /// What the names of the reloaded modules mean: equal numbers for equal meanings.
    pub bindings: usize,
    /// The innermost call that is live, as a number; 0 is the run itself.
    pub call: usize,
    /// Whether other threads, processes or interpreters of the run's own were there, which a fork does not take
    /// along: nothing is tried there.
    pub threaded: bool,
}

/// As the probe sends it.
#[derive(Debug, Deserialize)]
pub(super) struct RawSurvey {
    locations: Vec<Frame>,
    places: Vec<usize>,
    calls: Vec<usize>,
    met: usize,
    skipped: usize,
    reloaded: Option<Reloaded>,
    files: Vec<String>,
    missing: Vec<String>,
}

impl From<RawSurvey> for Survey {
    fn from(raw: RawSurvey) -> Self {
        let place = |numbers: &[usize]| Place {
            step: numbers[0],
            location: numbers[1],
            stack: numbers[2],
            bindings: numbers[3],
            call: numbers[4],
            threaded: numbers[5] != 0,
        };
        Self {
            locations: raw.locations,
            places: raw.places.chunks_exact(6).map(place).collect(),
            calls: raw.calls,
            met: raw.met,
            skipped: raw.skipped,
            reloaded: raw.reloaded,
            files: raw.files,
            missing: raw.missing,
        }
    }
}

/// What the fault itself came to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Struck {
    /// What the reload raised; nothing where it went through.
    pub exception: Option<Exception>,
    /// The modules that were there to be reloaded.
    pub reloaded: Vec<String>,
    /// What the names of the module mean by then, for a fault of the reload itself.
    pub names: BTreeMap<String, NameAfter>,
    /// What a call in another thread came to, where one was made.
    pub called: Option<Called>,
}

/// A fork of a run that took the fault at a place and ran on.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The number of the place.
    pub place: usize,
    /// Which of several things that are tried there.
    pub variant: usize,
    /// The step in which it began.
    pub step: usize,
    /// File, line and function that the run had come to, where it comes to places by itself. They are others
    /// than the survey's in a run that does not go the same way again.
    pub at: Option<(String, usize, String)>,
    /// What the fault came to; nothing where it did not get that far.
    pub struck: Option<Struck>,
    /// What the run had done in the steps before `step`: its ids and addresses are those of the branch.
    pub before: Vec<Observed>,
    /// The steps that it played, from `step` on.
    pub steps: Vec<Observed>,
    /// What it wrote after the last of them.
    pub rest: Output,
    /// How it ended.
    pub ending: Ending,
    /// The folder in which it ran.
    pub workspace: PathBuf,
}

/// One output stream of a run, cut at the marks (`sweep.py`). It may be ahead of the frames.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// What the run has written in the step in which it is.
    begun: Piece,
    run: Vec<(usize, Piece)>,
    /// What the branch that is played has written: nothing between branches.
    branch: Option<Written>,
    branches: VecDeque<Written>,
}

/// What a branch has written: what the run had in the same step before it, in each step, and after the
/// last one.
#[derive(Debug, Default)]
struct Written {
    before: Piece,
    steps: Vec<(usize, Piece)>,
    rest: Piece,
}

/// Bytes, and how many more were dropped.
#[derive(Debug, Clone, Default)]
pub(super) struct Piece {
    pub(super) bytes: Vec<u8>,
    pub(super) dropped: u64,
}

impl Piece {
    fn extend(&mut self, other: &Self) {
        self.bytes.extend_from_slice(&other.bytes);
        self.dropped += other.dropped;
    }
}

/// Marks beyond any step's number, as the probe has them.
const FORKED: usize = 999_999_999_998;
const JOINED: usize = 999_999_999_999;

impl Stream {
    /// Takes what was written up to a mark.
    pub(super) fn take(&mut self, mark: usize, piece: Piece) {
        match (mark, self.branch.take()) {
            (FORKED, _) => {
                self.begun.extend(&piece);
                self.branch = Some(Written { before: self.begun.clone(), ..Written::default() });
            }
            (JOINED, branch) => {
                let branch = branch.unwrap_or_default();
                self.branches.push_back(Written { rest: piece, ..branch });
            }
            (step, Some(mut branch)) => {
                let mut whole = std::mem::take(&mut branch.before);
                whole.extend(&piece);
                branch.steps.push((step, whole));
                self.branch = Some(branch);
            }
            (step, None) => {
                let mut whole = std::mem::take(&mut self.begun);
                whole.extend(&piece);
                self.run.push((step, whole));
            }
        }
    }

    /// What the run wrote in each step.
    pub(super) fn take_run(&mut self) -> Vec<(usize, Piece)> {
        std::mem::take(&mut self.run)
    }

    /// What the run has written in a step that it has finished.
    fn of_run(&self, step: usize) -> Piece {
        self.run
            .iter()
            .find(|(number, _)| *number == step)
            .map(|(_, piece)| piece.clone())
            .unwrap_or_default()
    }

    /// What the next branch wrote in each step, and after the last one.
    fn take_branch(&mut self) -> (Vec<(usize, Piece)>, Piece) {
        let Written { before: mut rest, steps, rest: after } = self.branches.pop_front().unwrap_or_default();
        // Of a step that it did not finish, even if that is the one in which it began.
        rest.extend(&after);
        (steps, rest)
    }

    /// What the run had written in a step that it did not finish.
    pub(super) fn unfinished(&mut self, rest: &Piece) -> Piece {
        let mut whole = std::mem::take(&mut self.begun);
        whole.extend(rest);
        whole
    }
}

/// A branch of which more is to be heard.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) place: usize,
    pub(super) variant: usize,
    pub(super) step: usize,
    pub(super) at: Option<(String, usize, String)>,
    pub(super) struck: Option<Struck>,
    pub(super) events: Vec<Event>,
    pub(super) is_done: bool,
}

impl Open {
    /// Whether its end marker was seen, or that it leaves.
    pub(super) fn is_over(&self) -> bool {
        self.is_done || self.events.last().is_some_and(|event| event.leaves.is_some())
    }

    /// Puts together what was heard of it and what it wrote.
    pub(super) fn close(
        self,
        ending: Ending,
        before: Vec<Event>,
        workspace: &Path,
        [out, err]: &mut [Stream; 2],
    ) -> Branch {
        let before = before.into_iter().map(|event| {
            let output = output(out.of_run(event.step), err.of_run(event.step));
            Observed { event, output }
        });
        let before = before.collect();
        let ((out, out_rest), (err, err_rest)) = (out.take_branch(), err.take_branch());
        let mut outputs = by_step(out, err);
        let steps = self.events.into_iter();
        let steps =
            steps.map(|event| Observed { output: outputs.remove(&event.step).unwrap_or_default(), event });
        Branch {
            place: self.place,
            variant: self.variant,
            step: self.step,
            at: self.at,
            struck: self.struck,
            before,
            steps: steps.collect(),
            rest: output(out_rest, err_rest),
            ending,
            workspace: workspace.to_owned(),
        }
    }
}

/// Both streams together.
pub(super) fn by_step(out: Vec<(usize, Piece)>, err: Vec<(usize, Piece)>) -> BTreeMap<usize, Output> {
    let mut outputs: BTreeMap<usize, Output> = BTreeMap::new();
    for (step, piece) in out {
        let output = outputs.entry(step).or_default();
        output.stdout = piece.bytes;
        output.dropped += piece.dropped;
    }
    for (step, piece) in err {
        let output = outputs.entry(step).or_default();
        output.stderr = piece.bytes;
        output.dropped += piece.dropped;
    }
    outputs
}

/// The two parts of an output.
pub(super) fn output(out: Piece, err: Piece) -> Output {
    Output { stdout: out.bytes, stderr: err.bytes, dropped: out.dropped + err.dropped }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn piece(text: &str) -> Piece {
        Piece { bytes: text.as_bytes().to_vec(), dropped: 0 }
    }

    fn texts(pieces: Vec<(usize, Piece)>) -> Vec<(usize, String)> {
        pieces.into_iter().map(|(step, piece)| (step, String::from_utf8(piece.bytes).unwrap())).collect()
    }

    #[test]
    fn a_branch_has_what_the_run_wrote_before_it_in_the_same_step() {
        let mut stream = Stream::default();
        stream.take(0, piece("zero"));
        stream.take(FORKED, piece("one "));
        stream.take(1, piece("of a branch"));
        stream.take(2, piece("two of a branch"));
        stream.take(JOINED, piece("rest"));
        // By now the run may be further.
        stream.take(FORKED, piece("and "));
        stream.take(JOINED, piece("died"));
        let (branch, rest) = stream.take_branch();
        assert_eq!(texts(branch), [(1, "one of a branch".to_owned()), (2, "two of a branch".to_owned())]);
        assert_eq!(rest.bytes, b"rest");
        assert_eq!(stream.take_branch().1.bytes, b"one and died");
        stream.take(1, piece("more"));
        stream.take(2, piece("two"));
        let run = texts(stream.take_run());
        assert_eq!(run, [(0, "zero".to_owned()), (1, "one and more".to_owned()), (2, "two".to_owned())]);
    }
}
