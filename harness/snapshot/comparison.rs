//! A report against the epoch in force.

use crate::python::Tag;

use super::epoch::{Epoch, normalize};

/// How a report stands against what was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// It is what was accepted.
    Equal,
    /// It is not.
    Differs {
        /// The accepted report.
        expected: String,
        /// The interpreter with which the accepted report's epoch begins.
        epoch: Tag,
    },
    /// Nothing was accepted for this interpreter.
    Missing,
}

/// Compares a report with the epoch in force for its interpreter.
pub fn compare(report: &str, in_force: Option<&Epoch>) -> Comparison {
    match in_force {
        None => Comparison::Missing,
        Some(epoch) if epoch.text() == normalize(report) => Comparison::Equal,
        Some(epoch) => Comparison::Differs { expected: epoch.text().to_owned(), epoch: epoch.tag() },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn white_space_at_the_end_and_carriage_returns_make_no_difference() {
        let epoch = Epoch::new("cp27".parse().unwrap(), "a\r\nb\n\n");
        assert_eq!(compare("a\nb", Some(&epoch)), Comparison::Equal);
        assert_eq!(compare("a\r\r\nb \t\n", Some(&epoch)), Comparison::Equal);
    }

    #[test]
    fn a_difference_names_the_epoch_it_was_compared_with() {
        let tag = "cp27".parse().unwrap();
        let epoch = Epoch::new(tag, "a\n");
        let differs = Comparison::Differs { expected: "a".into(), epoch: tag };
        assert_eq!(compare(" a", Some(&epoch)), differs);
        assert_eq!(compare("a", None), Comparison::Missing);
    }
}
