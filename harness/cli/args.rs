//! Options that several subcommands have, each in one place.
#![allow(
    clippy::doc_markdown,
    reason = "what documents an option is its help, which people read as it stands"
)]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ColorChoice};

use crate::python::Request;
use crate::scenario::Name;

/// How to write to the terminal.
#[derive(Debug, Args)]
pub(crate) struct Console {
    /// When to use colours; NO_COLOR and CLICOLOR_FORCE count as well
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true)]
    pub(crate) color: ColorChoice,
}

impl Console {
    /// Makes every later write to the `anstream` outputs follow `--color`.
    pub(crate) fn apply(&self) {
        match self.color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// Which scenarios.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Only scenarios whose `group/name` contains this or fits this glob, or that have this tag (`tag:slow`)
    #[arg(value_name = "FILTER")]
    pub(crate) filters: Vec<String>,
}

/// Where scenarios and snapshots are.
#[derive(Debug, Args)]
pub(crate) struct Folders {
    /// The folder of the scenarios
    #[arg(long, value_name = "DIR", default_value = "scenarios")]
    pub(crate) scenarios: PathBuf,

    /// The folder of the snapshots [default: `snapshots` beside the scenarios]
    #[arg(long, value_name = "DIR")]
    snapshots: Option<PathBuf>,
}

impl Folders {
    /// A filter that was given as the path of a scenario, or of a folder of them, as a shell
    /// completes it: the pattern for these. Others stay as they are.
    pub(crate) fn pattern(&self, text: &str) -> String {
        let below = |path: &str| {
            let (path, root) = (Path::new(path).canonicalize().ok()?, self.scenarios.canonicalize().ok()?);
            let name = if path.is_dir() {
                path.strip_prefix(root).ok()?.join("**").to_str()?.to_owned()
            } else if path.extension()? == "md" {
                // A glob with a slash is compared with the whole name, and this one is of no other name.
                format!("{{{},/}}", Name::below(&root, &path)?.to_string().replace(',', "[,]"))
            } else {
                return None;
            };
            Some(name)
        };
        below(text).unwrap_or_else(|| text.to_owned())
    }

    /// `--snapshots`, or the folder beside the scenarios.
    pub(crate) fn snapshots(&self) -> PathBuf {
        const NAME: &str = "snapshots";
        if let Some(folder) = &self.snapshots {
            return folder.clone();
        }
        match self.scenarios.file_name() {
            Some(_) => self.scenarios.with_file_name(NAME),
            None => self.scenarios.join("..").join(NAME),
        }
    }
}

/// Which interpreters.
#[derive(Debug, Args)]
pub(crate) struct Pythons {
    /// Which Pythons: a path, 3.12, 3.8-3.13, cp312, pypy, 3.13t or all
    ///
    /// A comma separates several, and the option can be repeated:
    ///
    ///   PATH                an executable, or a virtual environment's folder
    ///   3.12, 3.12.1, 2.7   the highest version found that fits
    ///   3.8-3.13            one of each version from the first to the last
    ///   cp312, pp310        by tag
    ///   pypy, pypy3.10      the PyPy found
    ///   3.13t, 3.13d        free-threaded, debug build
    ///   all                 one of each tag
    ///
    /// Without it: what `python3` means in your environment.
    #[arg(
        short,
        long,
        value_name = "PYTHON",
        value_delimiter = ',',
        env = "RELOAD_HARNESS_PYTHON",
        hide_env_values = true,
        verbatim_doc_comment
    )]
    pub(crate) python: Vec<Request>,
}

/// How runs are played.
#[derive(Debug, Args)]
pub(crate) struct Playing {
    /// How many runs at once [default: one for each processor]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// How long one run may take, where its scenario does not say
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,

    /// Install no packages: a scenario that requires some which are not there is skipped
    #[arg(long)]
    pub(crate) offline: bool,

    /// Play the runs in an order that this number draws: none may depend on those before it
    #[arg(long, value_name = "NUMBER")]
    pub(crate) shuffle: Option<u64>,

    /// Tell how long the runs took, and the N that took longest [default: 10]
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "10")]
    pub(crate) durations: Option<usize>,

    /// Play each run with these hash seeds as well, and tell which steps they change: 0-7, or 1,5,9
    #[arg(long, value_name = "SEEDS", value_parser = seeds)]
    pub(crate) hashseeds: Option<Seeds>,
}

/// JSON instead of text.
#[derive(Debug, Args)]
pub(crate) struct Json {
    /// Print JSON, one object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// What reports show.
#[derive(Debug, Args)]
pub(crate) struct Reporting {
    #[command(flatten)]
    pub(crate) json: Json,

    /// Show the numbers of `id()` and addresses instead of the identities they stand for
    #[arg(long)]
    pub(crate) raw_ids: bool,
}

/// Hash seeds, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seeds(pub(crate) Vec<u32>);

/// More than one would wait for.
const MOST_SEEDS: usize = 1000;

fn seeds(text: &str) -> Result<Seeds, String> {
    let number = |text: &str| {
        text.trim().parse::<u32>().map_err(|_| format!("`{text}` is no hash seed, which is 0 to 4294967295"))
    };
    let mut seeds = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return Err(format!("{part} has no seed in it: the first is above the last"));
        }
        seeds.extend((first..=last).take(MOST_SEEDS + 1));
        if seeds.len() > MOST_SEEDS {
            return Err(format!("more than {MOST_SEEDS} seeds"));
        }
    }
    seeds.sort_unstable();
    seeds.dedup();
    Ok(Seeds(seeds))
}

/// Some thirty years: the clock can tell when that will be over, which it cannot of any duration.
const LONGEST: Duration = Duration::from_secs(1_000_000_000);

/// A time that is not zero.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("`{text}` is no number of seconds"))?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| !duration.is_zero() && *duration <= LONGEST)
        .ok_or_else(|| format!("{text} seconds is no time that a run can take"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_positive_numbers() {
        assert_eq!(seconds("10").unwrap(), Duration::from_secs(10));
        assert_eq!(seconds("0.25").unwrap(), Duration::from_millis(250));
        for text in ["0", "-1", "nan", "inf", "1e300", "ten", ""] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_clock_can_tell_when_the_longest_time_is_over() {
        for text in ["1e10", "9.3e18", "1e19"] {
            assert!(seconds(text).is_err(), "{text}");
        }
        let longest = seconds("1e9").unwrap();
        assert!(std::time::Instant::now().checked_add(longest).is_some());
    }

    #[test]
    fn seeds_are_numbers_and_ranges_of_them() {
        assert_eq!(seeds("0-3,9,2").unwrap(), Seeds(vec![0, 1, 2, 3, 9]));
        assert_eq!(seeds("4294967295").unwrap(), Seeds(vec![u32::MAX]));
        for text in ["", "a", "3-1", "-1", "0-4294967295", "4294967296"] {
            assert!(seeds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn snapshots_are_beside_the_scenarios_unless_they_are_elsewhere() {
        let snapshots = |scenarios: &str, snapshots: Option<&str>| {
            Folders { scenarios: scenarios.into(), snapshots: snapshots.map(PathBuf::from) }.snapshots()
        };
        assert_eq!(snapshots("scenarios", None), PathBuf::from("snapshots"));
        assert_eq!(snapshots("tests/reload/", None), PathBuf::from("tests/snapshots"));
        assert_eq!(snapshots("..", None), PathBuf::from("../../snapshots"));
        assert_eq!(snapshots("scenarios", Some("accepted")), PathBuf::from("accepted"));
    }
}
