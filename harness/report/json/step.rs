//! A step of a run, and what it did.

use serde::Serialize;

use crate::oracle::{Claimed, Diagnosis, Restarted, Verdict};
use crate::report::identities::kind;
use crate::report::json::End;
use crate::report::{self, Action, Change, Sign, Touch};
use crate::trace::{self, Changes, Displayed, Origin, Raised, Referent};
use crate::worker::{Relation, Scope, StepKind};

/// A step, and what it did.
#[derive(Debug, Clone, Serialize)]
pub struct Played {
    step: usize,
    #[serde(flatten)]
    action: Act,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// None where the run ended before that was known.
    #[serde(flatten)]
    observed: Option<Observed>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restart: Option<Restart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diagnoses: Vec<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<Claim>,
}

/// What came of the output that the author wrote.
#[derive(Debug, Clone, Default, Serialize)]
struct Claim {
    holds: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claimed: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Why a step differs.
#[derive(Debug, Clone, Serialize)]
struct Reason {
    cause: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Frame>,
}

/// What a restart did instead.
#[derive(Debug, Clone, Default, Serialize)]
struct Restart {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Output>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<Exception>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ending: Option<End>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Act {
    Statement { statement: String },
    Write { file: String, change: &'static str, changed_lines: Vec<String> },
}

/// A source that the statement changed.
#[derive(Debug, Clone, Default, Serialize)]
struct Source {
    file: String,
    change: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changed_lines: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<u32>,
}

#[derive(Debug, Clone, Serialize)]
struct Observed {
    kind: &'static str,
    output: Output,
    values: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<Exception>,
    made: Vec<Made>,
    moved: Vec<Moved>,
    reclassed: Vec<Reclassed>,
    relinearized: Vec<Relinearized>,
    superseded: Vec<Superseded>,
    freed: Vec<Identity>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Output {
    stdout: String,
    stderr: String,
    dropped_bytes: u64,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Identity {
    label: String,
    object: &'static str,
    id: u64,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Reference {
    Known {
        #[serde(flatten)]
        identity: Identity,
        is_superseded: bool,
    },
    Outside {
        outside: String,
    },
}

#[derive(Debug, Clone, Serialize)]
struct Value {
    text: String,
    dropped_characters: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    is: Option<Identity>,
    holds: Vec<Identity>,
}

#[derive(Debug, Clone, Serialize)]
struct Exception {
    name: String,
    text: String,
    frames: Vec<Frame>,
    dropped_frames: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<Member>,
    chain: Vec<Link>,
}

#[derive(Debug, Clone, Serialize)]
struct Member {
    name: String,
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<Member>,
}

#[derive(Debug, Clone, Serialize)]
struct Frame {
    file: String,
    line: usize,
    function: String,
    origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown_line: Option<usize>,
}

#[derive(Debug, Clone, Serialize)]
struct Link {
    relation: &'static str,
    name: String,
    text: String,
}

#[derive(Debug, Clone, Serialize)]
struct Made {
    #[serde(flatten)]
    identity: Identity,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Reference>,
    mro: Vec<Reference>,
    plain: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Moved {
    scope: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Identity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Identity>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    other: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Reclassed {
    instance: Identity,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Reference>,
    to: Reference,
}

#[derive(Debug, Clone, Serialize)]
struct Relinearized {
    class: Identity,
    mro: Vec<Reference>,
}

#[derive(Debug, Clone, Serialize)]
struct Superseded {
    name: String,
    holder: Identity,
    what: Identity,
}

impl Played {
    pub(super) fn new(step: usize, played: &report::Played) -> Self {
        let (action, line) = match &played.action {
            Action::Statement { source, line } => (Act::Statement { statement: source.clone() }, Some(*line)),
            Action::Write { path, line, change, .. } => (write(path, change), *line),
        };
        let judged = played.judged.as_ref();
        let differs = judged.filter(|judged| judged.verdict != Verdict::Same);
        Self {
            step,
            action,
            line,
            observed: played.observation.as_ref().map(Observed::from),
            sources: all(&played.touched),
            verdict: judged.map(|judged| judged.verdict.word()),
            claim: played.claimed.as_ref().map(Claim::from),
            diagnoses: judged.map(|judged| all(&judged.diagnoses)).unwrap_or_default(),
            restart: differs.map(|judged| Restart::from(&judged.restart)),
        }
    }
}

fn write(path: &str, change: &Change) -> Act {
    let (change, changed_lines) = told(change);
    Act::Write { file: path.to_owned(), change, changed_lines }
}

fn told(change: &Change) -> (&'static str, Vec<String>) {
    let (change, changed) = match change {
        Change::New | Change::Binary { before: None, .. } => ("new", &[][..]),
        Change::Same => ("same", &[][..]),
        Change::Lines(lines) => ("lines", lines.as_slice()),
        Change::Binary { .. } => ("binary", &[][..]),
    };
    let signed = |line: &report::Line| match line.sign {
        Sign::Gone => format!("-{}", line.text),
        Sign::New => format!("+{}", line.text),
    };
    (change, changed.iter().map(signed).collect())
}

impl From<&report::Touched> for Source {
    fn from(touched: &report::Touched) -> Self {
        let source = Self { file: touched.path.clone(), ..Self::default() };
        match &touched.how {
            Touch::Written { new, change } => {
                let (change, changed_lines) = told(change);
                Self { change: if *new { "new" } else { change }, changed_lines, ..source }
            }
            Touch::Mode(mode) => Self { change: "mode", mode: Some(*mode), ..source },
            Touch::Left => Self { change: "left", ..source },
            Touch::Folder => Self { change: "folder", ..source },
            Touch::Link { to } => Self { change: "link", to: Some(to.clone()), ..source },
            Touch::Removed => Self { change: "removed", ..source },
        }
    }
}

impl From<&trace::Observation> for Observed {
    fn from(observation: &trace::Observation) -> Self {
        let Changes { made, moved, reclassed, relinearized, superseded, freed } = &observation.changes;
        Self {
            kind: step_kind(observation.kind),
            output: Output::from(&observation.output),
            values: all(&observation.values),
            exception: observation.exception.as_ref().map(Exception::from),
            made: all(made),
            moved: all(moved),
            reclassed: all(reclassed),
            relinearized: all(relinearized),
            superseded: all(superseded),
            freed: all(freed),
        }
    }
}

impl From<&Claimed> for Claim {
    fn from(claimed: &Claimed) -> Self {
        match claimed {
            Claimed::Holds => Self { holds: true, ..Self::default() },
            Claimed::Differs { lines, why } => {
                Self { holds: false, claimed: lines.clone(), why: why.clone() }
            }
        }
    }
}

impl From<&Diagnosis> for Reason {
    fn from(diagnosis: &Diagnosis) -> Self {
        Self {
            cause: diagnosis.cause.word(),
            text: diagnosis.text.clone(),
            place: diagnosis.place.as_ref().map(Frame::from),
        }
    }
}

impl From<&Restarted> for Restart {
    fn from(restarted: &Restarted) -> Self {
        match restarted {
            Restarted::Played(observation) => Self {
                outcome: "played",
                output: Some(Output::from(&observation.output)),
                values: Some(all(&observation.values)),
                exception: observation.exception.as_ref().map(Exception::from),
                ending: None,
            },
            Restarted::Varies(observation) => {
                Self { outcome: "varies", ..Self::from(&Restarted::Played(observation.clone())) }
            }
            Restarted::Ended(ending) => {
                Self { outcome: "ended", ending: Some(End::from(ending)), ..Self::default() }
            }
            Restarted::Unreached => Self { outcome: "unreached", ..Self::default() },
            Restarted::NotStarted(raised) => {
                let exception = Some(Exception::from(raised.as_ref()));
                Self { outcome: "not-started", exception, ..Self::default() }
            }
        }
    }
}

fn all<'a, T, U: From<&'a T>>(items: &'a [T]) -> Vec<U> {
    items.iter().map(U::from).collect()
}

fn step_kind(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Write => "write",
        StepKind::Import => "import",
        StepKind::Reload => "reload",
        StepKind::Instantiate => "instantiate",
        StepKind::Call => "call",
        StepKind::Other => "other",
    }
}

impl From<&trace::Text> for Output {
    fn from(text: &trace::Text) -> Self {
        Self { stdout: text.stdout.clone(), stderr: text.stderr.clone(), dropped_bytes: text.dropped }
    }
}

impl From<&trace::Identity> for Identity {
    fn from(identity: &trace::Identity) -> Self {
        Self { label: identity.label.to_string(), object: kind(identity.kind), id: identity.id }
    }
}

impl From<&Referent> for Reference {
    fn from(referent: &Referent) -> Self {
        match referent {
            Referent::Known { identity, superseded } => {
                Self::Known { identity: identity.into(), is_superseded: *superseded }
            }
            Referent::Outside(name) => Self::Outside { outside: name.clone() },
        }
    }
}

impl From<&Displayed> for Value {
    fn from(value: &Displayed) -> Self {
        Self {
            text: value.text.clone(),
            dropped_characters: value.dropped,
            is: value.is.as_ref().map(Identity::from),
            holds: all(&value.holds),
        }
    }
}

impl From<&Raised> for Exception {
    fn from(raised: &Raised) -> Self {
        Self {
            name: raised.name.clone(),
            text: raised.text.clone(),
            frames: all(&raised.frames),
            dropped_frames: raised.dropped,
            notes: raised.notes.clone(),
            members: all(&raised.members),
            chain: all(&raised.chain),
        }
    }
}

impl From<&trace::Member> for Member {
    fn from(member: &trace::Member) -> Self {
        Self {
            name: member.name.clone(),
            text: member.text.clone(),
            notes: member.notes.clone(),
            members: all(&member.members),
        }
    }
}

impl From<&trace::Place> for Frame {
    fn from(place: &trace::Place) -> Self {
        Self {
            file: place.file.clone(),
            line: place.line,
            function: place.function.clone(),
            origin: match place.origin {
                Origin::Statement => "statement",
                Origin::Scenario => "scenario",
                Origin::Import => "import",
                Origin::Library => "library",
            },
            source: place.source.clone(),
            markdown_line: place.markdown,
        }
    }
}

impl From<&trace::Link> for Link {
    fn from(link: &trace::Link) -> Self {
        let relation = match link.relation {
            Relation::Cause => "cause",
            Relation::Context => "context",
        };
        Self { relation, name: link.name.clone(), text: link.text.clone() }
    }
}

impl From<&trace::New> for Made {
    fn from(new: &trace::New) -> Self {
        Self {
            identity: (&new.identity).into(),
            class: new.class.as_ref().map(Reference::from),
            mro: all(&new.mro),
            plain: new.plain,
        }
    }
}

impl From<&trace::Moved> for Moved {
    fn from(moved: &trace::Moved) -> Self {
        Self {
            scope: match moved.scope {
                Scope::Modules => "modules",
                Scope::Attributes => "attributes",
                Scope::Prompt => "prompt",
            },
            name: moved.name.clone(),
            from: moved.from.as_ref().map(Identity::from),
            to: moved.to.as_ref().map(Identity::from),
            other: moved.other,
        }
    }
}

impl From<&trace::Reclassed> for Reclassed {
    fn from(one: &trace::Reclassed) -> Self {
        Self {
            instance: (&one.instance).into(),
            from: one.from.as_ref().map(Reference::from),
            to: (&one.to).into(),
        }
    }
}

impl From<&trace::Relinearized> for Relinearized {
    fn from(one: &trace::Relinearized) -> Self {
        Self { class: (&one.class).into(), mro: all(&one.mro) }
    }
}

impl From<&trace::Superseded> for Superseded {
    fn from(one: &trace::Superseded) -> Self {
        Self { name: one.name.clone(), holder: (&one.holder).into(), what: (&one.what).into() }
    }
}
