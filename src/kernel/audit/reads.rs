//! Audit entries about reads of personal data in bulk: exports, requests of data subjects, and reports about a person.
//!
//! Rule: the entry is committed before the data is returned, so that no such read is without an entry. It says what was
//! read, and does not repeat it.

use serde_json::Value;

use crate::kernel::actors;
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
    let (environment, began) = (app.environment.clone(), app.environment.now());
    let known = app.pseudonyms.get(&caller, began);
    let reader = caller.clone();
    let pseudonym = app
        .db
        .write(move |conn| {
            let mut pseudonym = known;
            let by = actors::name(conn, &environment, &reader, &mut pseudonym)?;
            let id: AuditEntryId = environment.new_id();
            let origin = Origin { request_id: &request_id, caused_by: None, at: environment.now() };
            let after = serde_json::json!({ "operation": read.operation, "read": read.read });
            let subject = read.person.as_deref().unwrap_or(id.as_str());
            record::write_read(conn, id, by, origin, subject, &after)?;
            Ok(pseudonym)
        })
        .await?;
    app.pseudonyms.keep(&caller, pseudonym.filter(|_| known.is_none()), began);
    Ok(())
}
