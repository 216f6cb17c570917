//! `GET /v1/audit-entries`: the audit trail.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::Entry;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::AuditEntryId;
use crate::kernel::state::AppState;
use crate::kernel::time::UtcTime;

pub fn configure(routes: &mut impl Routes) {
    routes.service(list_audit_entries);
}

/// A change of one resource, or a read of personal data in bulk.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct EntryBody {
    /// Unique identifier of the audit entry.
    pub id: AuditEntryId,
    /// When the change was made.
    pub recorded_at: UtcTime,
    /// Who made the change or the read: `sub` of the token, `api-key:` followed by the name of an application with an
    /// API key, `anonymous` for a visitor, or `system:` followed by the part of the service.
    #[schema(min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f]+$", example = "cmo")]
    pub actor: String,
    /// Type of the event that the same change caused; `personal_data.read` for a read of personal data in bulk, which
    /// causes no event.
    #[schema(example = "project.activated", max_length = 60, pattern = "^[a-z_]+\\.[a-z_]+$")]
    pub action: String,
    /// Identifier of the changed resource. For a read, the person whom the data is about, or the entry itself for data of
    /// visitors or several people.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// The resource before the change; null if the change created it, and for a read.
    #[schema(value_type = Option<Object>, required)]
    pub before: Box<RawValue>,
    /// The resource after the change. If the change deleted the resource, the same as `before`. For a read, the
    /// `operation` and what was `read`.
    #[schema(value_type = Option<Object>, required)]
    pub after: Box<RawValue>,
    /// The reason that the caller gave; null if there is none or it was erased.
    #[schema(required, max_length = 2000, pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
    pub reason: Option<String>,
    /// `Request-Id` of the request.
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

/// The filters of the audit trail.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Return only entries about the resource with this ID.
    #[serde(default)]
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    #[param(nullable = false, max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: Option<String>,
    /// Return only entries of this actor, such as `cmo` or `system:scheduler`.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f]+$")]
    #[param(nullable = false, min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f]+$")]
    pub actor: Option<String>,
}

/// List audit entries
///
/// Returns who changed which resource, with the resource before and after the change, oldest first. Reads of personal
/// data in bulk (exports and offboarding reports) have entries, too. Entries are append-only: they are never deleted,
/// and changed only to redact the personal data of an erased person.
#[utoipa::path(
    tag = "Events",
    params(AuditQuery, PageQuery),
    responses((status = 200, description = "A page of audit entries.", body = PageBody<EntryBody>)),
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
