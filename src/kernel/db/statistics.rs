//! The statistics by which SQLite chooses indexes.
//!
//! Rules: each table is analysed in a transaction of its own, because a write waits meanwhile. A part of each index is
//! read, which is large enough that a filter with few different values does not look selective. No values of rows are
//! kept (`sqlite_stat4` is empty with a limit), so that erased data does not remain in samples.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::{Backend, Db, DbConn, DbResult};

/// Most entries of an index that are read.
const ENTRIES: u32 = 100_000;

/// A statement that the pragma proposes.
#[derive(QueryableByName)]
struct Proposal {
    #[diesel(sql_type = diesel::sql_types::Text)]
    optimize: String,
}

impl Db {
    /// Updates the statistics of the tables that have changed much. Does nothing on PostgreSQL, which does this by
    /// itself.
    ///
    /// # Errors
    /// 503 when the wait is too long.
    pub async fn update_statistics(&self) -> DbResult<()> {
        if self.backend == Backend::Postgres {
            return Ok(());
        }
        // The pragma creates the table of the statistics if there is none.
        let statements = self.write(due).await?;
        if statements.is_empty() {
            return Ok(());
        }
        for statement in statements {
            self.write(move |conn| Ok(conn.batch_execute(&format!("PRAGMA analysis_limit = {ENTRIES}; {statement}"))?))
                .await?;
        }
        // Other connections read the statistics only with the schema, so it has to change.
        self.write(|conn| Ok(conn.batch_execute("CREATE VIEW analysed AS SELECT 1; DROP VIEW analysed")?)).await
    }
}

/// Returns the statements that analyse the tables. 0x1 is to return and not to run them, 0x2 to propose `ANALYZE`, and
/// 0x10000 to check also the tables that this connection has not read.
fn due(conn: &mut DbConn) -> DbResult<Vec<String>> {
    let proposals: Vec<Proposal> = diesel::sql_query("PRAGMA optimize(0x10003)").load(conn)?;
    Ok(proposals.into_iter().map(|proposal| proposal.optimize).collect())
}
