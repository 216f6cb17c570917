//! The `entente` command.
fn main() {
    if let Ok(d) = entente::openapi::document()
        && let Ok(t) = entente::openapi::pretty(&d)
    {
        use std::io::Write;
        let _ = write!(std::io::stdout(), "{t}");
    }
}
