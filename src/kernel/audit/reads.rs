//! Audit entries about reads of personal data in bulk: exports, requests of data subjects, and reports about a person.
//!
//! Rule: the entry is committed before the data is returned, so that no such read is without an entry. It says what was
//! read, and does not repeat it.

use serde_json::Value;

use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::ids::AuditEntryId;
use crate::kernel::record::{self, Origin};
use crate::kernel::state::AppState;

/// A read of personal data in bulk.
#[derive(Debug, Clone)]
pub struct PersonalDataRead {
    /// The operation, by its `operationId`.
    pub operation: &'static str,
    /// Id of the person whom the data is about; `None` for data of several people, or of visitors.
    pub person: Option<String>,
    /// What was read, such as a filter or the ids of records; no personal data.
    pub read: Value,
}

/// Records a read by a caller who is authorised.
///
/// # Errors
/// 503 when the database is busy; the data must not be returned then.
pub async fn record_read(
    app: &AppState,
    caller: Actor,
    request_id: String,
    read: PersonalDataRead,
) -> Result<(), Error> {
    let environment = app.environment.clone();
    app.db
        .write(move |conn| {
            let id: AuditEntryId = environment.new_id();
            let at = environment.now();
            let origin = Origin { actor: &caller.subject, request_id: &request_id, caused_by: None, at };
            let after = serde_json::json!({ "operation": read.operation, "read": read.read });
            record::write_read(conn, id, origin, read.person.as_deref().unwrap_or(id.as_str()), &after)
        })
        .await
}
