//! Streams the evidence of a project: its audit entries page by page, then its record with the signature.
//!
//! Rule: an error closes the connection. A file that is not complete has no signature, so it is never mistaken for
//! evidence.

use actix_web::web::Bytes;
use futures_util::stream::{self, Stream};

use super::dto::{EvidenceEntry, EvidenceRecord};
use super::file::EvidenceFile;
use super::record;
use crate::kernel::audit::{self, ChainedEntry};
use crate::kernel::auth::Actor;
use crate::kernel::db::{Db, DbConn};
use crate::kernel::error::Error;
use crate::kernel::evidence_key::EvidenceKey;
use crate::kernel::ids::ProjectId;
use crate::kernel::state::AppState;

/// Number of entries that are read at a time.
const PAGE: i64 = 200;

/// A file that is being streamed.
struct Progress {
    db: Db,
    project: ProjectId,
    file: EvidenceFile,
    /// Position of the last entry that was written.
    written: i64,
    record: EvidenceRecord,
    key: EvidenceKey,
    /// The first part, until it is sent.
    start: Vec<u8>,
}

/// Streams the evidence of a project.
///
/// # Errors
/// 403, 404; 503 if too many reports and exports are running.
pub async fn stream(
    app: &AppState,
    actor: Actor,
    id: ProjectId,
) -> Result<impl Stream<Item = Result<Bytes, Error>> + use<>, Error> {
    let (db, now) = (app.db.clone(), app.environment.now());
    // Read before the response starts, so that a refusal or a busy database results in a problem.
    let record = db.read_slowly(move |conn| record::read(conn, &actor, id, now)).await?;
    let key = EvidenceKey::of(app).await?;
    let (file, start) = EvidenceFile::start();
    let progress = Progress { db, project: id, file, written: 0, record, key, start };
    Ok(stream::try_unfold(Some(progress), |progress| async move {
        let Some(progress) = progress else { return Ok(None) };
        let (text, next) = progress.step().await?;
        Ok::<_, Error>(Some((Bytes::from(text), next)))
    }))
}

impl Progress {
    /// Returns the next part, and the state after it; `None` after the last part.
    async fn step(mut self) -> Result<(Vec<u8>, Option<Self>), Error> {
        let mut text = std::mem::take(&mut self.start);
        let (project, after, through) = (self.project, self.written, self.record.head.position);
        if after >= through {
            text.extend_from_slice(&self.file.end(&self.record, &self.key)?);
            return Ok((text, None));
        }
        let read = move |conn: &mut DbConn| audit::chained(conn, project.as_str(), after, through, PAGE);
        let rows = self.db.read_slowly(read).await?;
        let entries = rows.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        let last = entries.last().ok_or_else(|| Error::internal("an audit entry is missing in the chain"))?;
        self.written = last.position;
        text.extend_from_slice(&self.file.entries(&entries)?);
        Ok((text, Some(self)))
    }
}

fn entry(row: ChainedEntry) -> Result<EvidenceEntry, Error> {
    let missing = || Error::internal("an audit entry has no hash");
    Ok(EvidenceEntry {
        position: row.chain_position.ok_or_else(missing)?,
        id: row.id.to_string(),
        recorded_at: row.recorded_at.to_string(),
        actor: row.actor,
        issuer: row.issuer,
        action: row.action,
        subject: row.subject,
        request_id: row.request_id,
        before: row.before,
        after: row.after,
        reason: row.reason,
        salt: row.salt,
        content_sha256: row.content_sha256.ok_or_else(missing)?,
        previous_sha256: row.previous_sha256.ok_or_else(missing)?,
        sha256: row.sha256.ok_or_else(missing)?,
    })
}
