//! What a setting was probably meant to be that is written as in another language.

use toml::de::DeTable;

use super::read::KEYS;

/// What stands for `=` elsewhere, and is none of TOML's; the longer before what it begins with.
const SIGNS: [&str; 4] = [":=", "==", ":", "="];
/// What in a range of versions stands where `=` should.
const COMPARISONS: [&str; 6] = [">=", "<=", "~=", "!=", ">", "<"];

/// The sentence that offers it, for a line that is not TOML.
pub(super) fn did_you_mean(line: &str) -> Option<String> {
    let line = line.trim();
    let key = KEYS.into_iter().find(|key| {
        line.strip_prefix(key)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })?;
    let value = line[key.len()..].trim_start();
    let comparison = COMPARISONS.into_iter().find(|sign| value.starts_with(sign));
    let value = if let Some(sign) = comparison.filter(|_| key == "python") {
        format!("\"{sign}{}\"", value[sign.len()..].trim().trim_matches(['"', '\'']))
    } else {
        let sign = SIGNS.into_iter().find(|sign| value.starts_with(sign)).unwrap_or_default();
        value[sign.len()..].trim_end_matches([';', ',']).trim().to_owned()
    };
    // TOML has no `True`.
    let meant = [value.clone(), value.to_lowercase()].map(|value| format!("{key} = {value}"));
    meant
        .into_iter()
        .find(|meant| DeTable::parse(meant).is_ok())
        .map(|meant| format!("did you mean `{meant}`?"))
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn what_other_languages_write_for_a_setting_is_understood() {
        for (line, meant) in [
            ("timeout: 5", Some("timeout = 5")),
            ("timeout 5", Some("timeout = 5")),
            ("timeout := 5", Some("timeout = 5")),
            ("timeout = 5;", Some("timeout = 5")),
            ("site = True", Some("site = true")),
            ("python >= '3.8'", Some("python = \">=3.8\"")),
            ("python: '>=3.8'", Some("python = '>=3.8'")),
            ("tags: ['a']", Some("tags = ['a']")),
            ("timeouts: 5", None),
            ("timeout", None),
            ("timeout: 5 s", None),
            ("tags = ['a'", None),
            ("timeout: 5 # s", Some("timeout = 5 # s")),
        ] {
            let meant = meant.map(|meant| format!("did you mean `{meant}`?"));
            assert_eq!(did_you_mean(line), meant, "{line}");
        }
    }
}
