//! CSV (RFC 4180) for spreadsheet programs.

/// The character by which spreadsheet programs detect UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Returns a writer that appends to a text.
pub fn writer(start: Vec<u8>) -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(start)
}

/// Inserts an apostrophe before every character that would start a formula (OWASP, "CSV Injection"): at the start of
/// the field, and after every character that a program may interpret as the end of a field, such as the semicolon in
/// Czech spreadsheets. Spaces before the character are skipped.
pub fn escaped(field: String) -> String {
    let mut escaped = String::with_capacity(field.len());
    let mut at_start = true;
    for character in field.chars() {
        if at_start && starts_formula(character) {
            escaped.push('\'');
        }
        let separates = matches!(character, ';' | ',' | '\t' | '"' | '\r' | '\n' | '|');
        at_start = separates || (at_start && matches!(character, ' ' | '\u{a0}' | '\u{feff}' | '\''));
        escaped.push(character);
    }
    escaped
}

fn starts_formula(character: char) -> bool {
    matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_escaped() {
        for (typed, written) in [
            ("Alena", "Alena"),
            ("", ""),
            ("=1+1", "'=1+1"),
            ("+420 601 123 456", "'+420 601 123 456"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\t'=1"),
            (" =1", " '=1"),
            ("x;=1+1", "x;'=1+1"),
            ("x, @a", "x, '@a"),
            ("two\n-lines", "two\n'-lines"),
            ("1-2", "1-2"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(escaped(typed.into()), written);
        }
    }
}
