//! What a run yields: raw, as the probe saw it. Ids are numbers here; [`crate::trace`] makes
//! identities of them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::changed::Changed;
use super::evidence::Use;

/// Which object, within one run: given out once, in the order in which objects are first seen, and
/// never again, even where a freed object's `id()` is.
pub type Token = u64;

/// One run, played to whatever end.
#[derive(Debug, Clone)]
pub struct Play {
    /// What was observed, a step each, in the scenario's order. Where the run ended early, the
    /// first step that is missing here is the one at which it happened, unless the last one that is
    /// here [leaves](Event::leaves).
    pub steps: Vec<Observed>,
    /// What the lines of the step meant at which it ended, where that was watched.
    pub uses: Vec<Use>,
    /// What was written to descriptors 1 and 2 after the last observation.
    pub rest: Output,
    /// How it ended.
    pub ending: Ending,
    /// Whether processes outlived it (they were killed).
    pub leaked: bool,
    /// Names of the threads that still ran at its end, the main thread aside, sorted.
    pub threads: Vec<String>,
    /// What held superseded objects at its end, shortest path first. Nothing where it ended early.
    pub held: Vec<Held>,
    /// How many lines more there would be.
    pub more_held: u64,
    /// The folder in which it ran: gone by now, but its path is in what the run wrote.
    pub workspace: PathBuf,
    /// The folder of packages that it could import from, if there was one.
    pub packages: Option<PathBuf>,
    /// What was laid there before a step, other than by the scenario ([`Conduct`](super::Conduct)).
    pub laid: BTreeMap<usize, Vec<Changed>>,
}

/// Something that still holds a superseded object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Held {
    /// The superseded object: a class, a function or a module.
    pub token: Token,
    /// What holds it.
    pub how: Hold,
    /// The shortest path by which that is found: `app.HANDLERS['bar']`.
    pub path: String,
    /// The instance's own token, where it has one.
    pub holder: Option<Token>,
    /// How many others there are in the same container, or behind the same instance.
    pub more: u64,
}

/// What a superseded object is to what holds it, in the words of Python's data model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// A name at the prompt means it.
    Name,
    /// A name in a module means it.
    ModuleAttribute,
    /// An attribute of an instance, a class, a function or another object.
    Attribute,
    /// A class that is not superseded is derived from it.
    Subclass,
    /// An object is an instance of it.
    Instance,
    /// It is a key, a value or an item.
    Container,
    /// The same, where the container belongs to code that is not the scenario's.
    Registry,
    /// A variable of an enclosing function.
    Closure,
    /// What an argument means where none is given.
    DefaultArgument,
    /// A type hint.
    Annotation,
    /// A method that is bound to it, or of which it is the function.
    BoundMethod,
    /// A variable of a generator, a coroutine, or a thread that has not ended, or of a traceback.
    LocalVariable,
    /// A generator, a coroutine or a thread is in the midst of it.
    Running,
    /// Some other object that is made in C.
    Object,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Every step was played and the end marker was seen.
    Finished,
    /// It left by itself: `sys.exit`, `os._exit`.
    Exited {
        /// The exit status.
        status: i32,
    },
    /// Killed by a signal that was not ours.
    Crashed {
        /// `SIGSEGV`.
        signal: String,
    },
    /// Still running at its time limit; it was killed.
    Hung {
        /// The limit.
        limit: Duration,
    },
    /// It was played to its end, but the end marker never came: the protocol's descriptor was closed
    /// or taken over, so nothing is known of the steps that are missing.
    Silent,
    /// Something else was written to the protocol's descriptor.
    Garbled,
    /// It had more processes at once than a run may have; it was killed.
    Swarmed {
        /// The limit.
        limit: usize,
    },
    /// It killed or stopped the worker it was forked from.
    KilledWorker,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finished => f.write_str("finished"),
            Self::Exited { status } => write!(f, "exited with status {status}"),
            Self::Crashed { signal } => write!(f, "crashed: killed by {signal}"),
            Self::Hung { limit } if limit.subsec_millis() == 0 && limit.as_secs() > 0 => {
                write!(f, "hung: still running after {} s", limit.as_secs())
            }
            Self::Hung { limit } => write!(f, "hung: still running after {} ms", limit.as_millis()),
            Self::Silent => f.write_str("silent: it ended with status 0, but its end marker never came"),
            Self::Garbled => f.write_str("garbled: something else was written to the protocol's descriptor"),
            Self::Swarmed { limit } => write!(f, "swarmed: more than {limit} processes at once"),
            Self::KilledWorker => f.write_str("killed its worker"),
        }
    }
}

/// What was written to a descriptor during one step, at most [`Output::CAP`] bytes of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// Descriptor 1, and so `sys.stdout`.
    pub stdout: Vec<u8>,
    /// Descriptor 2, and so `sys.stderr`: warnings are here.
    pub stderr: Vec<u8>,
    /// Bytes beyond the cap that were counted and dropped, from both.
    pub dropped: u64,
}

impl Output {
    /// How many bytes of one stream are kept for one step.
    pub const CAP: usize = 1 << 20;
}

/// One step, played.
#[derive(Debug, Clone)]
pub struct Observed {
    /// What the probe says of it.
    pub event: Event,
    /// What it wrote.
    pub output: Output,
}

/// What the probe says of one step.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Event {
    /// Which step, from 0.
    pub step: usize,
    /// From the statement's syntax tree; for display.
    pub kind: StepKind,
    /// What `sys.displayhook` was given, each in turn.
    pub values: Vec<Value>,
    /// What it raised.
    pub exception: Option<Exception>,
    /// How many times `reload` was called and left the module untouched.
    pub reloads: u32,
    /// The exit status with which the process is about to end: it raised `SystemExit`.
    pub leaves: Option<i32>,
    /// Objects first seen at this step, in the order in which they are found (definition order
    /// within a namespace).
    pub made: Vec<Made>,
    /// Tokens of objects that are no more.
    pub freed: Vec<Token>,
    /// Names that now mean something else than before this step, in namespace order.
    pub bound: Vec<Binding>,
    /// What its lines meant while they ran, where that was asked for, in the order in which they ran.
    pub uses: Vec<Use>,
    /// What it made of the sources in the workspace, by path. A source is what the import system could
    /// read, and the folders that there are.
    pub files: Vec<Changed>,
    /// Known instances whose class is another now.
    #[serde(deserialize_with = "from_pairs")]
    pub reclassed: BTreeMap<Token, Reference>,
    /// Known classes whose MRO is another now (`__bases__` was assigned).
    #[serde(deserialize_with = "from_pairs")]
    pub relinearized: BTreeMap<Token, Vec<Reference>>,
}

/// JSON's keys are text, and inside a tagged enum serde makes no numbers of them.
fn from_pairs<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<BTreeMap<Token, T>, D::Error> {
    Ok(Vec::<(Token, T)>::deserialize(from)?.into_iter().collect())
}

/// What kind of step it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// The writing of a file.
    Write,
    /// `import foo`
    Import,
    /// `reload(foo)`
    Reload,
    /// `b = foo.Bar()`: a call of a `CapWords` name.
    Instantiate,
    /// Any other call.
    Call,
    /// Anything else.
    #[default]
    Other,
}

/// A displayed value.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Value {
    /// Its `repr()`.
    pub text: String,
    /// How many characters of the repr were dropped.
    pub dropped: u64,
    /// Its own token, where it has one.
    pub token: Option<Token>,
    /// The tokens of what it holds, in the order in which a repr shows them (tuples, lists and the
    /// like, three levels deep).
    pub holds: Vec<Token>,
    /// Whether the statement was a call of `id`: the text is an address even where nothing known
    /// has it.
    pub is_id: bool,
}

/// An object with a token, or the name of one outside the scenario (`object`, `dict`,
/// `collections.OrderedDict`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Reference {
    /// One of the scenario's.
    Token(Token),
    /// Anyone else's.
    Name(String),
}

/// An object seen for the first time.
#[derive(Debug, Clone, Deserialize)]
pub struct Made {
    /// From now on it goes by this.
    pub token: Token,
    /// `id()`: may have been, and may become, another object's.
    pub id: u64,
    /// What kind of object it is.
    pub kind: Kind,
    /// What it is called: the path by which its module's namespace reaches it (`foo.Bar.Inner`), or
    /// else its module and qualified name (`foo.make.<locals>.C`); for an instance, the first
    /// name it is bound to at the prompt (`b`).
    pub name: String,
    /// Whether `name` is a path that can be looked up, now or later. An object that only has a
    /// qualified name is never superseded: nothing says which one that name means now.
    #[serde(default)]
    pub reachable: bool,
    /// An instance's class; a class's metaclass, where it is not `type` (nor 2.7's `classobj`).
    #[serde(default)]
    pub class: Option<Reference>,
    /// A class's MRO, itself first.
    #[serde(default)]
    pub mro: Vec<Reference>,
    /// `id()` of a function's code object, to find the source a frame runs.
    #[serde(default)]
    pub code: Option<u64>,
    /// A plain constant (`None`, numbers, text, bytes): labelled, but not worth a line.
    #[serde(default)]
    pub plain: bool,
}

/// What kind of object it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An entry of `sys.modules`, or a module object at the prompt.
    Module,
    /// A class, old-style ones of 2.7 included.
    Class,
    /// A function written in Python.
    Function,
    /// Anything else that is bound at the prompt.
    Instance,
}

/// A name that means another object than it did.
#[derive(Debug, Clone, Deserialize)]
pub struct Binding {
    /// Where the name stands.
    pub scope: Scope,
    /// The name: `foo.Bar` or `foo.Bar.run` among attributes, `foo` among modules, `b` at the
    /// prompt.
    pub name: String,
    /// What it means now; nothing, where it was deleted or means something without a token.
    pub token: Option<Token>,
    /// Whether the name is there, and means something without a token.
    #[serde(default)]
    pub other: bool,
}

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// `sys.modules`.
    Modules,
    /// A module's or class's namespace: a dotted path from a module name.
    Attributes,
    /// `__main__`.
    Prompt,
}

/// An exception that a step let through.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Exception {
    /// `TypeError`, or `foo.Error` for classes outside builtins, as a traceback names it.
    pub name: String,
    /// `str()` of it, or what `traceback` prints in its place where that raises.
    pub text: String,
    /// The frames from the statement inwards. Where there are many, the middle is left out.
    pub frames: Vec<Frame>,
    /// How many frames were left out, after the first half of `frames`.
    pub dropped: u64,
    /// What `add_note` was given (PEP 678).
    pub notes: Vec<String>,
    /// Of a group, what it is of (PEP 654).
    pub members: Vec<Member>,
    /// What it came from, nearest first.
    pub chain: Vec<Chained>,
}

/// A sub-exception of an exception group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Member {
    /// As in [`Exception`].
    pub name: String,
    /// As in [`Exception`].
    pub text: String,
    /// As in [`Exception`].
    pub notes: Vec<String>,
    /// Of a group in the group.
    pub members: Vec<Member>,
}

/// A line of a traceback.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Frame {
    /// As the code object has it: below the workspace it is relative to that.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// `co_name`.
    pub function: String,
    /// `id()` of the code object.
    pub code: u64,
}

/// An exception's cause or context (PEP 3134).
#[derive(Debug, Clone, Deserialize)]
pub struct Chained {
    /// Which of the two.
    pub relation: Relation,
    /// As in [`Exception`].
    pub name: String,
    /// As in [`Exception`].
    pub text: String,
}

/// How an exception came from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// `raise ... from`: `__cause__`.
    Cause,
    /// While handling: `__context__`.
    Context,
}
