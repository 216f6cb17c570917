//! Database migrations, embedded in the binary for both databases.
//!
//! All pending migrations run in one transaction under a lock, so that replicas that start together apply them once.
//! The lock is a transaction-level advisory lock on PostgreSQL, which also works with connection poolers in transaction
//! mode, and the write lock on SQLite.

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::DbOptions;
use super::connection::{DbConn, Manager};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// "ENTENTE\0" as a number: the key of the advisory lock.
const LOCK: i64 = 0x45_4e_54_45_4e_54_45_00;

/// Version of the first migration of 0.3.0, which starts from a new schema.
const BASELINE: &str = "20261201000001";
const TOO_OLD: &str = "this database was created by version 0.2.0 or earlier, which this version does not support. Use \
     an empty database, or keep running the earlier version with this one";

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Applies all pending migrations and returns their names.
///
/// # Errors
/// When the database cannot be reached, was created by a version before 0.3.0, or a migration fails. In that case, no
/// migration is applied.
pub fn run(options: &DbOptions) -> Result<Vec<String>, String> {
    let manager = Manager::new(options, None);
    let conn = r2d2::ManageConnection::connect(&manager).map_err(|error| error.to_string())?;
    match conn.conn {
        DbConn::Postgres(mut conn) => run_postgres(&mut conn),
        DbConn::Sqlite(mut conn) => run_sqlite(&mut conn),
    }
    .map_err(|error| error.to_string())
}

#[allow(clippy::disallowed_methods, reason = "migrations run before the executor exists")]
fn run_postgres(conn: &mut PgConnection) -> Result<Vec<String>, AnyError> {
    conn.transaction(|conn| {
        conn.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK})"))?;
        refuse_earlier_version(conn)?;
        names(conn.run_pending_migrations(POSTGRES))
    })
}

fn run_sqlite(conn: &mut SqliteConnection) -> Result<Vec<String>, AnyError> {
    conn.immediate_transaction(|conn| {
        refuse_earlier_version(conn)?;
        names(conn.run_pending_migrations(SQLITE))
    })
}

fn refuse_earlier_version<DB: Backend>(conn: &mut impl MigrationHarness<DB>) -> Result<(), AnyError> {
    let earlier = conn.applied_migrations()?.iter().any(|version| version.to_string().as_str() < BASELINE);
    if earlier { Err(TOO_OLD.into()) } else { Ok(()) }
}

fn names(
    applied: diesel::migration::Result<Vec<diesel::migration::MigrationVersion<'_>>>,
) -> Result<Vec<String>, AnyError> {
    Ok(applied?.iter().map(ToString::to_string).collect())
}

/// Returns whether all migrations of this binary are applied.
///
/// # Errors
/// When the query fails.
pub fn is_current(conn: &mut DbConn) -> Result<bool, String> {
    let pending = match conn {
        DbConn::Postgres(conn) => conn.has_pending_migration(POSTGRES),
        DbConn::Sqlite(conn) => conn.has_pending_migration(SQLITE),
    };
    pending.map(|pending| !pending).map_err(|error| error.to_string())
}
