//! Finds the reason in what pip says.

/// What pip gives up with where it reached no index: as if there were no such package.
const RETRYING: &str = "Retrying (Retry(";

/// The line that tells why, as it would stand within a sentence.
pub(super) fn reason(output: &str) -> String {
    let lines = || output.lines().map(str::trim).filter(|line| !line.is_empty());
    if lines().any(|line| line.contains(RETRYING)) && output.contains("from versions: )")
        || output.contains("from versions: none)") && output.contains(RETRYING)
    {
        return "no package index could be reached".to_owned();
    }
    let is_advice = |line: &&str| {
        ["WARNING:", "[notice]", "You should consider", "You are using pip", "hint:", "note:"]
            .iter()
            .any(|advice| line.starts_with(advice))
    };
    let said = lines().rfind(|line| !is_advice(line)).unwrap_or("it said nothing");
    said.trim_start_matches("ERROR: ").trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn the_last_line_that_is_no_advice_tells_why() {
        let output = "Collecting six==99\n  ERROR: Could not find a version that satisfies the requirement \
            six==99 (from versions: 1.0)\nERROR: No matching distribution found for six==99\n\
            WARNING: You are using pip version 19.2.3\n\n[notice] A new release of pip is available\n";
        assert_eq!(reason(output), "No matching distribution found for six==99");
        assert_eq!(
            reason("/usr/bin/python3: No module named pip\n"),
            "/usr/bin/python3: No module named pip"
        );
        assert_eq!(reason("\n"), "it said nothing");
    }

    #[test]
    fn an_index_out_of_reach_is_not_taken_for_one_that_lacks_the_package() {
        for versions in ["none", ""] {
            let output = format!(
                "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by \
                'NewConnectionError': /simple/six/\nERROR: Could not find a version that satisfies the \
                requirement six (from versions: {versions})\nERROR: No matching distribution found for six\n"
            );
            assert_eq!(reason(&output), "no package index could be reached");
        }
    }
}
