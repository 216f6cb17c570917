//! Backups of a SQLite database while the service uses it.
//!
//! Rules:
//! - A backup is one consistent state. `VACUUM INTO` copies it as a reader, so it blocks neither readers nor the writer
//!   of the service. The copy has no deleted data, and its memory is limited by the page cache.
//! - A file with the final name is complete: it is written under another name, flushed to disk and verified first. An
//!   existing file is never replaced.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::DbConn;
use super::migrate;

/// A backup that was written and verified.
#[derive(Debug, PartialEq, Eq)]
pub struct Backup {
    /// Size of the file.
    pub bytes: u64,
    /// Number of migrations that are applied in it.
    pub migrations: usize,
}

/// Backs up the database in the file `source` to the new file `target`, which only its owner can read.
///
/// # Errors
/// When `target` exists, a file cannot be read or written, or the copy is damaged. In that case, `target` is not
/// created.
pub fn create(source: &Path, target: &Path) -> Result<Backup, String> {
    let named = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    // SQLite would create a database that does not exist.
    std::fs::metadata(source).map_err(|error| named(source, &error))?;
    let exists = || named(target, &"the file exists; backups never replace files");
    if target.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let draft = Draft::create(target).map_err(|error| named(target, &error))?;
    let mut original = open(source).map_err(|error| named(source, &error))?;
    let migrations = migrate::applied(&mut original).map_err(|error| named(source, &error))?;
    copy(&mut original, &draft.0).map_err(|error| named(&draft.0, &error))?;
    let bytes = flush(&draft.0).map_err(|error| named(&draft.0, &error))?;
    verify(&draft.0, &migrations).map_err(|error| named(&draft.0, &error))?;
    match publish(&draft.0, target) {
        Ok(()) => Ok(Backup { bytes, migrations: migrations.len() }),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists()),
        Err(error) => Err(named(target, &error)),
    }
}

/// The unfinished file, which is deleted when it is dropped.
struct Draft(PathBuf);

impl Draft {
    fn create(target: &Path) -> std::io::Result<Self> {
        let mut name = target.file_name().ok_or(ErrorKind::InvalidFilename)?.to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let path = target.with_file_name(name);
        // SQLite writes to an existing file if it is empty, and keeps its permissions.
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It does not exist any more if the backup succeeded.
        drop(std::fs::remove_file(&self.0));
    }
}

#[allow(clippy::disallowed_methods, reason = "other connections would change the journal mode of the copy")]
fn open(path: &Path) -> Result<DbConn, String> {
    let path = path.to_str().ok_or("the path is not UTF-8")?;
    let mut conn = SqliteConnection::establish(path).map_err(|error| error.to_string())?;
    conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -2000;").map_err(|error| error.to_string())?;
    Ok(DbConn::Sqlite(conn))
}

fn copy(conn: &mut DbConn, target: &Path) -> Result<(), String> {
    let target = target.to_str().ok_or("the path is not UTF-8")?.replace('\'', "''");
    conn.batch_execute(&format!("VACUUM INTO '{target}'")).map_err(|error| error.to_string())
}

/// Writes the file to disk and returns its size.
fn flush(path: &Path) -> std::io::Result<u64> {
    let file = File::open(path)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Checks the structure, the foreign keys and the migrations of the copy.
fn verify(path: &Path, migrations: &[String]) -> Result<(), String> {
    const CHECKS: [&str; 2] = [
        "SELECT integrity_check AS line FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
        "SELECT 'a row of ' || \"table\" || ' refers to a missing row of ' || parent AS line FROM pragma_foreign_key_check",
    ];
    let mut conn = open(path)?;
    conn.batch_execute("PRAGMA query_only = ON").map_err(|error| error.to_string())?;
    for check in CHECKS {
        let found: Vec<Line> = diesel::sql_query(check).load(&mut conn).map_err(|error| error.to_string())?;
        if let Some(Line { line }) = found.first() {
            return Err(format!("the copy is damaged: {line}"));
        }
    }
    let copied = migrate::applied(&mut conn).map_err(|error| error.to_string())?;
    if copied != migrations {
        return Err("the database was migrated during the backup; repeat it".to_owned());
    }
    Ok(())
}

/// Gives the file its final name, unless another file has it.
fn publish(draft: &Path, target: &Path) -> std::io::Result<()> {
    // A hard link never replaces a file that another process created in the meantime.
    match std::fs::hard_link(draft, target) {
        Ok(()) => std::fs::remove_file(draft)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
        // Some file systems have no hard links.
        Err(_) => {
            let mut copy = OpenOptions::new().write(true).create_new(true).mode(0o600).open(target)?;
            std::io::copy(&mut File::open(draft)?, &mut copy)?;
            copy.sync_all()?;
            std::fs::remove_file(draft)?;
        }
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
