//! `entente settings`: the settings as README.md has them, so that there is one list.

use super::say;

const README: &str = include_str!("../../../README.md");

/// Prints every setting with its default and its meaning.
pub fn print() -> Result<(), String> {
    say(
        "Environment variables, or the same names in lower case without the prefix in a TOML file that ENTENTE_CONFIG names.\n",
    )?;
    for row in README.lines().filter_map(Row::parse) {
        say(row)?;
    }
    Ok(())
}

/// A row of the table: `| names | default | meaning |`.
struct Row {
    names: String,
    default: String,
    meaning: String,
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let cells: Vec<_> = line.strip_prefix("| `ENTENTE_")?.strip_suffix('|')?.split('|').map(str::trim).collect();
        let [names, default, meaning] = cells[..] else { return None };
        let plain = |text: &str| text.replace('`', "");
        Some(Self { names: plain(&format!("ENTENTE_{names}")), default: plain(default), meaning: plain(meaning) })
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { names, default, meaning } = self;
        match default.as_str() {
            "" => writeln!(f, "{names}")?,
            default => writeln!(f, "{names}  (default: {default})")?,
        }
        writeln!(f, "    {meaning}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_listed() {
        let rows: Vec<_> = README.lines().filter_map(Row::parse).collect();
        let listed = README.lines().filter(|line| line.starts_with("| `ENTENTE_")).count();
        assert!(rows.len() == listed && listed > 20, "{} of {listed}", rows.len());
        let first = rows.first().map(ToString::to_string).unwrap_or_default();
        assert_eq!(first, "ENTENTE_LISTEN  (default: 127.0.0.1:8080)\n    Address and port of the API.\n");
    }
}
