//! `entente backup`: writes a verified copy of a SQLite database while the service runs.

use std::path::PathBuf;

use clap::Args;

use super::print_line;
use crate::kernel::config::{DatabaseUrl, Settings};
use crate::kernel::db::backup;

#[derive(Debug, Args)]
pub struct Options {
    /// The new file
    file: PathBuf,
}

/// Backs up the database to a new file.
pub fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    match &settings.database.url {
        DatabaseUrl::Sqlite(path) => {
            let done = backup::create(path, &options.file)?;
            print_line(format!(
                "{}: {} bytes, {} migrations, verified. Keep the encryption keys in another place.",
                options.file.display(),
                done.bytes,
                done.migrations
            ))
        }
        // pg_dump has to be as new as the server, and an installation may have backups of the server instead.
        DatabaseUrl::Postgres(_) => Err(format!(
            "PostgreSQL is backed up with its own tools. While the service runs:\n  \
             pg_dump --format=custom --file={} \"$ENTENTE_DATABASE_URL\"",
            quoted(&options.file.display().to_string())
        )),
    }
}

/// Quotes a text for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_for_postgres_is_printed_without_the_password() {
        let settings = Settings::from_toml("database_url = \"postgres://u:secret@127.0.0.1/d\"").unwrap();
        let message = run(&settings, &Options { file: "it's.dump".into() }).unwrap_err();
        assert!(message.contains(r"pg_dump --format=custom --file='it'\''s.dump'"), "{message}");
        assert!(!message.contains("secret"), "{message}");
    }
}
