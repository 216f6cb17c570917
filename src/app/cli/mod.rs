//! The command line of `entente`.

mod api_key;
mod backup;
mod check;
mod database;
mod demo;
mod health;
mod migrate;
mod openapi;
mod people;
pub(crate) mod people_csv;
mod secret;
mod serve;
mod settings;
mod token;
mod verify;
mod worker;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::app::reference::Page;
use crate::kernel::config::Settings;

/// System of record for projects that two or more departments own together
///
/// Provides a REST API with an OpenAPI document, Swagger UI at /docs, an event feed and signed webhooks. Without a
/// command, it serves the API with a SQLite database in the current folder. No setup is required.
#[derive(Debug, Parser)]
#[command(name = "entente", version, propagate_version = true, after_help = EXAMPLES, after_long_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Getting started:
  entente demo               start the service with example data and print a token
  entente settings           list all settings (ENTENTE_* variables, or a TOML file at ENTENTE_CONFIG)
  entente help <command>     print help for a command";

#[derive(Debug, Subcommand)]
enum Command {
    /// Apply pending migrations and serve the API (default)
    ///
    /// Listens on ENTENTE_LISTEN (127.0.0.1:8080), stores data in ENTENTE_DATABASE_URL (sqlite://entente.db), and runs
    /// the background worker unless ENTENTE_WORKER is false. On SIGTERM, reports that it is not ready, accepts requests
    /// for ENTENTE_DRAIN_SECONDS, finishes running requests and exits with status 0, within 25 seconds.
    Serve,
    /// Run the background worker without the API
    ///
    /// Runs scheduled work, dispatches events and delivers webhooks, next to replicas that serve the API with
    /// ENTENTE_WORKER=false. Several workers on one PostgreSQL database share the work. Applies pending migrations
    /// first. Serves /livez, /readyz and /metrics at ENTENTE_ADMIN_LISTEN, if set.
    Worker,
    /// Apply pending migrations and exit
    ///
    /// `serve` and `worker` apply migrations at start, so this is only needed if their database role may not change
    /// tables, or if ENTENTE_MIGRATE is false.
    Migrate,
    /// Check settings, database, key sets, disk and key files
    ///
    /// Prints one line for each check, which starts with ok, warning or error. Exits with status 0 if there is no
    /// error, otherwise with status 1. Changes nothing and starts no service.
    Check,
    /// Back up a SQLite database to a new file while the service runs
    ///
    /// The file is a consistent state, readable only by its owner, and verified before it gets its name. Prints the
    /// command for PostgreSQL instead, and exits with status 1.
    ///   entente backup /backup/entente-$(date +%F).db
    #[command(verbatim_doc_comment)]
    Backup(backup::Options),
    /// Print the OpenAPI document
    ///
    /// Prints the document that the service has at /openapi.json or, for tools that do not read OpenAPI 3.1, at
    /// /openapi-3.0.json. Needs no database.
    ///   entente openapi > openapi.json
    ///   entente openapi --version 3.0 > openapi-3.0.json
    #[command(verbatim_doc_comment, disable_version_flag = true)]
    Openapi(openapi::Options),
    /// Print a generated page of the documentation
    #[command(hide = true)]
    Reference {
        /// The page
        page: Page,
    },
    /// Print a development token
    ///
    /// In production, tokens come from your identity provider (docs/authentication.md). Applications can use API keys
    /// instead (entente api-key).
    ///   curl -H "Authorization: Bearer $(entente token)" http://127.0.0.1:8080/v1/me
    ///   entente token crm --service --scope callbacks:read --scope webhooks:manage
    #[command(verbatim_doc_comment)]
    Token(token::Options),
    /// Manage the API keys of applications
    ///
    /// Changes the database directly, so it works without an identity provider. The service accepts a new key at once,
    /// and refuses a revoked one.
    ///   entente api-key create hr --scope projects:read --scope directory:write
    ///   entente api-key list
    #[command(subcommand, verbatim_doc_comment)]
    ApiKey(api_key::Command),
    /// Import people from a CSV file of the HR system
    ///
    /// Changes the database directly: all rows or none. The first line has the names of the columns: display_name,
    /// email and any of login, login_issuer, employee_number, department_key, department_id, title, manager_login,
    /// manager_email, valid_from, valid_to. Start with --dry-run.
    ///   entente people import people.csv --dry-run
    ///   entente people import people.csv --full --delimiter ';'
    #[command(subcommand, verbatim_doc_comment)]
    People(people::Command),
    /// Verify a file of evidence offline
    ///
    /// Checks the signature, the hashes and the chain of a file from GET /v1/projects/{id}/evidence. With --against,
    /// also checks that nothing recorded before an older file was changed; personal data may have been erased. Exits
    /// with status 1 if the file is not valid. Needs no database and no network.
    ///   entente verify evidence.json --key "$KEY"
    ///   entente verify evidence.json --against evidence-2026.json
    #[command(verbatim_doc_comment)]
    Verify(verify::Options),
    /// Serve the API with example data: projects of Marketing and IT, and callback requests
    ///
    /// Loads the example into an empty database through the public API, and prints a token. Listens on loopback only.
    /// The webhooks of the example are sent to this machine only. To start again, delete entente.db.
    Demo,
    /// Check whether a running service is ready, for container health checks
    ///
    /// Requests /readyz at ENTENTE_ADMIN_LISTEN or, without that setting, at ENTENTE_LISTEN. Exits with status 0 if the
    /// service is ready, otherwise with status 1.
    Health,
    /// Print all settings with their defaults and descriptions
    Settings,
    /// Print the completion script for a shell
    ///
    ///   entente completions bash > /etc/bash_completion.d/entente
    ///   entente completions zsh > _entente    # in a folder of $fpath
    ///   entente completions fish > ~/.config/fish/completions/entente.fish
    #[command(verbatim_doc_comment)]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Parses the command line and runs the command.
#[must_use]
pub fn run() -> ExitCode {
    let command = Cli::parse().command.unwrap_or(Command::Serve);
    let outcome = match command {
        Command::Openapi(options) => openapi::print(&options),
        Command::Reference { page } => print_line(page.render().trim_end()),
        Command::Serve => Settings::load().and_then(serve::run),
        Command::Worker => Settings::load().and_then(worker::run),
        Command::Migrate => Settings::load().and_then(|settings| migrate::run(&settings)),
        Command::Check => check::run(Settings::load()),
        Command::Backup(options) => Settings::load().and_then(|settings| backup::run(&settings, &options)),
        Command::Token(options) => Settings::load().and_then(|settings| token::print(&settings, &options)),
        Command::ApiKey(command) => Settings::load().and_then(|settings| api_key::run(&settings, command)),
        Command::People(command) => Settings::load().and_then(|settings| people::run(&settings, &command)),
        Command::Verify(options) => verify::run(&options),
        Command::Demo => Settings::load().and_then(demo::run),
        Command::Health => Settings::load().and_then(|settings| health::check(&settings)),
        Command::Settings => settings::print(),
        Command::Completions { shell } => completions(shell),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // If standard error cannot be written, there is no other place to report the error.
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

/// Writes a line to standard output. A closed pipe is an error, not a panic.
fn print_line(line: impl std::fmt::Display) -> Result<(), String> {
    writeln!(std::io::stdout(), "{line}").map_err(|error| error.to_string())
}
