//! `entente migrate`: applies pending migrations.

use super::print_line;
use crate::kernel::config::Settings;
use crate::kernel::db::migrate;

/// Applies pending migrations and prints their names.
pub fn run(settings: &Settings) -> Result<(), String> {
    let applied =
        migrate::run(&(&settings.database).into()).map_err(|error| format!("ENTENTE_DATABASE_URL: {error}"))?;
    if applied.is_empty() {
        return print_line(format!("{} is up to date", settings.database.url));
    }
    applied.iter().try_for_each(|name| print_line(format!("applied {name}")))
}
