//! The database, for commands that change it without the API.

use std::time::Duration;

use crate::kernel::auth::Actor;
use crate::kernel::config::Settings;
use crate::kernel::db::{Db, DbConn, DbOptions, migrate};
use crate::kernel::environment::Environment;
use crate::kernel::error::{Error, Place, Problem};
use crate::kernel::locale::Lang;
use crate::kernel::tx::{Meta, Tx};

/// An open database. The actor of every change is `system:cli`.
pub struct Database {
    db: Db,
    environment: Environment,
    runtime: tokio::runtime::Runtime,
}

impl Database {
    /// Applies pending migrations, unless `ENTENTE_MIGRATE` is false, and connects.
    pub fn open(settings: &Settings) -> Result<Self, String> {
        let named = |error: String| format!("ENTENTE_DATABASE_URL: {}: {error}", settings.database.url);
        // An import can take longer than a request.
        let options = DbOptions { run: Duration::from_secs(3600), ..DbOptions::from(&settings.database) };
        migrate::prepare(&options, settings.database.migrate).map_err(named)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self {
            db: Db::open(&options, None).map_err(named)?,
            environment: Environment::system(),
            runtime: runtime.map_err(|error| error.to_string())?,
        })
    }

    /// Returns the clock and the source of randomness.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Runs a write in one transaction.
    pub fn write<T, F>(&self, mut work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    {
        let environment = self.environment.clone();
        let write = self.db.write(move |conn| {
            let (actor, meta) = (Actor::system("cli"), Meta::background("cli"));
            Tx::run(conn, &actor, &meta, &environment, &mut work)
        });
        self.runtime.block_on(write)
    }

    /// Runs a read.
    pub fn read<T, F>(&self, mut work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn, &Actor) -> Result<T, Error> + Send + 'static,
    {
        let read = self.db.read(move |conn| work(conn, &Actor::system("cli")));
        self.runtime.block_on(read)
    }
}

/// Returns the text of an error, with every violation on a line.
pub fn explain(error: &Error) -> String {
    explain_with(error, str::to_owned)
}

/// Returns the text of an error like [`explain`]; `place` returns the text for a JSON pointer.
pub fn explain_with(error: &Error, place: impl Fn(&str) -> String) -> String {
    let Error::Problem(problem) = error else { return error.to_string() };
    let Problem { code, detail, violations, .. } = &**problem;
    let mut lines = vec![detail.clone().unwrap_or_else(|| code.detail()).in_lang(Lang::EN)];
    lines.extend(violations.iter().map(|violation| {
        let place = match &violation.place {
            Place::Body(pointer) => place(pointer),
            Place::Parameter(name) => name.clone(),
            Place::Header(name) => (*name).to_owned(),
        };
        format!("  {place}: {}", violation.detail.in_lang(Lang::EN))
    }));
    lines.join("\n")
}
