//! The source in the order in which a person reads it, with the lines that have places.

use std::path::Path;

use crate::scenario::{Scenario, Step};
use crate::trace::Place;

/// A line of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Where it is, and what stands there.
    pub place: Place,
    /// The step whose statement it is, for a line of the transcript.
    pub step: Option<usize>,
}

/// A piece of source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// `foo.py`, `edit foo.py`, or nothing for a part of the transcript.
    pub title: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1-based, in the file; nothing in a transcript.
    pub number: Option<usize>,
    /// As it stands there, with its prompt.
    pub text: String,
    /// Which of the spots it is, if it has places.
    pub spot: Option<usize>,
}

impl Listing {
    fn has_spots(&self) -> bool {
        self.lines.iter().any(|line| line.spot.is_some())
    }
}

/// The files and the transcript of a scenario, in the order in which they stand, less those without
/// places.
pub(super) fn of_scenario(scenario: &Scenario, spots: &[Spot]) -> Vec<Listing> {
    let mut listings: Vec<Listing> = Vec::new();
    let mut in_transcript = false;
    for (number, step) in scenario.steps.iter().enumerate() {
        match step {
            Step::Write(write) => {
                in_transcript = false;
                let title = if write.edit { format!("edit {}", write.path) } else { write.path.to_string() };
                let text = String::from_utf8_lossy(&write.content);
                let lines = text.lines().enumerate().map(|(at, text)| Line {
                    number: Some(at + 1),
                    text: text.to_owned(),
                    spot: write.line.and_then(|first| {
                        spots.iter().position(|spot| spot.place.markdown == Some(first + at))
                    }),
                });
                listings.push(Listing { title, lines: lines.collect() });
            }
            Step::Statement(statement) => {
                if !in_transcript {
                    listings.push(Listing { title: String::new(), lines: Vec::new() });
                    in_transcript = true;
                }
                let lines = statement.source.lines().enumerate().map(|(at, text)| {
                    let is_here = |spot: &Spot| {
                        spot.place.markdown == Some(statement.line + at)
                            && spot.step.is_none_or(|step| step == number)
                    };
                    let prompt = if at == 0 { ">>> " } else { "... " };
                    Line {
                        number: None,
                        text: format!("{prompt}{text}"),
                        spot: spots.iter().position(is_here),
                    }
                });
                listings.last_mut().map(|listing| listing.lines.extend(lines)).unwrap_or_default();
            }
        }
    }
    listings.retain(Listing::has_spots);
    listings
}

/// The files of a program that have places. `read` gives the lines of one.
pub(super) fn of_files(spots: &[Spot], mut read: impl FnMut(&Path) -> Vec<String>) -> Vec<Listing> {
    let mut files: Vec<&str> = Vec::new();
    for spot in spots {
        if !files.contains(&spot.place.file.as_str()) {
            files.push(&spot.place.file);
        }
    }
    files.sort_unstable();
    let listing = |file: &str| Listing {
        title: file.to_owned(),
        lines: read(Path::new(file))
            .into_iter()
            .enumerate()
            .map(|(at, text)| Line {
                number: Some(at + 1),
                text,
                spot: spots.iter().position(|spot| spot.place.file == file && spot.place.line == at + 1),
            })
            .collect(),
    };
    files.into_iter().map(listing).filter(Listing::has_spots).collect()
}
