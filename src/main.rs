//! The `entente` command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    entente::app::cli::run()
}
