//! `entente api-key`: creates, lists, rotates and revokes API keys.

use clap::Subcommand;
use secrecy::ExposeSecret;

use super::database::{Database, explain};
use super::print_line;
use crate::directory::api_keys::{NewApiKey, RotateApiKey, service};
use crate::kernel::auth::Scope;
use crate::kernel::config::Settings;
use crate::kernel::ids::ApiKeyId;
use crate::kernel::page::Page;
use crate::kernel::system_name::SystemName;

/// Keys per statement of the list.
const PAGE: usize = 100;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a key for an application and print it
    ///
    /// The key is printed only once. Store it where the application reads its secrets.
    Create {
        /// Short name of the application, such as `hr`
        name: SystemName,
        /// A scope of the key; repeat for several
        #[arg(long = "scope", value_name = "SCOPE", value_enum, required = true)]
        scopes: Vec<Scope>,
        /// Days until the key expires [default: it does not expire]
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=3650))]
        days: Option<i64>,
    },
    /// List the keys, without their secrets
    List,
    /// Replace a key and print the new one
    Rotate {
        /// Identifier of the key
        id: ApiKeyId,
        /// Hours for which the replaced key remains valid
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(i32).range(0..=168))]
        overlap_hours: i32,
    },
    /// Revoke a key
    Revoke {
        /// Identifier of the key
        id: ApiKeyId,
    },
}

/// Runs a command.
pub fn run(settings: &Settings, command: Command) -> Result<(), String> {
    let database = Database::open(settings)?;
    match command {
        Command::Create { name, scopes, days } => create(&database, name, scopes, days),
        Command::List => list(&database),
        Command::Rotate { id, overlap_hours } => {
            let options = RotateApiKey { overlap_hours: Some(overlap_hours), expires_at: None };
            let (_, key) =
                database.write(move |tx| service::rotate(tx, id, &options)).map_err(|error| explain(&error))?;
            print_line(key.expose_secret())
        }
        Command::Revoke { id } => database.write(move |tx| service::revoke(tx, id)).map_err(|error| explain(&error)),
    }
}

fn create(database: &Database, client: SystemName, scopes: Vec<Scope>, days: Option<i64>) -> Result<(), String> {
    let expires_at = days.map(|days| database.environment().now().plus_seconds(days * 86_400));
    let new = NewApiKey { client, scopes, expires_at };
    let (_, key) = database.write(move |tx| service::create(tx, &new)).map_err(|error| explain(&error))?;
    print_line(key.expose_secret())
}

fn list(database: &Database) -> Result<(), String> {
    let mut after: Option<String> = None;
    loop {
        let page = Page { after: after.take(), limit: PAGE };
        let keys =
            database.read(move |conn, actor| service::list(conn, actor, &page)).map_err(|error| explain(&error))?;
        for key in keys.iter().take(PAGE) {
            let expiry = key.expires_at.map(|time| format!("  expires {time}")).unwrap_or_default();
            let last_use = key.last_used_on.map(|day| format!("  last used {day}")).unwrap_or_default();
            print_line(format!("{}  {}  {}{expiry}{last_use}", key.id, key.client, key.scopes))?;
        }
        if keys.len() <= PAGE {
            return Ok(());
        }
        after = keys.get(PAGE - 1).map(|key| key.id.to_string());
    }
}
