//! From which Python on a report holds. Pure: data in, data out.
//!
//! The epochs of a scenario form one *line* for each implementation and build flavour, ordered by
//! version. `x@cp27` holds for CPython 2.7 and everything after it, until the next epoch of that line
//! begins. A flavoured line (`cp313t`, `cp312d`) holds from its own first epoch on; before that, its
//! interpreters are served by the plain line of the same implementation. PyPy never falls back to
//! CPython.

use crate::python::Tag;

/// An accepted (or proposed) report, and the first interpreter for which it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    tag: Tag,
    text: String,
}

impl Epoch {
    /// An epoch that begins with `tag`. The text is kept as [`normalize`] leaves it.
    pub fn new(tag: Tag, text: &str) -> Self {
        Epoch { tag, text: normalize(text) }
    }

    /// The first interpreter for which it holds.
    pub fn tag(&self) -> Tag {
        self.tag
    }

    /// The report.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// What insta keeps of a text when it writes it into a snapshot and reads it back: no white space at
/// its end, and `\n` wherever there was `\r\n`.
pub fn normalize(text: &str) -> String {
    let mut lines: Vec<&str> = text.trim_end().split('\n').collect();
    let last = lines.len() - 1;
    for line in &mut lines[..last] {
        *line = line.trim_end_matches('\r');
    }
    lines.join("\n")
}

/// The plain line's tag of the same implementation and version.
fn plain(tag: Tag) -> Tag {
    Tag { free_threaded: false, debug: false, ..tag }
}

fn same_line(a: Tag, b: Tag) -> bool {
    a.implementation == b.implementation && a.free_threaded == b.free_threaded && a.debug == b.debug
}

/// The epochs of one scenario, sorted by tag, at most one for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Epochs(Vec<Epoch>);

/// An epoch that says what the one below it says already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// The epoch that can go.
    pub tag: Tag,
    /// The one that then holds in its place, with the same text.
    pub into: Tag,
}

impl Epochs {
    /// The epoch that holds for this interpreter.
    pub fn in_force(&self, tag: Tag) -> Option<&Epoch> {
        let greatest = |tag: Tag| self.0.iter().rfind(|epoch| same_line(epoch.tag, tag) && epoch.tag <= tag);
        greatest(tag).or_else(|| greatest(plain(tag)))
    }

    /// The epoch that begins with this very interpreter.
    pub fn get(&self, tag: Tag) -> Option<&Epoch> {
        self.position(tag).ok().map(|at| &self.0[at])
    }

    /// Adds an epoch, or replaces the one that begins with the same interpreter.
    pub fn set(&mut self, epoch: Epoch) {
        match self.position(epoch.tag) {
            Ok(at) => self.0[at] = epoch,
            Err(at) => self.0.insert(at, epoch),
        }
    }

    /// Takes away the epoch that begins with this very interpreter.
    pub fn remove(&mut self, tag: Tag) -> Option<Epoch> {
        self.position(tag).ok().map(|at| self.0.remove(at))
    }

    /// All of them, by tag.
    pub fn iter(&self) -> std::slice::Iter<'_, Epoch> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These epochs as they would be once all of `proposed` were accepted.
    #[must_use]
    pub fn overlaid(&self, proposed: &Epochs) -> Epochs {
        let mut all = self.clone();
        proposed.iter().cloned().for_each(|epoch| all.set(epoch));
        all
    }

    /// The epochs that can go without any interpreter, present or absent, getting another text; in an
    /// order in which each can be taken away on its own.
    ///
    /// The first epoch of a flavoured line goes when the plain line says the same for as long as that
    /// epoch holds, not merely where it begins.
    pub fn folds(&self) -> Vec<Fold> {
        let mut left = self.clone();
        let mut folds = Vec::new();
        for pair in self.lines().iter().flat_map(|line| line.windows(2)) {
            if pair[0].text == pair[1].text {
                left.remove(pair[1].tag);
                if let Some(below) = left.in_force(pair[1].tag) {
                    folds.push(Fold { tag: pair[1].tag, into: below.tag });
                }
            }
        }
        while let Some(fold) = left.flavoured_repeat() {
            left.remove(fold.tag);
            folds.push(fold);
        }
        folds
    }

    /// The epochs that are left when every one that can go is gone.
    #[must_use]
    pub fn folded(&self) -> Epochs {
        let mut left = self.clone();
        for fold in self.folds() {
            left.remove(fold.tag);
        }
        left
    }

    /// A first epoch of a flavoured line that says what the plain line says, up to the second one.
    fn flavoured_repeat(&self) -> Option<Fold> {
        self.lines().iter().find_map(|line| {
            let first = line[0];
            if plain(first.tag) == first.tag {
                return None;
            }
            let below = self.in_force(plain(first.tag))?;
            let until = line.get(1).map(|second| plain(second.tag));
            let changes = self.iter().any(|epoch| {
                same_line(epoch.tag, plain(first.tag))
                    && epoch.tag > plain(first.tag)
                    && until.is_none_or(|until| epoch.tag < until)
            });
            (below.text == first.text && !changes).then_some(Fold { tag: first.tag, into: below.tag })
        })
    }

    fn lines(&self) -> Vec<Vec<&Epoch>> {
        let mut lines: Vec<Vec<&Epoch>> = Vec::new();
        for epoch in &self.0 {
            match lines.iter_mut().find(|line| same_line(line[0].tag, epoch.tag)) {
                Some(line) => line.push(epoch),
                None => lines.push(vec![epoch]),
            }
        }
        lines
    }

    fn position(&self, tag: Tag) -> Result<usize, usize> {
        self.0.binary_search_by_key(&tag, Epoch::tag)
    }
}

impl FromIterator<Epoch> for Epochs {
    fn from_iter<I: IntoIterator<Item = Epoch>>(epochs: I) -> Self {
        let mut all = Epochs::default();
        epochs.into_iter().for_each(|epoch| all.set(epoch));
        all
    }
}

impl<'a> IntoIterator for &'a Epochs {
    type Item = &'a Epoch;
    type IntoIter = std::slice::Iter<'a, Epoch>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
