//! Migrations: embedded, paired, and applied once however many replicas start together.
//!
//! Both engines run all pending migrations in one transaction behind a lock (a transaction-level
//! advisory lock on PostgreSQL, which poolers in transaction mode keep; the write lock on SQLite).

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::DbOptions;
use super::connection::{DbConn, Manager};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// "ENTENTE\0" as a number: the key of the advisory lock.
const LOCK: i64 = 0x45_4e_54_45_4e_54_45_00;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Applies what is pending; returns the names of the migrations applied.
///
/// # Errors
/// When the database cannot be reached or a migration fails; then none of them is applied.
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
        names(conn.run_pending_migrations(POSTGRES))
    })
}

fn run_sqlite(conn: &mut SqliteConnection) -> Result<Vec<String>, AnyError> {
    conn.immediate_transaction(|conn| names(conn.run_pending_migrations(SQLITE)))
}

fn names(
    applied: diesel::migration::Result<Vec<diesel::migration::MigrationVersion<'_>>>,
) -> Result<Vec<String>, AnyError> {
    Ok(applied?.iter().map(ToString::to_string).collect())
}

/// Whether every migration this binary knows is applied.
///
/// # Errors
/// When the database cannot be asked.
pub fn is_current(conn: &mut DbConn) -> Result<bool, String> {
    let pending = match conn {
        DbConn::Postgres(conn) => conn.has_pending_migration(POSTGRES),
        DbConn::Sqlite(conn) => conn.has_pending_migration(SQLITE),
    };
    pending.map(|pending| !pending).map_err(|error| error.to_string())
}
