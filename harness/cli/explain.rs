//! `explain`: why a step is not what a restart would have made of it.

use std::io::Write;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::style::{HEADING, PLAIN, Styled, Table};
use super::{Exit, Failure};
use crate::oracle::Cause;

const EXAMPLES: &str = "\
Examples:
  reload-harness explain                       every cause, a line each
  reload-harness explain unbound-base-call     one: what happens, and what to do about it";

/// Explain a cause that a report names: what happens, since when, what holds and what does not
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", super::exit::table()))]
pub(crate) struct ExplainArgs {
    /// The word behind `diagnosis:` in a report
    #[arg(value_name = "CAUSE", value_parser = cause(), hide_possible_values = true)]
    cause: Option<Cause>,
}

/// Clap itself tells which words there are, and suggests the nearest.
fn cause() -> impl TypedValueParser<Value = Cause> {
    PossibleValuesParser::new(Cause::ALL.map(Cause::word))
        .map(|word| Cause::from_word(&word).unwrap_or(Cause::ALL[0]))
}

pub(crate) fn explain(args: &ExplainArgs) -> Result<Exit, Failure> {
    let mut out = anstream::stdout().lock();
    let Some(cause) = args.cause else {
        let mut table = Table::default();
        for cause in Cause::ALL {
            table.row([Styled::new(HEADING, cause.word()), Styled::new(PLAIN, title(cause))]);
        }
        write!(out, "{table}")?;
        return Ok(Exit::Clean);
    };
    for line in cause.explanation().lines() {
        let style = if line.starts_with('#') { HEADING } else { PLAIN };
        writeln!(out, "{}", Styled::new(style, line))?;
    }
    Ok(Exit::Clean)
}

/// The heading of a cause's page.
fn title(cause: Cause) -> &'static str {
    let page = cause.explanation();
    page.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_a_page_with_a_heading_and_a_remedy() {
        for cause in Cause::ALL {
            assert_eq!(Cause::from_word(cause.word()), Some(cause));
            assert!(!title(cause).is_empty(), "{cause}");
            for section in ["## Since when", "## What holds", "## What looks right and does not"] {
                assert!(cause.explanation().contains(section), "{cause} has no {section}");
            }
        }
    }
}
