//! Events in the API.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::rows::SequencedEvent;
use super::types;
use crate::kernel::error::Error;
use crate::kernel::ids::EventId;
use crate::kernel::time::UtcTime;

/// A change of a resource. Events have the same form in the event feed and in webhooks.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventBody {
    /// Unique identifier of the event, and the `webhook-id` of its deliveries. Use it to detect duplicates.
    pub id: EventId,
    /// Event type, such as `project.activated`. New types may be added, so ignore types that you do not know.
    #[serde(rename = "type")]
    #[schema(example = "project.activated", max_length = 60, pattern = "^[a-z_]+\\.[a-z_]+$")]
    pub kind: String,
    /// Position in the event feed: 1, 2, 3, ... without gaps. 0 in a test ping, which is not part of the feed.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    pub sequence: i64,
    /// Position among the events of the same subject: 1, 2, 3, ... without gaps. Use it to discard events that are
    /// older than the state you already have. 0 in a test ping.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    pub subject_sequence: i64,
    /// When the change was made.
    pub timestamp: UtcTime,
    /// Identifier of the resource that changed.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// `Request-Id` of the request that made the change.
    #[schema(max_length = 64, pattern = "^[A-Za-z0-9._-]*$")]
    pub request_id: String,
    /// External system that caused the change: from `Caused-By`, because it wrote its own external reference, or the
    /// name of the application that made the change; null if there is none. To prevent synchronisation loops, ignore
    /// events that your own system caused.
    #[schema(required, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub caused_by: Option<String>,
    /// The last audit entry of the project after the change, in `project.*` events only. Keep it: it can later prove
    /// that no record up to this entry was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub chain_head: Option<ChainHead>,
    /// The resource after the change, or before it if the change deleted the resource. The event type determines its
    /// schema, see the webhook of the type.
    #[schema(value_type = Object)]
    pub data: Box<RawValue>,
}

/// The last entry in the hash chain of the audit entries of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChainHead {
    /// Position of the entry: the number of entries of the project.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    pub position: i64,
    /// Hash of the entry, in lower-case hexadecimal; 64 zeros if there is no entry.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

impl TryFrom<SequencedEvent> for EventBody {
    type Error = Error;

    fn try_from(event: SequencedEvent) -> Result<Self, Error> {
        Ok(Self {
            id: event.id,
            kind: event.kind,
            sequence: event.sequence.ok_or_else(not_sequenced)?,
            subject_sequence: event.subject_sequence.ok_or_else(not_sequenced)?,
            timestamp: event.occurred_at,
            subject: event.subject,
            request_id: event.request_id,
            caused_by: event.caused_by,
            chain_head: event
                .chain_position
                .zip(event.chain_sha256)
                .map(|(position, sha256)| ChainHead { position, sha256 }),
            data: RawValue::from_string(event.data).map_err(Error::internal)?,
        })
    }
}

fn not_sequenced() -> Error {
    Error::internal("event has no sequence yet")
}

/// A page of the event feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// The events, oldest first.
    #[schema(max_items = 100)]
    pub data: Vec<EventBody>,
    /// Send this as `after` in the next request. It also skips the events that your filters exclude.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    pub last_sequence: i64,
}

/// The filters and the position in the event feed.
#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Return events with a greater `sequence`: the `last_sequence` of the previous response, or 0 to start with the
    /// oldest event that is kept.
    #[serde(default)]
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, default = 0)]
    #[param(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, default = 0)]
    pub after: Option<i64>,
    /// Return only events of these types. Repeat the parameter to include several types.
    #[serde(default, rename = "type")]
    #[schema(nullable = false, max_items = 20)]
    #[param(nullable = false, max_items = 20)]
    pub kinds: Option<Vec<EventTypeName>>,
    /// Return only events about the resource with this ID.
    #[serde(default)]
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    #[param(nullable = false, max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: Option<String>,
    /// Maximum number of events to return, from 1 to 100.
    #[serde(default)]
    #[schema(format = Int32, minimum = 1, maximum = 100, default = 20)]
    #[param(format = Int32, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<i64>,
}

/// Event type, such as `project.activated`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventTypeName(pub String);

impl PartialSchema for EventTypeName {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Type of an event. The section `webhooks` of this document describes each type."))
            .max_length(Some(60))
            .enum_values(Some(types::ALL.iter().map(|kind| kind.name)))
            .examples([serde_json::json!(types::DEPARTMENT_CREATED)])
            .into()
    }
}

impl ToSchema for EventTypeName {}
