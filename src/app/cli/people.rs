//! `entente people import`: people from a CSV file of the HR system.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::database::{Database, explain_with};
use super::people_csv::{self, Row};
use super::print_line;
use crate::directory::people::{PeopleImport, PeopleImportResult, PersonBody, PersonOutcome, import};
use crate::kernel::auth::LoginIssuers;
use crate::kernel::config::Settings;
use crate::kernel::http::body;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create and update the people in a file, all or none
    Import(Options),
}

/// What to import, and how.
#[derive(Debug, Args)]
pub struct Options {
    /// The CSV file, in UTF-8
    file: PathBuf,
    /// Check the file and print what would change, without changing anything
    #[arg(long)]
    dry_run: bool,
    /// The file has all people of the company: also list the active people who are not in it
    ///
    /// They are not changed. Deactivate those who have left with `POST /v1/people/{id}/deactivate`.
    #[arg(long)]
    full: bool,
    /// Character between the cells
    #[arg(long, default_value = ",", value_parser = delimiter)]
    delimiter: u8,
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        [byte] if byte.is_ascii_punctuation() || *byte == b'\t' => Ok(*byte),
        _ => Err("expected one character, such as ';' or a tab".to_owned()),
    }
}

/// Runs a command.
pub fn run(settings: &Settings, Command::Import(options): &Command) -> Result<(), String> {
    let named = |error: String| format!("{}: {error}", options.file.display());
    let bytes = std::fs::read(&options.file).map_err(|error| named(error.to_string()))?;
    let rows = people_csv::read(&bytes, options.delimiter).map_err(named)?;
    let issuers = LoginIssuers::from(&settings.auth);
    let result = import_rows(&Database::open(settings)?, issuers, options, &rows).map_err(named)?;
    print_report(&rows, &result)
}

fn import_rows(
    database: &Database,
    issuers: LoginIssuers,
    options: &Options,
    rows: &[Row],
) -> Result<PeopleImportResult, String> {
    let items: Vec<_> = rows.iter().map(|row| &row.item).collect();
    let batch = json!({ "items": items, "dry_run": options.dry_run, "full": options.full }).to_string();
    let imported = body::read::<PeopleImport>(batch.as_bytes())
        .and_then(|batch| database.write(move |tx| import::import(tx, &issuers, &batch)));
    imported.map_err(|error| explain_with(&error, |pointer| place(pointer, rows)))
}

/// Returns the line and the column of a JSON pointer such as `/items/7/home_position/title`.
fn place(pointer: &str, rows: &[Row]) -> String {
    let item = pointer.strip_prefix("/items/").unwrap_or_default();
    let (index, field) = item.split_once('/').unwrap_or((item, ""));
    let row = index.parse::<usize>().ok().and_then(|index| rows.get(index));
    match (row, field.rsplit('/').next().unwrap_or_default()) {
        (None, _) => "the file".to_owned(),
        (Some(row), "") => format!("line {}", row.line),
        (Some(row), column) => format!("line {}, {column}", row.line),
    }
}

/// Prints the rows that change the directory, the absent people and the counts.
fn print_report(rows: &[Row], result: &PeopleImportResult) -> Result<(), String> {
    for (row, item) in rows.iter().zip(&result.data).filter(|(_, item)| item.outcome != PersonOutcome::Unchanged) {
        let email = row.item["email"].as_str().unwrap_or_default();
        print_line(format!("line {}: {} {email}", row.line, item.outcome.as_str()))?;
    }
    for PersonBody { id, display_name, email, .. } in result.absent.iter().flatten() {
        print_line(format!("absent: {id} {display_name} <{email}>"))?;
    }
    let counts = result.counts;
    let absent = result.absent.as_ref().map(|absent| format!(", absent {}", absent.len())).unwrap_or_default();
    let note = if result.dry_run { "; dry run, nothing was changed" } else { "" };
    let (created, updated, unchanged) = (counts.created, counts.updated, counts.unchanged);
    print_line(format!("created {created}, updated {updated}, unchanged {unchanged}{absent}{note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_becomes_a_line_and_a_column() {
        let rows = [2, 5].map(|line| Row { line, item: json!({}) });
        for (pointer, expected) in [
            ("/items/1/home_position/title", "line 5, title"),
            ("/items/0/email", "line 2, email"),
            ("/items/0", "line 2"),
            ("/items/7/email", "the file"),
            ("/items", "the file"),
            ("", "the file"),
        ] {
            assert_eq!(place(pointer, &rows), expected, "{pointer}");
        }
    }
}
