//! What a run is swept for: which fault, and at which places.

use std::path::PathBuf;
use std::time::Duration;

/// One sweep of a run. Without chosen places it is a survey, which only takes down which there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What strikes.
    pub fault: Fault,
    /// What a fault raises that raises an exception of one's choice.
    pub thrown: Option<Thrown>,
    /// The modules that are reloaded, in this order.
    pub modules: Vec<String>,
    /// Modules whose lines are in question, `pkg.core` or `pkg.*`; none means the scenario's own.
    pub lines: Vec<String>,
    /// The places at which it strikes, by number.
    pub chosen: Option<Vec<usize>>,
    /// How long a branch may take.
    pub limit: Duration,
}

/// What can strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Fault {
    /// A reload, just before a line of the program.
    #[default]
    Reload,
    /// An exception at a statement of the module that is reloaded.
    Statements,
    /// An allocation that fails, once, while the module is reloaded.
    Allocations,
    /// A call that the reload makes on a file, or the state of its files.
    Files,
    /// A signal at a line of the reload, whose handler raises.
    Interrupts,
    /// A call in another thread at a line of the reload.
    Threads,
}

impl Fault {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reload => "reload",
            Self::Statements => "statements",
            Self::Allocations => "allocations",
            Self::Files => "files",
            Self::Interrupts => "interrupts",
            Self::Threads => "threads",
        }
    }

    /// How often it is tried at each place: a reload that fails is left so, and followed by a clean one.
    pub fn variants(self) -> usize {
        match self {
            Self::Reload | Self::Threads => 1,
            Self::Statements | Self::Allocations | Self::Files | Self::Interrupts => 2,
        }
    }

    /// Whether its places are lines that are run, of which some cannot be told apart.
    pub fn has_classes(self) -> bool {
        match self {
            Self::Reload | Self::Interrupts | Self::Threads => true,
            Self::Statements | Self::Allocations | Self::Files => false,
        }
    }
}

/// An exception of one's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thrown {
    /// What most code catches.
    Exception,
    /// What code catches that can do without a module.
    ImportError,
    /// What hardly any code catches.
    SystemExit,
}

impl Thrown {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exception => "Exception",
            Self::ImportError => "ImportError",
            Self::SystemExit => "SystemExit",
        }
    }
}

impl Plan {
    /// A survey.
    pub fn survey(fault: Fault, modules: Vec<String>, limit: Duration) -> Self {
        Self { fault, thrown: None, modules, lines: Vec::new(), chosen: None, limit }
    }

    /// As fields of a request (`Sweep` in `sweep.py`).
    pub(super) fn fields(&self) -> Vec<(char, Vec<u8>)> {
        let mut fields = vec![
            ('k', self.fault.word().as_bytes().to_vec()),
            ('m', self.modules.join(" ").into_bytes()),
            ('i', self.lines.join(" ").into_bytes()),
            ('r', self.thrown.map_or("", Thrown::word).as_bytes().to_vec()),
            ('l', self.limit.as_secs_f64().to_string().into_bytes()),
        ];
        if let Some(chosen) = &self.chosen {
            let chosen: Vec<String> = chosen.iter().map(ToString::to_string).collect();
            fields.push(('c', chosen.join(" ").into_bytes()));
        }
        fields
    }
}

/// A program that is played in the place of a scenario's steps, as `python` would run it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// `script.py` or `-m module`.
    pub main: Main,
    /// The arguments after it.
    pub arguments: Vec<String>,
    /// The folder in which it runs.
    pub folder: PathBuf,
    /// Sources that modules have once they are reloaded: the module's name, and the new source.
    pub edits: Vec<(String, Vec<u8>)>,
    /// Whether they have these from the start: a restart with the new source.
    pub edited: bool,
}

/// What a program is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Main {
    /// A file.
    Script(PathBuf),
    /// A module, as `-m` runs it.
    Module(String),
}

impl Program {
    /// As fields of a request (`program.py`).
    pub(super) fn fields(&self) -> Vec<(char, Vec<u8>)> {
        use std::os::unix::ffi::OsStrExt;
        let mut fields = vec![('d', self.folder.as_os_str().as_bytes().to_vec())];
        fields.push(match &self.main {
            Main::Script(path) => ('s', path.as_os_str().as_bytes().to_vec()),
            Main::Module(name) => ('m', name.clone().into_bytes()),
        });
        fields.extend(self.arguments.iter().map(|argument| ('a', argument.clone().into_bytes())));
        if self.edited {
            fields.push(('n', Vec::new()));
        }
        for (module, source) in &self.edits {
            fields.extend([('e', module.clone().into_bytes()), ('c', source.clone())]);
        }
        fields
    }
}
