//! `entente openapi`: prints the API document.

use std::io::Write;

use crate::app::openapi;

/// Prints the API document as in `openapi/openapi.json`.
pub fn print() -> Result<(), String> {
    let text = openapi::pretty(&openapi::document()?)?;
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())
}
