//! Removes deleted data from the write-ahead log of SQLite, where it would otherwise stay readable. PostgreSQL needs
//! nothing: its dumps have no deleted rows.
//!
//! Rule: an erasure is done when it is committed. If the log cannot be truncated then, that is repeated in the
//! background, and the response is that of a finished erasure.

use std::sync::atomic::Ordering;
use std::time::Duration;

use diesel::RunQueryDsl;

use super::{Backend, Db, DbResult};
use crate::kernel::error::Error;

/// How long truncating the log is tried, and the pause between attempts.
const WAIT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// The result of a checkpoint on SQLite.
#[derive(diesel::QueryableByName)]
struct Checkpoint {
    /// 1 if the checkpoint was blocked.
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy: i32,
}

impl Db {
    /// Moves the content of the log to the file, where deleted data is overwritten, and truncates the log. Call it at
    /// shutdown.
    ///
    /// # Errors
    /// When readers block the log for more than five seconds, or the database fails. The changes remain committed.
    pub async fn scrub(&self) -> DbResult<()> {
        if self.backend == Backend::Postgres {
            return Ok(());
        }
        let truncated = tokio::time::timeout(WAIT, async {
            // SQLite does not wait for a concurrent checkpoint, so only one of these runs at a time.
            let _guard = self.scrubbing.lock().await;
            loop {
                match self.truncate_log().await {
                    Ok(true) => return Ok(()),
                    Ok(false) | Err(Error::Problem(_)) => tokio::time::sleep(PAUSE).await,
                    Err(error) => return Err(error),
                }
            }
        });
        truncated.await.unwrap_or_else(|_| Err(Error::internal("the write-ahead log is being read")))
    }

    /// Truncates the log after an erasure; if that fails, it is left to [`Db::scrub_if_pending`].
    pub async fn scrub_soon(&self) {
        self.scrub_pending.store(true, Ordering::SeqCst);
        self.scrub_if_pending().await;
    }

    /// Truncates the log if that failed after an erasure. Call it periodically.
    pub async fn scrub_if_pending(&self) {
        // Before the attempt, so that an erasure that is committed meanwhile is not lost.
        if !self.scrub_pending.swap(false, Ordering::SeqCst) {
            return;
        }
        if let Err(error) = self.scrub().await {
            self.scrub_pending.store(true, Ordering::SeqCst);
            tracing::warn!(%error, "erased data is still in the write-ahead log; truncating it is repeated");
        }
    }

    async fn truncate_log(&self) -> DbResult<bool> {
        self.read(|conn| {
            let checkpoint: Checkpoint = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn)?;
            Ok(checkpoint.busy == 0)
        })
        .await
    }
}
