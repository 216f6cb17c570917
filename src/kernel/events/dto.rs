//! Events as readers see them.

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

/// Something that happened. The same form in the feed and in webhooks.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventBody {
    /// Unique; also the `webhook-id` of its deliveries. Use it to recognise repetitions.
    pub id: EventId,
    /// `<resource>.<past participle>`, one of `EventTypeName`; text, so that a client outlives new ones.
    #[serde(rename = "type")]
    #[schema(example = "project.activated", max_length = 60, pattern = "^[a-z_]+\\.[a-z_]+$")]
    pub kind: String,
    /// Place in the feed: 1, 2, 3, ... without a gap. 0 in the ping of `POST .../test`, which is in no feed.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    pub sequence: i64,
    /// Place among the events of its subject: 1, 2, 3, ... without a gap, so that a receiver can tell what is older
    /// than what it has. 0 in a ping.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    pub subject_sequence: i64,
    /// When the change was made.
    pub timestamp: UtcTime,
    /// Id of the thing that changed.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// The request that made the change.
    #[schema(max_length = 64, pattern = "^[A-Za-z0-9._-]*$")]
    pub request_id: String,
    /// The external system that made the change, as it said in `Caused-By` or by writing its reference; null otherwise.
    /// A system that ignores what it caused itself cannot run in a circle.
    #[schema(required, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub caused_by: Option<String>,
    /// The thing after the change; its schema is that of the event's type.
    #[schema(value_type = Object)]
    pub data: Box<RawValue>,
}

impl TryFrom<SequencedEvent> for EventBody {
    type Error = Error;

    fn try_from(event: SequencedEvent) -> Result<Self, Error> {
        Ok(Self {
            id: event.id,
            kind: event.kind,
            sequence: event.sequence.ok_or_else(without_place)?,
            subject_sequence: event.subject_sequence.ok_or_else(without_place)?,
            timestamp: event.occurred_at,
            subject: event.subject,
            request_id: event.request_id,
            caused_by: event.caused_by,
            data: RawValue::from_string(event.data).map_err(Error::internal)?,
        })
    }
}

fn without_place() -> Error {
    Error::internal("an event without a sequence is not public")
}

/// A stretch of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// Oldest first.
    #[schema(max_items = 100)]
    pub data: Vec<EventBody>,
    /// Ask with `after` set to this next time. It also passes what your filters have left out.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    pub last_sequence: i64,
}

/// Which stretch of the feed.
#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// The last `sequence` you have seen; 0 from the oldest one that is kept.
    #[serde(default)]
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, default = 0)]
    #[param(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, default = 0)]
    pub after: Option<i64>,
    /// Only events of these types; repeat for several.
    #[serde(default, rename = "type")]
    #[schema(nullable = false, max_items = 20)]
    #[param(nullable = false, max_items = 20)]
    pub kinds: Option<Vec<EventTypeName>>,
    /// Only events of the thing with this id.
    #[serde(default)]
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    #[param(nullable = false, max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: Option<String>,
    /// Events to return.
    #[serde(default)]
    #[schema(format = Int32, minimum = 1, maximum = 100, default = 20)]
    #[param(format = Int32, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<i64>,
}

/// Name of an event type.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventTypeName(pub String);

impl PartialSchema for EventTypeName {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(60))
            .enum_values(Some(types::ALL.iter().map(|kind| kind.name)))
            .examples([serde_json::json!(types::DEPARTMENT_CREATED)])
            .into()
    }
}

impl ToSchema for EventTypeName {}
