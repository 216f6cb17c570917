//! The command line: `entente`, and what can be said after it.

mod demo;
mod health;
mod migrate;
mod openapi;
mod secret;
mod serve;
mod settings;
mod token;
mod worker;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::kernel::config::Settings;

/// System of record for projects that two departments own together
///
/// A REST API with an OpenAPI document, Swagger UI under /docs, an event feed and signed webhooks. Without a command it
/// serves on a SQLite database in the current folder; nothing has to be set up first.
#[derive(Debug, Parser)]
#[command(name = "entente", version, propagate_version = true, after_help = BEGIN, after_long_help = BEGIN)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const BEGIN: &str = "\
To begin:
  entente demo               the service with an example in it, and a token to try it with
  entente settings           all settings: ENTENTE_* variables, or a TOML file that ENTENTE_CONFIG names
  entente help <command>     more about a command";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (the default); applies pending migrations first
    ///
    /// Listens on ENTENTE_LISTEN (127.0.0.1:8080), keeps its data in ENTENTE_DATABASE_URL (sqlite://entente.db), and runs the
    /// background work too unless ENTENTE_WORKER is false. On SIGTERM it finishes what it has begun and ends with 0.
    Serve,
    /// Dispatch events and deliver webhooks in a process of their own
    ///
    /// For PostgreSQL beside replicas that serve with ENTENTE_WORKER=false; several share the work. It waits until the
    /// migrations have been applied by `serve` or `migrate`.
    Worker,
    /// Apply pending migrations and end
    ///
    /// Replicas that start together wait for each other, so this is needed only where the role that serves may not change
    /// tables.
    Migrate,
    /// Print the OpenAPI document; needs no database
    ///
    /// The same that a running service has under /openapi.json. For generators of clients:
    ///   entente openapi > openapi.json
    #[command(verbatim_doc_comment)]
    Openapi,
    /// Print a token for development
    ///
    /// In production tokens come from your identity provider (ENTENTE_JWT_JWKS_FILE).
    ///   curl -H "Authorization: Bearer $(entente token)" http://127.0.0.1:8080/v1/me
    ///   entente token crm --service --scope callbacks:read --scope webhooks:manage
    #[command(verbatim_doc_comment)]
    Token(token::Options),
    /// Serve the API on an example: a project of Marketing and IT, with callbacks
    ///
    /// Loads the example once into an empty database, through the public API, and prints a token. Listens on loopback only;
    /// webhooks of the example stay on this machine. To begin anew, remove entente.db.
    Demo,
    /// Ask a running service whether it is ready; for health checks of containers
    ///
    /// Asks /readyz at ENTENTE_LISTEN and ends with 0 when it is, with 1 when it is not.
    Health,
    /// Print all settings, their defaults and what they mean
    Settings,
    /// Print the completions of a shell
    ///
    ///   entente completions bash > /etc/bash_completion.d/entente
    ///   entente completions zsh > _entente    # in a folder of $fpath
    ///   entente completions fish > ~/.config/fish/completions/entente.fish
    #[command(verbatim_doc_comment)]
    Completions {
        /// Whose
        shell: Shell,
    },
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
        Command::Settings => settings::print(),
        Command::Completions { shell } => completions(shell),
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

fn completions(shell: Shell) -> Result<(), String> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "entente", &mut script);
    std::io::stdout().write_all(&script).map_err(|error| error.to_string())
}

/// Writes a line to standard output; a closed pipe is an error, not a panic.
fn say(line: impl std::fmt::Display) -> Result<(), String> {
    writeln!(std::io::stdout(), "{line}").map_err(|error| error.to_string())
}
