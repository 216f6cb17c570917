//! `entente migrate`.

use super::say;
use crate::kernel::config::Settings;
use crate::kernel::db::migrate;

/// Applies what is pending and says what that was.
pub fn run(settings: &Settings) -> Result<(), String> {
    let applied =
        migrate::run(&(&settings.database).into()).map_err(|error| format!("ENTENTE_DATABASE_URL: {error}"))?;
    if applied.is_empty() {
        return say(format!("{} is up to date", settings.database.url));
    }
    applied.iter().try_for_each(|name| say(format!("applied {name}")))
}
