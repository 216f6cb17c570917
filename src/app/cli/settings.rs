//! `entente settings`: prints the table of settings in docs/operating/settings.md, so that there is only one list.

use super::print_line;

const SETTINGS: &str = include_str!("../../../docs/operating/settings.md");

/// Prints every setting with its default and its description.
pub fn print() -> Result<(), String> {
    print_line(
        "Set these as environment variables, or without the prefix and in lower case in the TOML file at ENTENTE_CONFIG,\nwhere lists are arrays.\n",
    )?;
    for row in SETTINGS.lines().filter_map(Row::parse) {
        print_line(row)?;
    }
    Ok(())
}

/// A row of the table: `| names | default | description |`.
struct Row {
    names: String,
    default: String,
    description: String,
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let cells: Vec<_> = line.strip_prefix("| `ENTENTE_")?.strip_suffix('|')?.split('|').map(str::trim).collect();
        let [names, default, description] = cells[..] else { return None };
        let plain = |text: &str| text.replace('`', "");
        Some(Self {
            names: plain(&format!("ENTENTE_{names}")),
            default: plain(default),
            description: plain(description),
        })
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { names, default, description } = self;
        match default.as_str() {
            "" => writeln!(f, "{names}")?,
            default => writeln!(f, "{names}  (default: {default})")?,
        }
        writeln!(f, "    {description}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_listed() {
        let rows: Vec<_> = SETTINGS.lines().filter_map(Row::parse).collect();
        let listed = SETTINGS.lines().filter(|line| line.starts_with("| `ENTENTE_")).count();
        assert!(rows.len() == listed && listed > 20, "{} of {listed}", rows.len());
        let first = rows.first().map(ToString::to_string).unwrap_or_default();
        assert_eq!(first, "ENTENTE_LISTEN  (default: 127.0.0.1:8080)\n    Address and port of the API.\n");
    }
}
