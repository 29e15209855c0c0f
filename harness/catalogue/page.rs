//! The page that the contents stand in: what people write around them stays theirs.

/// Between these lines stands what is generated.
const BEGIN: &str = "<!-- contents: written by `reload-harness contents`, and not by hand -->";
const END: &str = "<!-- end of contents -->";

/// There is a page, and no place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it has no place for the contents: put these two lines where they belong\n{BEGIN}\n{END}")]
pub struct Unplaced;

/// A page with these contents in place of those that it has; a new page where there is none.
pub fn placed(page: Option<&str>, contents: &str) -> Result<String, Unplaced> {
    let Some(page) = page else { return Ok(format!("# Scenarios\n\n{BEGIN}\n\n{contents}\n{END}\n")) };
    let (before, rest) = page.split_once(BEGIN).ok_or(Unplaced)?;
    let (_, after) = rest.split_once(END).ok_or(Unplaced)?;
    Ok(format!("{before}{BEGIN}\n\n{contents}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_the_contents_stays() {
        let page = placed(None, "one\n").unwrap_or_default();
        assert!(page.starts_with("# Scenarios\n\n<!-- contents: ") && page.ends_with("of contents -->\n"));
        let mine = format!("{}\nmore\n", page.replace("# Scenarios", "# Mine\n\nprose"));
        let again = placed(Some(&mine), "two\n").unwrap_or_default();
        assert_eq!(again, mine.replace("\none\n", "\ntwo\n"));
        assert_eq!(placed(Some(&again), "two\n"), Ok(again));
    }

    #[test]
    fn a_page_without_a_place_is_not_touched() {
        let told = placed(Some("# Mine\n"), "one\n").map_err(|error| error.to_string());
        assert!(told.is_err_and(|error| error.contains("put these two lines") && error.ends_with(END)));
        assert_eq!(placed(Some(END), "one\n"), Err(Unplaced));
    }
}
