//! A CSV file of people, as the items of an import. Pure, so that it is tested without a database.

use serde_json::{Map, Value};

/// The columns of a person. Those after the first two are optional.
const PERSON: [&str; 5] = ["display_name", "email", "login", "login_issuer", "employee_number"];
/// The optional columns of the regular position.
const POSITION: [&str; 7] =
    ["department_key", "department_id", "title", "manager_login", "manager_email", "valid_from", "valid_to"];

/// A row of the file.
#[derive(Debug, PartialEq)]
pub struct Row {
    /// Number of the line on which the row starts.
    pub line: u64,
    /// An item of the body of `POST /v1/people/import`. Its values are not validated.
    pub item: Value,
}

/// Reads the rows of a file. An empty cell is an absent value.
///
/// # Errors
/// When the file is not CSV in UTF-8, or its columns are not the known ones.
pub fn read(bytes: &[u8], delimiter: u8) -> Result<Vec<Row>, String> {
    // Spreadsheets write a byte order mark.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(bytes);
    let columns = reader.headers().map_err(|error| error.to_string())?.clone();
    check_columns(&columns)?;
    let mut lines = Lines { bytes, at: 0, line: 1 };
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let start = record.position().map_or(0, csv::Position::byte);
        rows.push(Row { line: lines.line_from(start), item: item(&columns, &record) });
    }
    Ok(rows)
}

/// Counts the lines of a file. The reader counts one too few after `\r\n`, and does not count empty lines.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// Returns the line of the first character at `start` or later that ends no line. Later calls have a later `start`.
    fn line_from(&mut self, start: u64) -> u64 {
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        while let Some(byte) = self.bytes.get(self.at)
            && (self.at < start || matches!(byte, b'\r' | b'\n'))
        {
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

fn check_columns(columns: &csv::StringRecord) -> Result<(), String> {
    let known = [&PERSON[..], &POSITION[..]].concat();
    for (index, column) in columns.iter().enumerate() {
        if !known.contains(&column) {
            return Err(format!("unknown column {column:?}; known columns: {}", known.join(", ")));
        }
        if columns.iter().take(index).any(|earlier| earlier == column) {
            return Err(format!("the column {column:?} occurs twice"));
        }
    }
    match PERSON[..2].iter().find(|required| !columns.iter().any(|column| column == **required)) {
        Some(missing) => Err(format!("the column {missing:?} is missing; the first line has the names of the columns")),
        None => Ok(()),
    }
}

fn item(columns: &csv::StringRecord, record: &csv::StringRecord) -> Value {
    let cells = columns.iter().zip(record).filter(|(_, value)| !value.is_empty());
    let (person, position): (Vec<_>, Vec<_>) = cells.partition(|(column, _)| PERSON.contains(column));
    let mut person = object(person);
    if !position.is_empty() {
        person.insert("home_position".to_owned(), Value::Object(object(position)));
    }
    Value::Object(person)
}

fn object(cells: Vec<(&str, &str)>) -> Map<String, Value> {
    cells.into_iter().map(|(column, value)| (column.to_owned(), value.into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_become_items() {
        let file = "\u{feff}email;display_name;department_key;title;valid_from\r\n\
                    jana@example.com; Jana Nováková ;marketing;\"Head; Brand\";2027-01-01\r\n\r\n\
                    petr@example.com;\"Petr\nSvoboda\";;;\r\n\
                    eva@example.com;Eva;it;Analyst;\r\n";
        let rows = read(file.as_bytes(), b';').unwrap();
        let position = json!({"department_key": "marketing", "title": "Head; Brand", "valid_from": "2027-01-01"});
        let jana = json!({"email": "jana@example.com", "display_name": "Jana Nováková", "home_position": position});
        assert_eq!(rows[0], Row { line: 2, item: jana });
        assert_eq!(rows[1].item, json!({"email": "petr@example.com", "display_name": "Petr\nSvoboda"}));
        assert_eq!((rows[1].line, rows[2].line), (4, 6));
        assert_eq!(rows[2].item["home_position"], json!({"department_key": "it", "title": "Analyst"}));
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn a_file_with_other_columns_is_refused() {
        for (file, expected) in [
            ("email,display_name,salary\n", "unknown column \"salary\""),
            ("email,email,display_name\n", "the column \"email\" occurs twice"),
            ("email;display_name\n", "unknown column \"email;display_name\""),
            ("email,login\n", "the column \"display_name\" is missing"),
            ("", "the column \"display_name\" is missing"),
            ("email,display_name\na@example.com\n", "line: 2"),
        ] {
            let message = read(file.as_bytes(), b',').unwrap_err();
            assert!(message.contains(expected), "{file:?}: {message}");
        }
        assert!(read(b"email,display_name\na@example.com,\xff\n", b',').unwrap_err().contains("UTF-8"));
        assert_eq!(read(b"email,display_name\n", b','), Ok(Vec::new()));
    }
}
