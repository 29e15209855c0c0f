//! Asks every candidate, all at once, and sorts the answers.

use std::num::NonZeroUsize;
use std::path::{self, Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use super::ask::{Silence, ask};
use super::candidate::{Candidate, Candidates, Kind, Source, python_in};
use super::environment::Environment;
use super::facts::Facts;
use super::host::{Machine, host};
use super::memory::{Memory, stamp};
use super::select::Discovered;
use super::{Interpreter, Tag};

/// How long an executable may take to say what it is.
const LIMIT: Duration = Duration::from_secs(10);

/// How many are asked at once: more than a machine has processors, for some wait for a disk, and
/// one that hangs must not hold up the rest.
const AT_ONCE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(15);

/// An interpreter that can be used, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The interpreter.
    pub interpreter: Interpreter,
    /// Where it was found first.
    pub source: Source,
    /// A `PyPy`'s own version, `7.3.17`; the interpreter's version is that of the language.
    pub release: Option<String>,
    /// The installation behind it: `sys.base_prefix` without symbolic links, also where a virtual
    /// environment of 2.7 does not know it.
    home: PathBuf,
}

impl Found {
    /// Whether both are one installation, if under two names.
    pub(super) fn is(&self, other: &Found) -> bool {
        let key = |found: &Found| {
            (
                found.interpreter.tag,
                found.interpreter.version.clone(),
                found.release.clone(),
                found.home.clone(),
            )
        };
        key(self) == key(other)
    }

    #[cfg(test)]
    pub(super) fn made_up(interpreter: Interpreter, source: Source) -> Self {
        let home = interpreter.base_prefix.clone();
        Found { interpreter, source, release: None, home }
    }
}

/// An executable that is named as a Python is, but cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// The executable.
    pub path: PathBuf,
    /// Why, to stand behind the path.
    pub why: String,
}

/// Why a candidate is no interpreter to use.
#[derive(Debug)]
struct Refusal {
    why: String,
    /// It ran and ended with a failure, as a shim does whose version is not the current one.
    failed: bool,
}

impl From<Silence> for Refusal {
    fn from(silence: Silence) -> Self {
        Refusal { failed: matches!(silence, Silence::Failed { .. }), why: silence.to_string() }
    }
}

impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Refusal { why, failed: false }
    }
}

/// Looks for interpreters in one environment. What it finds out, it finds out once.
#[derive(Debug)]
pub struct Discovery {
    environment: Environment,
    memory: Memory,
    limit: Duration,
    machine: Machine,
    discovered: OnceLock<Discovered>,
}

impl Discovery {
    /// In the environment of this process, with the memory of its user.
    pub fn of_process() -> Self {
        Self::new(Environment::of_process(), Memory::of_user())
    }

    /// In this environment. Candidates are still run with the variables of this process.
    pub fn new(environment: Environment, memory: Memory) -> Self {
        let (machine, discovered) = (Machine::of_process(), OnceLock::new());
        Discovery { environment, memory, limit: LIMIT, machine, discovered }
    }

    /// With another limit on the wall time that one executable has to answer (10 s).
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Discovery { limit, ..self }
    }

    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Every interpreter there is.
    pub fn discovered(&self) -> &Discovered {
        self.discovered.get_or_init(|| {
            let candidates = Candidates::of(&self.environment);
            let answers = self.ask_all(&candidates.list);
            self.memory.keep();
            sort_out(&candidates, answers)
        })
    }

    /// What `python3`, or else `python`, means to the user, the active virtual environment first;
    /// where it means nothing, the best of all. Asks no more executables than it must.
    pub fn default_interpreter(&self) -> Option<Found> {
        if self.discovered.get().is_none() {
            let candidates = Candidates::of(&self.environment);
            let mut current = candidates.list[..candidates.defaults].iter();
            let found = current.find_map(|candidate| self.ask_one(candidate).ok());
            self.memory.keep();
            if found.is_some() {
                return found;
            }
        }
        self.discovered().default_found().cloned()
    }

    /// The interpreter that this executable is, or that is in this virtual environment or
    /// installation.
    pub fn named(&self, path: &Path) -> Result<Found, Unusable> {
        let unusable = |why: String| Unusable { path: path.to_owned(), why };
        let joined = self.environment.working.join(path);
        let absolute = path::absolute(&joined).unwrap_or(joined);
        let executable = if absolute.is_dir() {
            python_in(&absolute).ok_or_else(|| unusable("is a folder without bin/python".to_owned()))?
        } else {
            absolute
        };
        let found = self.ask_one(&Candidate::new(executable, Source::Named));
        self.memory.keep();
        found.map_err(|refusal| unusable(refusal.why))
    }

    fn ask_all(&self, candidates: &[Candidate]) -> Vec<Result<Found, Refusal>> {
        let answers: Vec<OnceLock<Result<Found, Refusal>>> =
            candidates.iter().map(|_| OnceLock::new()).collect();
        let queue = Mutex::new(candidates.iter().zip(&answers));
        let work = || {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((candidate, answer)) = next else { break };
                answer.get_or_init(|| self.ask_one(candidate));
            }
        };
        thread::scope(|scope| {
            for _ in 0..candidates.len().min(AT_ONCE.get()) {
                scope.spawn(work);
            }
        });
        let unasked = || Err(Refusal::from("was not asked".to_owned()));
        answers.into_iter().map(|answer| answer.into_inner().unwrap_or_else(unasked)).collect()
    }

    fn ask_one(&self, candidate: &Candidate) -> Result<Found, Refusal> {
        let facts = self.facts(candidate)?;
        let behind = if facts.rootless {
            facts.executable_at_home()
        } else {
            Some(facts.executable.clone()).filter(|_| candidate.kind != Kind::Direct)
        };
        if let Some(path) = behind.filter(|path| *path != candidate.path) {
            let behind = Candidate::new(path, candidate.source);
            match self.facts(&behind).and_then(|facts| self.found(&behind, facts)) {
                Ok(found) => return Ok(found),
                Err(Refusal { why, .. }) if facts.rootless => {
                    let path = behind.path.display();
                    return Err(format!("is a virtual environment of {path}, which {why}").into());
                }
                // Without what the wrapper sets, it does not run: the wrapper it must be.
                Err(_) => {}
            }
        }
        self.found(candidate, facts)
    }

    fn facts(&self, candidate: &Candidate) -> Result<Facts, Refusal> {
        let stamp = stamp(candidate, &self.environment);
        if let Some(facts) = self.memory.recall(candidate, stamp.as_deref()) {
            return Ok(facts);
        }
        let facts = ask(&candidate.path, self.limit)?;
        self.memory.learn(candidate, stamp, &facts);
        Ok(facts)
    }

    fn found(&self, candidate: &Candidate, facts: Facts) -> Result<Found, Refusal> {
        let tag: Tag = facts.tag()?;
        let interpreter = Interpreter {
            tag,
            version: facts.version.clone(),
            executable: candidate.path.clone(),
            base_prefix: facts.base_prefix.clone(),
            host: host(&facts, tag, self.machine),
        };
        Ok(Found { interpreter, source: candidate.source, release: facts.release, home: facts.home })
    }
}

fn sort_out(candidates: &Candidates, answers: Vec<Result<Found, Refusal>>) -> Discovered {
    let mut found: Vec<Found> = Vec::new();
    let mut refused: Vec<(&Candidate, Refusal)> = Vec::new();
    let mut default = None;
    for (index, (candidate, answer)) in candidates.list.iter().zip(answers).enumerate() {
        match answer {
            Ok(new) => {
                let known = found.iter().position(|old| old.is(&new));
                let place = known.unwrap_or(found.len());
                if known.is_none() {
                    found.push(new);
                }
                if index < candidates.defaults {
                    default.get_or_insert(place);
                }
            }
            Err(refusal) => refused.push((candidate, refusal)),
        }
    }
    let unusable = refused
        .into_iter()
        .filter(|(candidate, refusal)| {
            let no_news = refusal.failed && candidate.kind != Kind::Direct;
            !(no_news && provided(&candidate.path, &found))
        })
        .map(|(candidate, Refusal { why, .. })| Unusable { path: candidate.path.clone(), why })
        .collect();
    Discovered::new(found, unusable, default)
}

/// Whether something else is what a wrapper of this name would have been.
fn provided(wrapper: &Path, found: &[Found]) -> bool {
    let name = wrapper.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let wanted = name.trim_start_matches(|char: char| !char.is_ascii_digit()).trim_end_matches('t');
    found.iter().any(|found| {
        let version = &found.interpreter.version;
        wanted.is_empty() || version == wanted || version.starts_with(&format!("{wanted}."))
    })
}
