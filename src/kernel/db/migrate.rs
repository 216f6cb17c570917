//! Database migrations, embedded in the binary for both databases.
//!
//! Rules:
//! - The state is read without a lock and without a change, so that a role that may not change tables can serve a
//!   database in which nothing is pending.
//! - All pending migrations run in one transaction under a lock, so that replicas that start together apply them once.
//!   The lock is a transaction-level advisory lock on PostgreSQL, which also works with connection poolers in
//!   transaction mode, and the write lock on SQLite.

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{PgConnection, SqliteConnection};
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

/// The table in which diesel lists the applied migrations.
mod history {
    diesel::table! {
        __diesel_schema_migrations (version) {
            version -> Text,
        }
    }
}
use history::__diesel_schema_migrations::{self as applied_migrations, version};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Prepares the database at start: applies pending migrations and returns their names or, if `may_migrate` is false,
/// only makes sure that none is pending.
///
/// # Errors
/// As [`run`], and when a migration is pending that must not be applied here.
pub fn prepare(options: &DbOptions, may_migrate: bool) -> Result<Vec<String>, String> {
    if may_migrate {
        return run(options);
    }
    let pending = pending(options)?;
    match pending.first() {
        None => Ok(pending),
        Some(first) => Err(format!(
            "pending migrations: {}, the first is {first}, and ENTENTE_MIGRATE is false; run: entente migrate",
            pending.len()
        )),
    }
}

/// Applies all pending migrations and returns their names. Reads only, if none is pending.
///
/// # Errors
/// When the database cannot be reached, was created by a version before 0.3.0, was migrated by a newer version, or a
/// migration fails. In that case, no migration is applied.
pub fn run(options: &DbOptions) -> Result<Vec<String>, String> {
    let mut conn = connect(options)?;
    run_pending(&mut conn).map_err(|error| error.to_string())
}

/// Returns the names of the pending migrations. Changes nothing.
///
/// # Errors
/// When the database cannot be reached or read, was created by a version before 0.3.0, or was migrated by a newer
/// version.
pub fn pending(options: &DbOptions) -> Result<Vec<String>, String> {
    let mut conn = connect(options)?;
    state(&mut conn).map_err(|error| error.to_string())
}

/// Returns why the role of the database cannot apply migrations; `None` if it can. Changes nothing.
///
/// # Errors
/// When the database cannot be reached or read.
pub fn missing_right(options: &DbOptions) -> Result<Option<String>, String> {
    let DbConn::Postgres(mut conn) = connect(options)? else { return Ok(None) };
    let rights: Rights = diesel::sql_query(RIGHTS).get_result(&mut conn).map_err(|error| error.to_string())?;
    Ok(rights.missing())
}

/// Returns whether all migrations of this binary are applied. A newer version may have applied more: a process that
/// already runs continues to serve while the others are replaced.
///
/// # Errors
/// When the query fails.
pub fn is_current(conn: &mut DbConn) -> Result<bool, String> {
    let read = |conn: &mut DbConn| -> Result<bool, AnyError> { Ok(missing(&known(conn)?, &applied(conn)?).is_empty()) };
    read(conn).map_err(|error| error.to_string())
}

fn connect(options: &DbOptions) -> Result<DbConn, String> {
    let session = r2d2::ManageConnection::connect(&Manager::new(options, None));
    session.map(|session| session.conn).map_err(|error| error.to_string())
}

fn run_pending(conn: &mut DbConn) -> Result<Vec<String>, AnyError> {
    if state(conn)?.is_empty() {
        return Ok(Vec::new());
    }
    match conn {
        DbConn::Postgres(conn) => run_postgres(conn),
        DbConn::Sqlite(conn) => run_sqlite(conn),
    }
}

#[allow(clippy::disallowed_methods, reason = "migrations run before the executor exists")]
fn run_postgres(conn: &mut PgConnection) -> Result<Vec<String>, AnyError> {
    conn.transaction(|conn| {
        // Migrations take as long as they need, also for the lock.
        conn.batch_execute(&format!(
            "SET LOCAL statement_timeout TO 0; SET LOCAL lock_timeout TO 0; \
             SET LOCAL idle_in_transaction_session_timeout TO 0; SELECT pg_advisory_xact_lock({LOCK})"
        ))?;
        apply(conn, POSTGRES)
    })
}

fn run_sqlite(conn: &mut SqliteConnection) -> Result<Vec<String>, AnyError> {
    conn.immediate_transaction(|conn| apply(conn, SQLITE))
}

/// Applies what is still pending under the lock.
fn apply<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    source: EmbeddedMigrations,
) -> Result<Vec<String>, AnyError> {
    let applied: Vec<String> = conn.applied_migrations()?.iter().map(ToString::to_string).collect();
    compare(&versions::<DB>(&source)?, &applied)?;
    Ok(conn.run_pending_migrations(source)?.iter().map(ToString::to_string).collect())
}

/// Returns the pending migrations.
fn state(conn: &mut DbConn) -> Result<Vec<String>, AnyError> {
    Ok(compare(&known(conn)?, &applied(conn)?)?)
}

/// Returns the migrations of this binary, in their order.
fn known(conn: &DbConn) -> Result<Vec<String>, AnyError> {
    match conn {
        DbConn::Postgres(_) => versions::<diesel::pg::Pg>(&POSTGRES),
        DbConn::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&SQLITE),
    }
}

fn versions<DB: Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>, AnyError> {
    let migrations = MigrationSource::<DB>::migrations(source)?;
    let mut versions: Vec<String> = migrations.iter().map(|migration| migration.name().version().to_string()).collect();
    versions.sort();
    Ok(versions)
}

/// Returns the versions of the applied migrations. The harness of diesel would create the table, also if it exists,
/// which PostgreSQL refuses to a role that may not create tables.
pub(super) fn applied(conn: &mut DbConn) -> Result<Vec<String>, AnyError> {
    let exists = match conn {
        DbConn::Postgres(_) => {
            "SELECT count(*) AS found FROM pg_catalog.pg_class WHERE oid = to_regclass('__diesel_schema_migrations')"
        }
        DbConn::Sqlite(_) => {
            "SELECT count(*) AS found FROM sqlite_schema WHERE type = 'table' AND name = '__diesel_schema_migrations'"
        }
    };
    let tables: Count = diesel::sql_query(exists).get_result(conn)?;
    if tables.found == 0 {
        return Ok(Vec::new());
    }
    Ok(applied_migrations::table.select(version).order(version).load(conn)?)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    found: i64,
}

/// The functions return NULL if there is no schema or no table. A migration needs the extension, which a role that may
/// create objects in the database can add.
const RIGHTS: &str = "SELECT current_user::text AS role, coalesce(current_schema()::text, '') AS schema, \
     coalesce(has_schema_privilege(current_schema()::text, 'CREATE'), false) AS may_create, \
     EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'btree_gist') \
         OR has_database_privilege(current_database()::text, 'CREATE') AS may_extend, \
     coalesce((SELECT pg_has_role(relowner, 'USAGE') FROM pg_catalog.pg_class \
         WHERE oid = to_regclass('__diesel_schema_migrations')), true) AS owns_tables";

/// What a role of PostgreSQL may do.
#[derive(QueryableByName)]
struct Rights {
    #[diesel(sql_type = Text)]
    role: String,
    /// The schema of new tables; empty if there is none.
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Bool)]
    may_create: bool,
    #[diesel(sql_type = Bool)]
    may_extend: bool,
    #[diesel(sql_type = Bool)]
    owns_tables: bool,
}

impl Rights {
    fn missing(&self) -> Option<String> {
        let Self { role, schema, .. } = self;
        if schema.is_empty() {
            Some(format!("the role {role} has no schema for new tables"))
        } else if !self.may_create {
            Some(format!("the role {role} may not create tables in the schema {schema}"))
        } else if !self.may_extend {
            Some(format!("the role {role} may not create the extension btree_gist in this database"))
        } else if !self.owns_tables {
            Some(format!("the role {role} does not own the tables"))
        } else {
            None
        }
    }
}

/// Returns the known migrations that are not applied.
///
/// # Errors
/// When an applied migration is not known: the database belongs to an earlier or to a newer version.
fn compare(known: &[String], applied: &[String]) -> Result<Vec<String>, String> {
    if applied.iter().any(|applied| applied.as_str() < BASELINE) {
        return Err(TOO_OLD.to_owned());
    }
    match applied.iter().find(|applied| !known.contains(applied)) {
        None => Ok(missing(known, applied)),
        Some(newer) => Err(format!(
            "the database was migrated by a newer version: it has the migration {newer}, which version {} does not \
             have. Run the newer version, or restore a backup from before its upgrade",
            env!("CARGO_PKG_VERSION")
        )),
    }
}

fn missing(known: &[String], applied: &[String]) -> Vec<String> {
    known.iter().filter(|known| !applied.contains(known)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions_of(numbers: &[u32]) -> Vec<String> {
        numbers.iter().map(|number| format!("202612010000{number:02}")).collect()
    }

    #[test]
    fn only_known_migrations_can_be_applied() {
        let known = versions_of(&[1, 2, 3]);
        let pending = |numbers: &[u32]| compare(&known, &versions_of(numbers));
        assert_eq!(pending(&[]), Ok(known.clone()));
        assert_eq!(pending(&[1, 2, 3]), Ok(Vec::new()));
        // Also a gap is filled, which an unusual order of releases can leave.
        assert_eq!(pending(&[1, 3]), Ok(versions_of(&[2])));
        assert!(pending(&[1, 2, 3, 4]).unwrap_err().contains("20261201000004"));
        assert_eq!(compare(&known, &["20261101000001".to_owned()]), Err(TOO_OLD.to_owned()));
    }

    #[test]
    fn both_databases_have_the_same_migrations() {
        let postgres = versions::<diesel::pg::Pg>(&POSTGRES).unwrap();
        assert_eq!(postgres, versions::<diesel::sqlite::Sqlite>(&SQLITE).unwrap());
        assert_eq!(postgres.first().map(String::as_str), Some(BASELINE));
    }
}
