//! `new`: lay down a scenario to begin with.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::Folders;
use super::tell::say;
use super::{Exit, Failure};
use crate::scenario::Name;

/// A scenario that runs as it is, with `TITLE` and `MODULE` still to be filled in.
const TEMPLATE: &str = include_str!("new.md");

const EXAMPLES: &str = "\
Examples:
  reload-harness new counter/after_reload     writes scenarios/counter/after_reload.md";

/// Lay down a new scenario, which runs as it is, with comments on all that it can have
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", super::exit::table()))]
pub(crate) struct NewArgs {
    /// The folder below the scenarios folder, and the file in it, without `.md`
    #[arg(value_name = "GROUP/NAME")]
    name: PathBuf,

    #[command(flatten)]
    pub(crate) folders: Folders,
}

pub(crate) fn new(args: &NewArgs) -> Result<Exit, Failure> {
    let scenarios = &args.folders.scenarios;
    let name = name(scenarios, &args.name)?;
    let path = scenarios.join(format!("{name}.md"));
    let failed = |action, path: &Path| {
        let path = path.to_owned();
        move |source| Failure::File { action, path, source }
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed("create", folder))?;
    }
    let mut file = match File::create_new(&path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(Failure::Exists { path }),
        file => file.map_err(failed("create", &path))?,
    };
    file.write_all(text(&name).as_bytes()).map_err(failed("write", &path))?;
    writeln!(anstream::stdout(), "{}", path.display())?;
    let elsewhere = match scenarios.to_str() {
        Some("scenarios") => String::new(),
        _ => format!(" --scenarios {}", scenarios.display()),
    };
    say(format_args!(
        "look at it:      reload-harness run {0}\n\
         on every Python: reload-harness run --python all{elsewhere} {0}\n\
         that is right:   reload-harness accept{elsewhere} {0}",
        path.display()
    ));
    Ok(Exit::Clean)
}

/// What was asked for as `group/name`, or as the path that a shell completes.
fn name(scenarios: &Path, asked: &Path) -> Result<Name, Failure> {
    let below = asked.strip_prefix(scenarios).unwrap_or(asked);
    let text = below.to_string_lossy();
    let text = text.strip_suffix(".md").unwrap_or(&text);
    Name::new(text).map_err(|error| Failure::BadName { name: text.to_owned(), error })
}

fn text(name: &Name) -> String {
    let title = name.name.replace(['_', '-', '.'], " ");
    let mut letters = title.chars();
    let title: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    TEMPLATE.replace("TITLE", &title)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn what_is_laid_down_is_a_scenario_with_an_edit() {
        let name = Name::new("counter/after_reload").unwrap();
        let source = text(&name);
        let scenario = Scenario::parse(name, Path::new("x.md"), source.as_bytes(), Vec::new()).unwrap();
        assert_eq!(scenario.title, "After reload");
        assert!(source.contains("\n>>> reload("));
    }

    #[test]
    fn a_name_is_taken_as_a_shell_completes_it() {
        let name = |text: &str| name(Path::new("cases"), Path::new(text)).unwrap().to_string();
        for text in ["g/x", "g/x.md", "cases/g/x.md", "cases/g/x"] {
            assert_eq!(name(text), "g/x");
        }
    }

    #[test]
    fn each_setting_is_explained() {
        for key in crate::scenario::KEYS {
            assert!(TEMPLATE.contains(&format!("# {key} = ")), "{key}");
        }
    }
}
