//! The command line: `entente`, and what can be said after it.

mod demo;
mod health;
mod migrate;
mod openapi;
mod secret;
mod serve;
mod token;
mod worker;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Settings;

/// System of record for projects that two departments own together.
///
/// Without a command it serves the API on a SQLite database in the current folder. Settings are
/// environment variables (ENTENTE_*), or a TOML file named by ENTENTE_CONFIG; the README has all.
#[derive(Debug, Parser)]
#[command(name = "entente", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (the default); applies pending migrations first
    Serve,
    /// Dispatch events and deliver webhooks in a process of their own
    Worker,
    /// Apply pending migrations and end
    Migrate,
    /// Print the OpenAPI document; needs no database
    Openapi,
    /// Print a token for development
    Token(token::Options),
    /// Serve the API on an example: a project of Marketing and IT, with callbacks
    Demo,
    /// Ask a running service whether it is ready; for health checks of containers
    Health,
}

/// Runs what the command line says.
#[must_use]
pub fn run() -> ExitCode {
    let command = Cli::parse().command.unwrap_or(Command::Serve);
    let outcome = match command {
        Command::Openapi => openapi::print(),
        Command::Serve => Settings::load().and_then(serve::run),
        Command::Worker => Settings::load().and_then(worker::run),
        Command::Migrate => Settings::load().and_then(|settings| migrate::run(&settings)),
        Command::Token(options) => Settings::load().and_then(|settings| token::print(&settings, &options)),
        Command::Demo => Settings::load().and_then(demo::run),
        Command::Health => Settings::load().and_then(|settings| health::ask(&settings)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // Nowhere else to tell it if even this fails.
            let _ = writeln!(std::io::stderr(), "entente: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Writes a line to standard output; a closed pipe is an error, not a panic.
fn say(line: impl std::fmt::Display) -> Result<(), String> {
    writeln!(std::io::stdout(), "{line}").map_err(|error| error.to_string())
}
