//! `/v1/audit-entries`.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::Entry;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::response::Response;
use crate::kernel::ids::AuditEntryId;
use crate::kernel::state::AppState;
use crate::kernel::time::UtcTime;

pub fn configure(config: &mut ServiceConfig) {
    config.service(list_audit_entries);
}

/// What a write did to one record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct EntryBody {
    pub id: AuditEntryId,
    pub recorded_at: UtcTime,
    /// Subject of the token, or `system:` and the part of the service that acted.
    #[schema(min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f]+$", example = "cmo")]
    pub actor: String,
    /// The type of the event of the same change.
    #[schema(example = "project.activated", max_length = 60, pattern = "^[a-z_]+\\.[a-z_]+$")]
    pub action: String,
    /// Id of the record.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// The record before; null when it was new.
    #[schema(value_type = Option<Object>, required)]
    pub before: Box<RawValue>,
    /// The record after; null when it was removed.
    #[schema(value_type = Option<Object>, required)]
    pub after: Box<RawValue>,
    #[schema(required, max_length = 2000, pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
    pub reason: Option<String>,
    #[schema(max_length = 64, pattern = "^[A-Za-z0-9._-]*$")]
    pub request_id: String,
}

impl TryFrom<Entry> for EntryBody {
    type Error = Error;

    fn try_from(row: Entry) -> Result<Self, Error> {
        let raw = |text: String| RawValue::from_string(text).map_err(Error::internal);
        let Entry { id, recorded_at, actor, action, subject, before, after, reason, request_id } = row;
        Ok(Self {
            id,
            recorded_at,
            actor,
            action,
            subject,
            before: raw(before)?,
            after: raw(after)?,
            reason,
            request_id,
        })
    }
}

/// Which entries.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only those about the record with this id.
    #[serde(default)]
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    #[param(nullable = false, max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: Option<String>,
    /// Only those of this actor.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f]+$")]
    #[param(nullable = false, min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f]+$")]
    pub actor: Option<String>,
}

/// Read the audit trail
///
/// Who did what to which record, with the record before and after, in the order in which it happened.
/// Entries are never changed or removed.
#[utoipa::path(
    tag = "Events",
    params(AuditQuery, PageQuery),
    responses((status = 200, description = "A page of entries.", body = PageBody<EntryBody>)),
)]
#[get("/v1/audit-entries")]
pub async fn list_audit_entries(
    app: web::Data<AppState>,
    caller: Actor,
    ListRequest { query, page, links }: ListRequest<AuditQuery>,
) -> Result<Response, Error> {
    let rows = app
        .db
        .read(move |conn| {
            let rows = super::list(conn, &caller, query.subject.as_deref(), query.actor.as_deref(), &page)?;
            rows.into_iter().map(EntryBody::try_from).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    Ok(links.respond(rows, |row| row.id.to_string(), |row| row)?.no_store())
}
