//! The bound values of a recorded statement, as SQL.

/// Returns the values of a list such as `[cbr_1, "text", Some(UtcTime(2027-03-30T07:00:00)), [Completed], 51]` as
/// literals without a type, which PostgreSQL converts to the type of their parameter.
pub fn literals(binds: &str) -> Vec<String> {
    items(inner(binds, '[', ']').unwrap_or_default()).into_iter().map(literal).collect()
}

fn literal(value: &str) -> String {
    if value == "None" {
        return "NULL".to_owned();
    }
    if let Some(list) = inner(value, '[', ']') {
        let values: Vec<String> = items(list).into_iter().map(text).collect();
        return format!("'{{{}}}'", values.join(","));
    }
    format!("'{}'", text(value).replace('\'', "''"))
}

/// Returns the text of a value in the database. Enumerations are in snake case there.
fn text(value: &str) -> String {
    if let Some(quoted) = inner(value, '"', '"') {
        return quoted.to_owned();
    }
    // `Some(...)`, `UtcTime(...)`, `Day(...)`
    if let Some((_, rest)) = value.split_once('(') {
        return text(rest.strip_suffix(')').unwrap_or(rest));
    }
    let mut text = String::new();
    for (position, character) in value.char_indices() {
        // The T of an instant follows a digit.
        let starts_word = character.is_ascii_uppercase() && !value.starts_with(|first: char| first.is_ascii_digit());
        if starts_word && position > 0 {
            text.push('_');
        }
        text.push(if starts_word { character.to_ascii_lowercase() } else { character });
    }
    text
}

fn inner(text: &str, start: char, end: char) -> Option<&str> {
    text.strip_prefix(start)?.strip_suffix(end)
}

/// Splits a list at the commas that are not inside quotes, brackets or parentheses.
fn items(list: &str) -> Vec<&str> {
    let (mut items, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0, false);
    for (position, character) in list.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                items.push(list[start..position].trim());
                start = position + 1;
            }
            _ => {}
        }
    }
    let last = list[start..].trim();
    if !last.is_empty() {
        items.push(last);
    }
    items
}

#[test]
fn values_become_literals() {
    let binds =
        r#"[cbr_1, "a, (b)", Some(UtcTime(2027-03-30T07:00:00)), [RetryScheduled, Missed], None, 51, true, Kept]"#;
    let literals = literals(binds);
    let expected = [
        "'cbr_1'",
        "'a, (b)'",
        "'2027-03-30T07:00:00'",
        "'{retry_scheduled,missed}'",
        "NULL",
        "'51'",
        "'true'",
        "'kept'",
    ];
    assert_eq!(literals, expected);
    assert!(super::binds::literals("[]").is_empty());
}
