//! The command line: one file a subcommand.

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod accept;
mod args;
mod check;
mod contents;
mod durations;
mod exit;
mod explain;
mod failure;
mod interpreters;
mod list;
mod new;
mod paint;
mod progress;
mod pythons;
mod reports;
mod run;
mod save;
mod selection;
mod session;
mod style;
mod sweep;
mod tell;

pub use exit::Exit;

use args::Console;
use failure::Failure;

const EXAMPLES: &str = "\
Examples:
  reload-harness run                           every scenario, in your python3
  reload-harness run founding --python all     some of them, in every Python here
  reload-harness run path/to/one.md            one file, wherever it is
  reload-harness check                         the gate: compare with the snapshots
  reload-harness accept founding               take the reports as they are now
  reload-harness explain unbound-base-call     what a report means by a cause
  reload-harness pythons                       which Pythons are here
  reload-harness new counter/after_reload      a scenario to begin with
  reload-harness contents                      the table of contents of all of them";

/// Tells what a reload does to the identity of every class, function, module and instance
#[derive(Debug, Parser)]
#[command(name = "reload-harness", version, arg_required_else_help = true)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", exit::table()))]
struct Cli {
    #[command(flatten)]
    console: Console,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::RunArgs),
    List(list::ListArgs),
    Pythons(pythons::PythonsArgs),
    Check(check::CheckArgs),
    Accept(accept::AcceptArgs),
    Explain(explain::ExplainArgs),
    New(new::NewArgs),
    Contents(contents::ContentsArgs),
    Sweep(sweep::SweepArgs),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(print(&error).unwrap_or_else(|failure| failed(&failure)).code()),
    };
    cli.console.apply();
    ExitCode::from(dispatch(&cli.command).unwrap_or_else(|failure| failed(&failure)).code())
}

/// Prints help, the version, or what is wrong with the command line.
fn print(error: &clap::Error) -> Result<Exit, Failure> {
    let printed = error.print().and_then(|()| std::io::stdout().flush());
    if error.use_stderr() {
        return Ok(Exit::Usage);
    }
    printed?;
    Ok(Exit::Clean)
}

fn failed(failure: &Failure) -> Exit {
    if !failure.is_unheard() {
        tell::say_error(failure);
    }
    failure.exit()
}

fn dispatch(command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::Run(args) => run::run(args),
        Command::List(args) => list::list(args),
        Command::Pythons(args) => pythons::pythons(args),
        Command::Check(args) => check::check(args),
        Command::Accept(args) => accept::accept(args),
        Command::Explain(args) => explain::explain(args),
        Command::New(args) => new::new(args),
        Command::Contents(args) => contents::contents(args),
        Command::Sweep(args) => sweep::sweep(args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn each_subcommand_has_an_example() {
        for command in Cli::command().get_subcommands() {
            let name = command.get_name();
            let own = command.get_after_help().is_some_and(|help| help.to_string().contains(name));
            assert!(own || EXAMPLES.contains(&format!("reload-harness {name}")), "{name}");
        }
    }
}
