//! Calendar files with closed days, CSV files of people, and files of evidence.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use super::text;
use crate::app::cli::people_csv;
use crate::calendar::closed_days::ics;
use crate::collaboration::evidence::compare::{Comparison, compare};
use crate::collaboration::evidence::verify::verify;
use crate::kernel::time::Day;

/// The closed days of a calendar file are within the limits, and are the same after they were written to a new file.
pub fn calendar_file(bytes: &[u8]) -> bool {
    match ics::closed_days(&text(bytes), "Closed") {
        Ok(days) => {
            assert!((1..=1_000).contains(&days.len()), "{} days", days.len());
            for reason in days.values() {
                let is_printable = !reason.is_empty() && !reason.contains(char::is_control);
                assert!(is_printable && reason.chars().count() <= 200, "{reason:?}");
            }
            assert_eq!(ics::closed_days(&calendar_of(&days), "Other").ok(), Some(days));
            true
        }
        Err(violations) => {
            assert!(!violations.is_empty(), "no violation says what is wrong");
            false
        }
    }
}

fn calendar_of(days: &BTreeMap<Day, String>) -> String {
    let mut file = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n".to_owned();
    for (day, reason) in days {
        let start = day.to_string().replace('-', "");
        let summary = reason.replace('\\', r"\\").replace(',', r"\,").replace(';', r"\;");
        let _ = write!(file, "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{start}\r\nSUMMARY:{summary}\r\nEND:VEVENT\r\n");
    }
    file + "END:VCALENDAR\r\n"
}

/// A valid file of evidence has one form: it is not valid with a byte more or less, and with any other last byte. It
/// continues itself.
pub fn evidence(bytes: &[u8]) -> bool {
    let Ok(verified) = verify(bytes) else { return false };
    assert_eq!(compare(&verified, &verified), Ok(Comparison { added: 0, erased: 0 }));
    let Some((last, start)) = bytes.split_last() else { return false };
    assert!(verify(start).is_err() && verify(&[bytes, b" "].concat()).is_err());
    assert!(verify(&[start, &[last ^ 1]].concat()).is_err());
    true
}

const COLUMNS: [&str; 12] = [
    "display_name",
    "email",
    "login",
    "login_issuer",
    "employee_number",
    "department_key",
    "department_id",
    "title",
    "manager_login",
    "manager_email",
    "valid_from",
    "valid_to",
];

/// The items of a file of people have the known members with trimmed text, and are the same after they were written to
/// a new file. A file that starts with `;` or a tab has that delimiter, and the rest is the file.
pub fn people_file(bytes: &[u8]) -> bool {
    let (delimiter, file) = match bytes {
        [delimiter @ (b';' | b'\t'), file @ ..] => (*delimiter, file),
        _ => (b',', bytes),
    };
    let Ok(rows) = people_csv::read(file, delimiter) else { return false };
    let last_line = 1 + file.iter().filter(|byte| **byte == b'\n').count() as u64;
    assert!(rows.iter().all(|row| (1..=last_line).contains(&row.line)), "{rows:?}");
    assert!(rows.is_sorted_by_key(|row| row.line), "{rows:?}");
    let items: Vec<Value> = rows.into_iter().map(|row| row.item).collect();
    for item in &items {
        check_members(item);
    }
    let again = people_of(&items).and_then(|file| people_csv::read(&file, b',').ok());
    let again = again.map(|rows| rows.into_iter().map(|row| row.item).collect::<Vec<_>>());
    assert_eq!(again, Some(items));
    true
}

fn check_members(item: &Value) {
    for (name, value) in item.as_object().into_iter().flatten() {
        match value {
            Value::String(text) => {
                assert!(COLUMNS.contains(&name.as_str()) && !text.is_empty() && text.trim() == text, "{item}");
            }
            position => {
                assert!(name == "home_position" && position.as_object().is_some_and(|cells| !cells.is_empty()));
                check_members(position);
            }
        }
    }
}

fn people_of(items: &[Value]) -> Option<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).ok()?;
    for item in items {
        let cell = |column: &str| item[column].as_str().or_else(|| item["home_position"][column].as_str());
        writer.write_record(COLUMNS.map(|column| cell(column).unwrap_or_default())).ok()?;
    }
    writer.into_inner().ok()
}
