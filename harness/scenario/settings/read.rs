//! Reads a settings block: TOML, each key on its own, so that one pass finds every error.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::flaw::Flaw;
use super::piece::pieces;
use super::slip;
use super::specifier;
use super::{Bytecode, Settings};
use crate::scenario::block::Block;
use crate::scenario::problem::Problem;
use crate::scenario::suggest::{did_you_mean, nearest};

/// Every setting there is.
pub(crate) const KEYS: [&str; 7] = ["python", "bytecode", "timeout", "hashseed", "site", "requires", "tags"];
const BYTECODE: [&str; 3] = ["off", "timestamp", "hash"];
const LONGEST_TIMEOUT: f64 = 3600.0;

/// The settings of a block, with the default for whatever is wrong in it.
pub(in crate::scenario) fn read(block: &Block, problems: &mut Vec<Problem>) -> Settings {
    let (settings, keys) = (Settings::default(), BTreeMap::new());
    let mut reader = Reader { block, problems, settings, keys, offset: 0 };
    if DeTable::parse(&block.content).is_ok() {
        reader.piece(0..block.content.len());
    } else {
        // Where a line is broken, the parser gives up on those below or takes them for what they are not.
        for piece in pieces(&block.content) {
            reader.piece(piece);
        }
    }
    reader.settings
}

type Key<'i> = Spanned<Cow<'i, str>>;
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

pub(super) struct Reader<'b, 'p> {
    pub(super) block: &'b Block,
    pub(super) problems: &'p mut Vec<Problem>,
    pub(super) settings: Settings,
    /// Which settings there were, and where.
    keys: BTreeMap<String, Range<usize>>,
    /// Where in the block the piece begins that is read.
    offset: usize,
}

impl Reader<'_, '_> {
    fn piece(&mut self, piece: Range<usize>) {
        self.offset = piece.start;
        // Else what is missing at the end would be missed in the next line.
        let text = self.block.content[piece].trim_end_matches('\n');
        let (table, mut errors) = DeTable::parse_recoverable(text);
        let place = |error: &toml::de::Error| error.span().unwrap_or(text.len()..text.len());
        errors.sort_by_key(|error| place(error).start);
        let mut broken = BTreeSet::new();
        for error in errors {
            let span = place(&error);
            if broken.insert(self.row(span.start)) {
                let line =
                    text.get(..span.start).and_then(|above| above.rfind('\n')).map_or(0, |end| end + 1);
                let help = slip::did_you_mean(text[line..].lines().next().unwrap_or_default());
                let problem = self.problem(span, "the settings are not TOML");
                self.problems.push(problem.label(error.message()).help(help));
            }
        }
        for (key, value) in table.get_ref() {
            // What was made of a line that is not TOML says nothing about what its author meant.
            let mut rows = self.row(key.span().start)..=self.row(value.span().end);
            if !rows.any(|row| broken.contains(&row)) {
                self.once(key, value);
            }
        }
    }

    fn once(&mut self, key: &Key<'_>, value: &Value<'_>) {
        let name = key.get_ref().as_ref();
        let place = self.place(&key.span());
        if let Some(first) = self.keys.get(name) {
            let problem = self.problem(key.span(), format!("the key `{name}` is there twice")).label("again");
            return self.problems.push(problem.context(first.clone(), "first here"));
        }
        self.keys.insert(name.to_owned(), place);
        self.take(key, value);
    }

    fn take(&mut self, key: &Key<'_>, value: &Value<'_>) {
        match key.get_ref().as_ref() {
            "python" => self.python(value),
            "bytecode" => self.bytecode(value),
            "timeout" => self.timeout(value),
            "hashseed" => {
                let expected = "`hashseed` is a whole number from 0 to 4294967295";
                let is_whole = value.get_ref().as_integer().is_some();
                if let Some(seed) = self.number(value, expected, is_whole) {
                    self.settings.hashseed = seed;
                }
            }
            "site" => {
                if let Some(site) = self.typed(value, "`site` is true or false") {
                    self.settings.site = site;
                }
            }
            "requires" => self.requires(value),
            "tags" => self.tags(value),
            unknown => {
                let help =
                    did_you_mean(unknown, KEYS).unwrap_or_else(|| format!("there are {}", KEYS.join(", ")));
                let problem = self.problem(key.span(), format!("unknown key `{unknown}`"));
                self.problems.push(problem.label("not a setting").help(help));
            }
        }
    }

    fn python(&mut self, value: &Value<'_>) {
        let expected = "`python` is a range of versions, such as \">=2.7\"";
        let Some(text) = self.typed::<String>(value, expected) else { return };
        match specifier::read(&text) {
            Ok(specifiers) => self.settings.python = Some(specifiers),
            Err(flaws) => flaws.into_iter().for_each(|flaw| self.flaw(value, &text, flaw)),
        }
    }

    fn bytecode(&mut self, value: &Value<'_>) {
        let expected = "`bytecode` is \"off\", \"timestamp\" or \"hash\"";
        let meant = value.get_ref().as_str().and_then(|word| nearest(word, BYTECODE));
        let before = self.problems.len();
        if let Some(bytecode) = self.typed::<Bytecode>(value, expected) {
            self.settings.bytecode = bytecode;
        }
        if let (Some(meant), Some(problem)) = (meant, self.problems.get_mut(before)) {
            problem.help = Some(format!("did you mean \"{meant}\"?"));
        }
    }

    fn timeout(&mut self, value: &Value<'_>) {
        let expected = "`timeout` is a number of seconds, above 0 and at most 3600";
        let is_number = matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_));
        let Some(seconds) = self.number::<f64>(value, expected, is_number) else { return };
        let timeout = Duration::try_from_secs_f64(seconds).ok();
        self.settings.timeout = timeout.filter(|timeout| !timeout.is_zero() && seconds <= LONGEST_TIMEOUT);
        if self.settings.timeout.is_none() {
            self.problems.push(self.problem(value.span(), expected).label("out of range"));
        }
    }

    /// A flaw in a string. Where that has no escapes, a place in it is a place in the file.
    pub(super) fn flaw(&mut self, value: &Value<'_>, text: &str, flaw: Flaw) {
        let start =
            self.block.content[self.offset..][value.span()].find(text).map(|at| value.span().start + at);
        let span = start.map_or(value.span(), |start| start + flaw.span.start..start + flaw.span.end);
        self.problems.push(self.problem(span, flaw.message).label(flaw.label).help(flaw.help));
    }

    /// The value as a type, or a problem that says what it should be.
    pub(super) fn typed<T: for<'de> Deserialize<'de>>(
        &mut self,
        value: &Value<'_>,
        expected: &str,
    ) -> Option<T> {
        let typed = T::deserialize(value.clone().into_deserializer());
        if typed.is_err() {
            let problem = self.mistyped(value, expected);
            self.problems.push(problem);
        }
        typed.ok()
    }

    /// The same of a number: one of the right type that is refused is none of those that there can be.
    fn number<T>(&mut self, value: &Value<'_>, expected: &str, is_typed: bool) -> Option<T>
    where
        T: for<'de> Deserialize<'de>,
    {
        let before = self.problems.len();
        let number = self.typed(value, expected);
        if let Some(problem) = self.problems.get_mut(before).filter(|_| is_typed) {
            let is_empty = value.get_ref().as_integer().is_some_and(|integer| integer.as_str().is_empty());
            problem.label = String::from(if is_empty { "this has no digits" } else { "out of range" });
        }
        number
    }

    pub(super) fn mistyped(&self, value: &Value<'_>, expected: &str) -> Problem {
        let label = match value.get_ref() {
            DeValue::String(_) => "this is a string",
            DeValue::Integer(_) => "this is an integer",
            DeValue::Float(_) => "this is a float",
            DeValue::Boolean(_) => "this is a boolean",
            DeValue::Datetime(_) => "this is a date or a time",
            DeValue::Array(_) => "this is an array",
            DeValue::Table(_) => "this is a table",
        };
        self.problem(value.span(), expected).label(label)
    }

    pub(super) fn problem(&self, span: Range<usize>, message: impl Into<String>) -> Problem {
        Problem::new(self.place(&span), message)
    }

    pub(super) fn place(&self, span: &Range<usize>) -> Range<usize> {
        self.block.place(&(self.offset + span.start..self.offset + span.end))
    }

    fn row(&self, start: usize) -> usize {
        self.block.row(self.offset + start)
    }
}
