//! `entente openapi`.

use std::io::Write;

use crate::app::openapi;

/// Prints the document as it is committed.
pub fn print() -> Result<(), String> {
    let text = openapi::pretty(&openapi::document()?)?;
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())
}
