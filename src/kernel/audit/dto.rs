//! The audit trail in requests and responses.

use std::collections::{BTreeMap, BTreeSet};

use diesel::Queryable;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Ref, Schema};
use utoipa::{IntoParams, ToSchema};

use super::Entry;
use crate::kernel::actors::{self, Known};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{ActorId, AuditEntryId, PersonId};
use crate::kernel::time::UtcTime;

/// A change of one resource, or a read of personal data in bulk.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct EntryBody {
    /// Unique identifier of the audit entry.
    pub id: AuditEntryId,
    /// When the change was made.
    pub recorded_at: UtcTime,
    /// Who made the change or the read: `act_` and an identifier for a person, `sub` of the token of an application,
    /// `api-key:` followed by the name of an application with an API key, `anonymous` for a visitor, or `system:`
    /// followed by the part of the service.
    #[schema(
        min_length = 1,
        max_length = 300,
        pattern = r"^[^\x00-\x1f]+$",
        example = "act_01kdvdna00e008000000000001"
    )]
    pub actor: String,
    /// `iss` of the token of an application, because applications of two issuers can have the same name. Null for
    /// applications with an API key, visitors, parts of the service, and people, whose issuer is in `included` with
    /// `expand=actors`.
    #[schema(
        required,
        min_length = 1,
        max_length = 2000,
        pattern = r"^[^\x00-\x1f]+$",
        example = "https://id.example.com"
    )]
    pub issuer: Option<String>,
    /// Type of the event that the same change caused; `personal_data.read` for a read of personal data in bulk, which
    /// causes no event.
    #[schema(example = "project.activated", max_length = 60, pattern = "^[a-z_]+\\.[a-z_]+$")]
    pub action: String,
    /// Identifier of the changed resource. For a read, the person whom the data is about, or the entry itself for data
    /// of visitors or several people.
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
        let Entry { position: _, id, recorded_at, actor, issuer, action, subject, before, after, reason, request_id } =
            row;
        Ok(Self {
            id,
            recorded_at,
            actor,
            issuer,
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
    /// Return only entries of this actor: an identifier that starts with `act_`, or the name of an application or a
    /// part of the service, such as `system:scheduler`. The identifier of a person (`per_`) returns the entries of the
    /// actor with the current login of this person.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f]+$")]
    #[param(nullable = false, min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f]+$")]
    pub actor: Option<String>,
    /// Add the people behind the pseudonyms to the response, in `included`.
    #[serde(default)]
    #[schema(nullable = false, max_items = 10)]
    #[param(nullable = false, max_items = 10, example = json!(["actors"]))]
    pub expand: Option<Vec<AuditExpansion>>,
}

/// What a page of audit entries can include.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditExpansion {
    Actors,
}

/// One page of audit entries with the people who acted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntryPage)]
pub struct EntryPage {
    /// The items of this page.
    #[schema(max_items = 100)]
    pub data: Vec<EntryBody>,
    /// Cursor of the next page; null on the last page. Send it back as `cursor`.
    #[schema(required, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub next_cursor: Option<String>,
    /// The people behind the pseudonyms of this page; absent unless `expand` was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub included: Option<IncludedActors>,
}

/// The people behind the pseudonyms of a page.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncludedActors {
    #[schema(schema_with = actors_by_id)]
    pub actors: BTreeMap<ActorId, ActorBody>,
}

// utoipa would describe the keys of a map with `propertyNames`, which OpenAPI 3.0 does not have.
fn actors_by_id() -> RefOr<Schema> {
    ObjectBuilder::new()
        .description(Some("The people, each under the identifier that `actor` has."))
        .additional_properties(Some(Ref::from_schema_name(ActorBody::name())))
        .max_properties(Some(100))
        .into()
}

impl IncludedActors {
    /// Returns the people who made these entries; one statement.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn of(conn: &mut DbConn, entries: &[EntryBody]) -> Result<Self, Error> {
        let ids: BTreeSet<ActorId> = entries.iter().filter_map(|entry| entry.actor.parse().ok()).collect();
        let ids: Vec<ActorId> = ids.into_iter().collect();
        let known = actors::find(conn, &ids)?.into_iter();
        Ok(Self { actors: known.map(|known| (known.id, known.into())).collect() })
    }
}

/// The person behind a pseudonym of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Actor)]
pub struct ActorBody {
    /// The pseudonym: the `actor` of audit entries. It stays the same after an erasure.
    pub id: ActorId,
    /// The person in the directory with this login; null if there is none, or if the person was erased.
    #[schema(required)]
    pub person_id: Option<PersonId>,
    /// `iss` of the person's tokens; null if the person was erased.
    #[schema(
        required,
        min_length = 1,
        max_length = 2000,
        pattern = r"^[^\x00-\x1f]+$",
        example = "https://id.example.com"
    )]
    pub issuer: Option<String>,
    /// `sub` of the person's tokens; null if the person was erased.
    #[schema(required, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$", example = "jana.novakova")]
    pub subject: Option<String>,
}

impl From<Known> for ActorBody {
    fn from(Known { id, issuer, subject, person_id }: Known) -> Self {
        Self { id, person_id, issuer, subject }
    }
}

/// An audit entry of a person, without the resource that was changed.
#[derive(Debug, Clone, Queryable, Serialize, ToSchema)]
pub struct RecordedAction {
    /// Unique identifier of the audit entry.
    pub id: AuditEntryId,
    /// When the change or the read was made.
    pub recorded_at: UtcTime,
    /// What was done, as in the audit entry.
    #[schema(example = "project.activated", max_length = 60, pattern = "^[a-z_]+\\.[a-z_]+$")]
    pub action: String,
    /// Identifier of the resource that was changed or read.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
}
