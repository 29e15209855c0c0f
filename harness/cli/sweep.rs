//! `reload-harness sweep`
#![allow(clippy::doc_markdown, reason = "what documents an option is its help")]

use std::ffi::OsString;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use super::args::{Folders, Json, Pythons, seconds};
use super::interpreters::interpreters;
use super::progress::Bar;
use super::save::{Subject, make, save_all};
use super::selection::Selection;
use super::session::lab;
use super::tell;
use super::{Exit, Failure};
use crate::lab::{Item, Lab, plan};
use crate::python::{Discovery, Interpreter};
use crate::report::json::{self, Event};
use crate::report::reload_faults::reload_faults;
use crate::report::sweep::sweep as text;
use crate::scenario::Scenario;
use crate::sweep::saved::{self, Case, of_fault_findings, of_findings};
use crate::sweep::{
    FaultFindings, Findings, Progress, SweepError, Task, Unfinished, Wishes, sweep_program,
    sweep_program_reload, sweep_reload, sweep_scenario,
};
use crate::worker::{Fault, Main, Program, Thrown};

const EXAMPLES: &str = "\
Examples:
  reload-harness sweep founding/unbound_base_call         a scenario, with what it reloads
  reload-harness sweep --python all 'founding/*'          several, in every Python here
  reload-harness sweep --fault statements 'founding/*'    the reload itself fails, at each statement
  reload-harness sweep --save scenarios/found founding    what is not safe, as scenarios
  reload-harness sweep --reload mypkg.core -- script.py   a program of yours, in your python3
  reload-harness sweep --reload mypkg.core --edit new/core.py -- -m unittest tests.test_x
  reload-harness sweep --reload mypkg.core --fault statements -- serve.py
  reload-harness sweep --reload mypkg.core --lines 'tests.*' -- -m pytest tests/test_x.py";

/// How long a branch may take where nothing says otherwise.
const BRANCH_LIMIT: Duration = Duration::from_secs(10);
/// How long a program may take.
const PROGRAM_LIMIT: Duration = Duration::from_secs(600);

/// Reload at every point of a run, and tell what each does
///
/// A run is played once untouched. Then, just before each line of the code in question, a fork of it
/// reloads the modules and runs on to its end, which is compared with the untouched run. Of places that
/// cannot be told apart the first and the last are tried, and more where these two differ.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", super::exit::table()))]
pub(crate) struct SweepArgs {
    /// Scenarios by filter, as `run` has them, or .md files
    #[arg(value_name = "FILTER|FILE.md")]
    what: Vec<PathBuf>,

    /// The modules to reload, in this order [default: those that the scenario reloads, or all of its own]
    #[arg(long, value_name = "MODULE", value_delimiter = ',')]
    reload: Vec<String>,

    /// What strikes
    #[arg(long, value_enum, default_value_t)]
    fault: Kind,

    /// What a fault at a statement raises [default: Exception]; of an interrupt, what the handler of a
    /// signal raises [default: Ctrl-C, SIGINT with the handler that there is]
    #[arg(long, value_enum)]
    raise: Option<Raise>,

    /// New source that a module has once it is reloaded: FILE for the only module, or MODULE=FILE
    #[arg(long, value_name = "[MODULE=]FILE", requires = "program")]
    edit: Vec<String>,

    /// Only before lines of these modules: `pkg.core`, `pkg.*` [default: the scenario's own and its
    /// transcript; of a program, the packages of the reloaded modules]
    #[arg(long, value_name = "MODULE", value_delimiter = ',')]
    lines: Vec<String>,

    /// Try every place, those included that cannot be told apart from another
    #[arg(long)]
    exhaustive: bool,

    /// Play at most this many branches of a run
    #[arg(long, value_name = "BRANCHES")]
    budget: Option<NonZeroUsize>,

    /// Spend the budget on a sample of the places that this number draws, not on the first ones
    #[arg(long, value_name = "NUMBER", requires = "budget")]
    seed: Option<u64>,

    /// Write the smallest case of each group that is not safe into this folder, as a scenario that shows it
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,

    /// Stop after this time and tell what is known by then
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    time: Option<Duration>,

    /// How long a branch may take [default: 10]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,

    /// How many branches at once [default: one for each processor]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// Install nothing: skip scenarios whose required packages are not there yet
    #[arg(long)]
    offline: bool,

    #[command(flatten)]
    folders: Folders,

    #[command(flatten)]
    pythons: Pythons,

    #[command(flatten)]
    json: Json,

    /// A program of yours with its arguments: `script.py ...` or `-m module ...`
    #[arg(last = true, value_name = "PROGRAM", requires = "reload", conflicts_with = "what")]
    program: Vec<OsString>,
}

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Kind {
    /// A reload, just before each line of the code in question
    #[default]
    Reload,
    /// The first reload of a scenario raises at each statement of the module, and of those that it imports anew
    Statements,
    /// Memory runs out once while the first reload runs, at each of its allocations
    Allocations,
    /// Each call that the first reload makes on a file fails, and its source and bytecode are not what they were
    Files,
    /// A signal comes at each line of the first reload: Ctrl-C, or one whose handler raises
    Interrupts,
    /// Another thread makes the next call of the transcript at each line of the first reload
    Threads,
}

impl From<Kind> for Fault {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Reload => Self::Reload,
            Kind::Statements => Self::Statements,
            Kind::Allocations => Self::Allocations,
            Kind::Files => Self::Files,
            Kind::Interrupts => Self::Interrupts,
            Kind::Threads => Self::Threads,
        }
    }
}

/// An exception to be raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Raise {
    /// What most code catches
    #[value(name = "Exception")]
    Exception,
    /// What code catches that can do without a module
    #[value(name = "ImportError")]
    ImportError,
    /// What hardly any code catches
    #[value(name = "SystemExit")]
    SystemExit,
}

impl From<Raise> for Thrown {
    fn from(raise: Raise) -> Self {
        match raise {
            Raise::Exception => Self::Exception,
            Raise::ImportError => Self::ImportError,
            Raise::SystemExit => Self::SystemExit,
        }
    }
}

impl SweepArgs {
    fn wishes(&self) -> Wishes {
        Wishes {
            modules: self.reload.clone(),
            lines: self.lines.clone(),
            exhaustive: self.exhaustive,
            budget: self.budget.map(NonZeroUsize::get),
            seed: self.seed,
            deadline: self.time.map(|time| Instant::now() + time),
            limit: self.timeout.unwrap_or(BRANCH_LIMIT),
            fault: self.fault.into(),
            thrown: self.raise.map(Thrown::from),
        }
    }

    /// The program after `--`.
    fn task(&self) -> Result<Task, Failure> {
        let word = |word: &OsString| word.to_string_lossy().into_owned();
        let words: Vec<String> = self.program.iter().map(word).collect();
        let (main, arguments) = match words.as_slice() {
            [flag, module, arguments @ ..] if flag == "-m" => (Main::Module(module.clone()), arguments),
            [script, arguments @ ..] if !script.starts_with('-') => {
                (Main::Script(PathBuf::from(script)), arguments)
            }
            _ => return Err(Failure::NoProgram { given: words.join(" ") }),
        };
        if let Main::Script(script) = &main
            && !script.is_file()
        {
            return Err(Failure::NoFile { file: script.clone() });
        }
        let edits = self.edit.iter().map(|edit| self.edited(edit)).collect::<Result<_, _>>()?;
        let folder = std::env::current_dir().map_err(|source| Failure::File {
            action: "find",
            path: PathBuf::from("."),
            source,
        })?;
        let program = Program { main, arguments: arguments.to_vec(), folder, edits, edited: false };
        Ok(Task { program, command: words.join(" "), limit: PROGRAM_LIMIT })
    }

    fn edited(&self, edit: &str) -> Result<(String, Vec<u8>), Failure> {
        let (module, file) = match (edit.split_once('='), self.reload.as_slice()) {
            (Some((module, file)), _) => (module.to_owned(), file),
            (None, [only]) => (only.clone(), edit),
            (None, _) => {
                return Err(Failure::WhichModule { edit: edit.to_owned(), modules: self.reload.clone() });
            }
        };
        if !self.reload.contains(&module) {
            return Err(Failure::WhichModule { edit: edit.to_owned(), modules: self.reload.clone() });
        }
        let path = Path::new(file);
        let source = std::fs::read(path).map_err(|source| Failure::File {
            action: "read",
            path: path.to_owned(),
            source,
        })?;
        Ok((module, source))
    }
}

pub(crate) fn sweep(args: &SweepArgs) -> Result<Exit, Failure> {
    let discovery = Discovery::of_process();
    let interpreters = interpreters(&discovery, &args.pythons)?;
    let lab = lab(args.jobs, args.timeout, args.offline)?;
    args.save.as_deref().map_or(Ok(()), make)?;
    let mut sweeps = Sweeps {
        lab: &lab,
        wishes: args.wishes(),
        save: args.save.as_deref(),
        json: args.json.json,
        exits: Vec::new(),
    };
    if args.program.is_empty() {
        let (files, filters): (Vec<PathBuf>, Vec<PathBuf>) = args
            .what
            .iter()
            .cloned()
            .partition(|path| path.extension().is_some_and(|extension| extension == "md"));
        let filters: Vec<String> =
            filters.iter().map(|filter| filter.to_string_lossy().into_owned()).collect();
        let mut selection = Selection::default();
        if files.is_empty() || !filters.is_empty() {
            selection = Selection::of_folder(&args.folders, &filters)?;
        }
        selection.add_files(&args.folders, &files)?;
        tell::selection(&selection, sweeps.json)?;
        if !selection.problems.is_empty() {
            sweeps.exits.push(Exit::Malformed);
        }
        let (items, mut skipped) = plan(&selection.scenarios, &interpreters);
        let (items, lacking) = lab.equip(items, |_| {});
        skipped.extend(lacking);
        tell::skips(&skipped, &interpreters, sweeps.json)?;
        for item in &items {
            sweeps.scenario(item)?;
            if sweeps.lab.is_stopped() {
                break;
            }
        }
    } else {
        let task = args.task()?;
        for interpreter in &interpreters {
            sweeps.program(interpreter, &task)?;
        }
    }
    Ok(Exit::worst(sweeps.exits))
}

/// Sweeps, one after the other.
struct Sweeps<'a> {
    lab: &'a Lab,
    wishes: Wishes,
    save: Option<&'a Path>,
    json: bool,
    exits: Vec<Exit>,
}

impl Sweeps<'_> {
    fn scenario(&mut self, item: &Item<'_>) -> Result<(), Failure> {
        if self.wishes.fault != Fault::Reload {
            return self.failing_reload(item);
        }
        let bar = Bar::new(self.json);
        let findings = sweep_scenario(self.lab, item, &self.wishes, &bar);
        bar.finish();
        match findings {
            Ok(findings) => {
                let title = item.scenario.name.to_string();
                self.told(item.interpreter, Some(item.scenario), &title, &findings)?;
                self.saved(item, &of_findings(&findings))
            }
            Err(error) => {
                self.failed(&error);
                Ok(())
            }
        }
    }

    fn failing_reload(&mut self, item: &Item<'_>) -> Result<(), Failure> {
        let bar = Bar::new(self.json);
        let findings = sweep_reload(self.lab, item, &self.wishes, &bar);
        bar.finish();
        match findings {
            Ok(findings) => {
                let title = item.scenario.name.to_string();
                self.told_of_reload(item.interpreter, Some(item.scenario), &title, &findings)?;
                self.saved(item, &of_fault_findings(&findings))
            }
            Err(SweepError::Refused(reason)) => {
                self.refused(item.interpreter, item.scenario.name.to_string(), reason)
            }
            Err(error) => {
                self.failed(&error);
                Ok(())
            }
        }
    }

    fn saved(&self, item: &Item<'_>, cases: &[Case]) -> Result<(), Failure> {
        let Some(folder) = self.save else { return Ok(()) };
        let Item { scenario, interpreter } = item;
        let title = scenario.name.to_string();
        let subject = Subject { title: &title, name: &scenario.name.name, interpreter };
        save_all(&subject, cases, |case| saved::save(self.lab, item, case), folder, self.json)
    }

    fn saved_of_program(
        &self,
        interpreter: &Interpreter,
        task: &Task,
        files: &[String],
        cases: &[Case],
    ) -> Result<(), Failure> {
        let Some(folder) = self.save else { return Ok(()) };
        let name = saved::name(&task.program.main);
        let subject = Subject { title: &task.command, name: &name, interpreter };
        let save = |case: &Case| saved::save_program(self.lab, interpreter, task, files, case);
        save_all(&subject, cases, save, folder, self.json)
    }

    fn told_of_reload(
        &mut self,
        interpreter: &Interpreter,
        scenario: Option<&Scenario>,
        title: &str,
        findings: &FaultFindings,
    ) -> Result<(), Failure> {
        if self.json {
            let sweep = json::ReloadSweep::new(title, interpreter, findings);
            tell::emit(&Event::ReloadSweepFinished(Box::new(sweep)))?;
        } else {
            let text = reload_faults(title, scenario, findings);
            writeln!(anstream::stdout().lock(), "on {}:\n{}", interpreter.tag, super::paint::sweep(&text))?;
        }
        if findings.places.unfinished == Some(Unfinished::Interrupted) {
            self.exits.push(Exit::Interrupted);
        }
        Ok(())
    }

    fn program(&mut self, interpreter: &Interpreter, task: &Task) -> Result<(), Failure> {
        if self.wishes.fault != Fault::Reload {
            return self.program_with_failing_reload(interpreter, task);
        }
        let bar = Bar::new(self.json);
        let findings = sweep_program(self.lab, interpreter, task, &self.wishes, &bar);
        bar.finish();
        match findings {
            Ok(findings) => {
                self.told(interpreter, None, &task.command, &findings)?;
                self.saved_of_program(interpreter, task, &findings.places.files, &of_findings(&findings))
            }
            Err(error) => {
                self.failed(&error);
                Ok(())
            }
        }
    }

    fn program_with_failing_reload(&mut self, interpreter: &Interpreter, task: &Task) -> Result<(), Failure> {
        let bar = Bar::new(self.json);
        let findings = sweep_program_reload(self.lab, interpreter, task, &self.wishes, &bar);
        bar.finish();
        match findings {
            Ok(findings) => {
                self.told_of_reload(interpreter, None, &task.command, &findings)?;
                self.saved_of_program(
                    interpreter,
                    task,
                    &findings.places.files,
                    &of_fault_findings(&findings),
                )
            }
            Err(SweepError::Refused(reason)) => self.refused(interpreter, task.command.clone(), reason),
            Err(error) => {
                self.failed(&error);
                Ok(())
            }
        }
    }

    /// Says of what cannot be swept for this fault in this Python why not.
    fn refused(&self, interpreter: &Interpreter, subject: String, reason: String) -> Result<(), Failure> {
        if self.json {
            let python = Some(interpreter.tag.to_string());
            tell::emit(&Event::Skipped { scenario: subject, python, reason })?;
        } else {
            tell::say(format_args!("skipped {subject} on {}: {reason}", interpreter.tag));
        }
        Ok(())
    }

    fn failed(&mut self, error: &SweepError) {
        self.exits.push(match error {
            SweepError::Run(error) if error.is_interruption() => Exit::Interrupted,
            SweepError::Run(_) => Exit::Internal,
            SweepError::NoEnd(..) | SweepError::Vanished(_) => Exit::Crashed,
            SweepError::NeverLoaded { .. } => Exit::Usage,
            SweepError::Refused(_) => Exit::Clean,
        });
        if self.exits.last() != Some(&Exit::Interrupted) {
            tell::say_error(error);
        }
    }

    fn told(
        &mut self,
        interpreter: &Interpreter,
        scenario: Option<&Scenario>,
        title: &str,
        findings: &Findings,
    ) -> Result<(), Failure> {
        if self.json {
            tell::emit(&Event::SweepFinished(Box::new(json::Sweep::new(title, interpreter, findings))))?;
        } else {
            let text = text(title, scenario, findings);
            writeln!(anstream::stdout().lock(), "on {}:\n{}", interpreter.tag, super::paint::sweep(&text))?;
        }
        if findings.places.unfinished == Some(Unfinished::Interrupted) {
            self.exits.push(Exit::Interrupted);
        }
        Ok(())
    }
}

impl Progress for Bar {
    fn begin(&self, branches: usize) {
        self.set_length(branches);
    }

    fn advance(&self) {
        self.inc();
    }
}
