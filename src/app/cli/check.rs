//! `entente check`: examines settings, database, key sets, disk and files without changing anything.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::serve::policy;
use super::{print_line, secret};
use crate::app::key_fetcher::HttpKeyFetcher;
use crate::callbacks::notices;
use crate::integrations::webhooks::registry;
use crate::integrations::webhooks::sender::system_lookup;
use crate::kernel::auth::{FetchKeys, count_keys};
use crate::kernel::config::{DatabaseUrl, Deployment, Settings, others_can_read, readable, warnings};
use crate::kernel::db::{Db, DbOptions, migrate};
use crate::kernel::disk;
use crate::kernel::environment::Environment;
use crate::kernel::evidence_key::EvidenceKey;
use crate::kernel::installation_key::InstallationKey;

const MIB: u64 = 1024 * 1024;
/// Free disk space below which there is a warning or an error.
const LITTLE_SPACE: u64 = 1024 * MIB;
const NO_SPACE: u64 = 100 * MIB;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Ok,
    Warning,
    Error,
}

/// The result of one check.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    level: Level,
    text: String,
}

impl Finding {
    fn new(level: Level, text: impl Into<String>) -> Self {
        Self { level, text: text.into() }
    }

    fn ok(text: impl Into<String>) -> Self {
        Self::new(Level::Ok, text)
    }

    fn warning(text: impl Into<String>) -> Self {
        Self::new(Level::Warning, text)
    }

    fn error(text: impl Into<String>) -> Self {
        Self::new(Level::Error, text)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        write!(f, "{level:<9}{}", self.text)
    }
}

/// Prints one line for each check.
///
/// # Errors
/// When a check found an error.
pub fn run(settings: Result<Settings, String>) -> Result<(), String> {
    let findings = match settings {
        Ok(settings) => check(&settings)?,
        Err(error) => error.lines().map(Finding::error).collect(),
    };
    for finding in &findings {
        print_line(finding)?;
    }
    match findings.iter().filter(|finding| finding.level == Level::Error).count() {
        0 => Ok(()),
        1 => Err("the check found an error".to_owned()),
        count => Err(format!("the check found {count} errors")),
    }
}

fn check(settings: &Settings) -> Result<Vec<Finding>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let mut findings = vec![Finding::ok("settings: valid")];
    findings.extend(warnings(settings).into_iter().map(Finding::warning));
    findings.extend(database(settings, &runtime));
    findings.extend(runtime.block_on(key_sets(settings)));
    if let DatabaseUrl::Sqlite(path) = &settings.database.url {
        findings.push(space(folder(path), disk::free_bytes(folder(path))));
    }
    findings.extend(key_files(settings));
    Ok(findings)
}

fn database(settings: &Settings, runtime: &tokio::runtime::Runtime) -> Vec<Finding> {
    let url = &settings.database.url;
    if let DatabaseUrl::Sqlite(path) = url
        && !path.exists()
    {
        // To connect would create it.
        return vec![Finding::warning(format!("database: {url} does not exist; the first start creates it"))];
    }
    let options = DbOptions { connections: 1, ..DbOptions::from(&settings.database) };
    match migrate::pending(&options) {
        Err(error) => return vec![Finding::error(format!("database: {url}: {error}"))],
        Ok(pending) if !pending.is_empty() && settings.database.migrate => {
            return vec![start_applies(settings, &options, pending.len())];
        }
        Ok(pending) if !pending.is_empty() => {
            let text = format!("database: {url}: pending migrations: {}; run: entente migrate", pending.len());
            return vec![Finding::error(text)];
        }
        Ok(_) => {}
    }
    let mut findings = vec![Finding::ok(format!("database: {url}: reachable, all migrations are applied"))];
    if settings.environment == Deployment::Production {
        match Db::open(&options, None) {
            Ok(db) => findings.extend(runtime.block_on(contents(settings, &db))),
            Err(error) => findings.push(Finding::error(format!("database: {url}: {error}"))),
        }
    }
    findings
}

/// Checks whether the role of the database may apply the migrations, so that the next start does not fail.
fn start_applies(settings: &Settings, options: &DbOptions, pending: usize) -> Finding {
    let url = &settings.database.url;
    match migrate::missing_right(options) {
        Ok(None) => {
            Finding::warning(format!("database: {url}: pending migrations, which the next start applies: {pending}"))
        }
        Ok(Some(missing)) => Finding::error(format!(
            "database: {url}: pending migrations: {pending}, which the next start cannot apply, because {missing}; run \
             this as the owner of the tables: entente migrate"
        )),
        Err(error) => Finding::error(format!("database: {url}: {error}")),
    }
}

/// Checks the privacy notices, and whether the encryption keys decrypt what is stored.
async fn contents(settings: &Settings, db: &Db) -> [Finding; 2] {
    let notice = match db.read(notices::only_examples).await {
        Ok(true) => Finding::warning(notices::NO_OWN_NOTICE),
        Ok(false) => Finding::ok("privacy notice: published"),
        Err(error) => Finding::error(format!("database: {}: {error}", settings.database.url)),
    };
    let keys = match decrypts(settings, db).await {
        Ok(()) => Finding::ok("encryption keys: all stored secrets can be decrypted"),
        Err(error) => Finding::error(format!("encryption keys: {error}")),
    };
    [notice, keys]
}

async fn decrypts(settings: &Settings, db: &Db) -> Result<(), String> {
    let vault = Arc::new(secret::vault(settings)?);
    registry::check_keys(db, &vault).await?;
    EvidenceKey::check(db, &vault).await.map_err(|error| error.to_string())?;
    let key = InstallationKey::new(db.clone(), Environment::system(), vault);
    key.find().await.map(drop).map_err(|error| error.to_string())
}

async fn key_sets(settings: &Settings) -> Vec<Finding> {
    let issuers = &settings.auth.issuers;
    if issuers.is_empty() {
        let is_production = settings.environment == Deployment::Production;
        let text = "identity provider: none, so only API keys are accepted";
        return is_production.then(|| Finding::ok(text)).into_iter().collect();
    }
    let fetcher = HttpKeyFetcher::new(policy(&settings.key_egress), settings.key_egress.timeout, system_lookup());
    let fetcher: Arc<dyn FetchKeys> = match fetcher {
        Ok(fetcher) => Arc::new(fetcher),
        Err(error) => return vec![Finding::error(error)],
    };
    let mut findings = Vec::new();
    for issuer in issuers {
        let name = &issuer.claims.issuer;
        findings.push(match count_keys(issuer, &fetcher).await {
            Ok(count) => Finding::ok(format!("key set of {name}: {count} keys")),
            Err(error) => Finding::error(format!("key set of {name}: {error}")),
        });
    }
    findings
}

/// Returns the folder of a file.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn space(folder: &Path, free: std::io::Result<u64>) -> Finding {
    let place = folder.display();
    match free {
        Err(error) => Finding::error(format!("disk: {place}: {error}")),
        Ok(free) => {
            let level = match free {
                ..NO_SPACE => Level::Error,
                NO_SPACE..LITTLE_SPACE => Level::Warning,
                LITTLE_SPACE.. => Level::Ok,
            };
            Finding::new(level, format!("disk: {place}: {} MiB are free", free / MIB))
        }
    }
}

/// Checks the files with generated keys, and the database file, which has personal data.
fn key_files(settings: &Settings) -> Vec<Finding> {
    let mut files = secret::files(settings);
    if let DatabaseUrl::Sqlite(path) = &settings.database.url {
        files.push(path);
    }
    let exists = files.into_iter().filter(|path| path.exists());
    exists
        .map(|path| match others_can_read(path) {
            true => Finding::warning(format!("file: {}", readable(path))),
            false => Finding::ok(format!("file: {}: other users cannot read it", path.display())),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_space_is_a_warning_and_no_space_an_error() {
        for (free, level) in [
            (0, Level::Error),
            (NO_SPACE - 1, Level::Error),
            (NO_SPACE, Level::Warning),
            (LITTLE_SPACE, Level::Ok),
            (u64::MAX, Level::Ok),
        ] {
            assert_eq!(space(Path::new("/data"), Ok(free)).level, level, "{free}");
        }
        let missing = space(Path::new("/data"), Err(std::io::ErrorKind::NotFound.into()));
        assert_eq!(missing.level, Level::Error);
    }

    #[test]
    fn the_level_is_the_first_word_of_a_line() {
        assert_eq!(Finding::warning("disk: full").to_string(), "warning  disk: full");
        assert_eq!(Finding::ok("x").to_string(), "ok       x");
    }

    #[test]
    fn invalid_settings_are_errors() {
        assert_eq!(run(Err("a: 1\nb: 2".to_owned())), Err("the check found 2 errors".to_owned()));
    }
}
