//! The `entente` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    entente::app::cli::run()
}
