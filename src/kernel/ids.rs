//! Typed ids: a prefix for the kind and a UUIDv7 in Crockford base 32 (TypeID 0.3, `prj_01h455vb4pex5vsknk084sn02q`).
//! An id is the same text in the API, the logs and both databases.
//!
//! Each kind of id has its own type. Ids of one kind sort by the time of creation, which is the order of lists.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use arrayvec::ArrayString;
use diesel::backend::Backend;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use typeid_suffix::prelude::TypeIdSuffix;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// Returns the n-th UUID of the demo data: the time 2026-01-01T00:00:00Z, version 7, variant 10, and n.
#[must_use]
pub fn demo_uuid(n: u64) -> Uuid {
    const FIXED: u128 = (1_767_225_600_000 << 80) | (0x7 << 76) | (0b10 << 62);
    Uuid::from_u128(FIXED | u128::from(n))
}

/// The kind of an id. Implemented by marker types only.
pub trait Kind: Send + Sync + 'static {
    /// Prefix of the id: two to four lower-case letters.
    const PREFIX: &'static str;
    /// Name of the schema in the API document.
    const NAME: &'static str;
    /// Description of the schema in the API document.
    const DESCRIPTION: &'static str;
}

/// An id of kind `K`.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Id<K: Kind> {
    text: ArrayString<32>,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Id<K> {
    /// Creates an id from a UUID.
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Self {
        let suffix = TypeIdSuffix::from(uuid);
        let mut text = ArrayString::new();
        // At most 4 + 1 + 26 bytes, so it always fits 32.
        for part in [K::PREFIX, "_", suffix.as_ref()] {
            let _ = text.try_push_str(part);
        }
        Self { text, kind: PhantomData }
    }

    /// Returns the n-th id of this kind in the demo data and in the examples of the API document.
    #[must_use]
    pub fn demo(n: u64) -> Self {
        Self::from_uuid(demo_uuid(n))
    }

    /// Returns an id that was stored. The database contains only ids that were parsed or created, so the suffix is not
    /// decoded again.
    fn stored(text: &str) -> Result<Self, NotAnId> {
        let text = ArrayString::from(text).map_err(|_| NotAnId(K::PREFIX))?;
        let is_own = text.strip_prefix(K::PREFIX).is_some_and(|rest| rest.starts_with('_'));
        if is_own { Ok(Self { text, kind: PhantomData }) } else { Err(NotAnId(K::PREFIX)) }
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The error for text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnId(&'static str);

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected an id of the form {}_ followed by 26 characters", self.0)
    }
}

impl std::error::Error for NotAnId {}

impl<K: Kind> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let suffix = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or(NotAnId(K::PREFIX))?;
        TypeIdSuffix::from_str(suffix).map_err(|_| NotAnId(K::PREFIX))?;
        Ok(Self { text: ArrayString::from(text).map_err(|_| NotAnId(K::PREFIX))?, kind: PhantomData })
    }
}

// Implemented by hand, because derives would require the same traits of the marker type.
impl<K: Kind> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K: Kind> Copy for Id<K> {}
impl<K: Kind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl<K: Kind> Eq for Id<K> {}
impl<K: Kind> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K: Kind> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}
impl<K: Kind> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl<K: Kind> PartialSchema for Id<K> {
    fn schema() -> RefOr<Schema> {
        // Matches UUIDv7 only: 3 bits in the first character, the version in the eleventh and the variant in the
        // fourteenth.
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(K::DESCRIPTION))
            .pattern(Some(format!(
                "^{}_[0-7][0-9a-hjkmnp-tv-z]{{9}}[ef][0-9a-hjkmnp-tv-z]{{2}}[89abrstv][0-9a-hjkmnp-tv-z]{{12}}$",
                K::PREFIX
            )))
            .max_length(Some(K::PREFIX.len() + 27))
            .examples([serde_json::json!(Self::demo(1))])
            .into()
    }
}

impl<K: Kind> ToSchema for Id<K> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(K::NAME)
    }
}

impl<DB: Backend, K: Kind> ToSql<Text, DB> for Id<K>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        ToSql::<Text, DB>::to_sql(self.text.as_str(), out)
    }
}

crate::read_from_text!(Id<K>, Self::stored, K: Kind);

macro_rules! kinds {
    ($($marker:ident, $alias:ident, $prefix:literal, $of:literal;)*) => {$(
        #[doc = concat!("Marker type of ids that start with `", $prefix, "_`.")]
        pub enum $marker {}
        impl Kind for $marker {
            const PREFIX: &'static str = $prefix;
            const NAME: &'static str = stringify!($alias);
            const DESCRIPTION: &'static str = concat!("Unique identifier of ", $of, "; starts with `", $prefix, "_`.");
        }
        #[doc = concat!("Unique identifier of ", $of, ".")]
        pub type $alias = Id<$marker>;
    )*};
}

kinds! {
    DepartmentKind, DepartmentId, "dpt", "a department";
    PersonKind, PersonId, "per", "a person";
    HomePositionKind, HomePositionId, "hom", "a regular position (home position)";
    ProjectKind, ProjectId, "prj", "a project";
    ApprovalKind, ApprovalId, "apr", "an approval";
    ApprovalResponseKind, ApprovalResponseId, "rsp", "a response to an approval";
    DelegationKind, DelegationId, "dlg", "a delegation";
    MembershipKind, MembershipId, "mbr", "a membership";
    AreaKind, AreaId, "are", "an ownership area";
    AssignmentKind, AssignmentId, "own", "an assignment of an area";
    TransferKind, TransferId, "trf", "a transfer of an area";
    DisputeKind, DisputeId, "dsp", "a dispute over an area";
    OwnershipConflictKind, OwnershipConflictId, "ocf", "a data ownership conflict of a project";
    DecisionKind, DecisionId, "dec", "a decision";
    DrawKind, DrawId, "drw", "a draw of an arbiter";
    CalendarKind, CalendarId, "cal", "a calendar";
    ClosedDayKind, ClosedDayId, "cld", "a closed day";
    QueueKind, QueueId, "que", "a queue of callback requests";
    CallbackRequestKind, CallbackRequestId, "cbr", "a callback request";
    CallKind, CallId, "call", "a call";
    BlockedNumberKind, BlockedNumberId, "bln", "a blocked number";
    AgentKind, AgentId, "agt", "an agent";
    PrivacyNoticeKind, PrivacyNoticeId, "ntc", "a privacy notice";
    EventKind, EventId, "evt", "an event";
    WebhookEndpointKind, WebhookEndpointId, "whe", "a webhook endpoint";
    DeliveryKind, DeliveryId, "dlv", "a delivery of an event to an endpoint";
    DeliveryAttemptKind, DeliveryAttemptId, "dla", "a delivery attempt";
    AuditEntryKind, AuditEntryId, "aud", "an audit entry";
    PseudonymKind, ActorId, "act", "a person as the actor of audit entries";
    ApiKeyKind, ApiKeyId, "key", "an API key";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_and_uuid_convert_both_ways_and_sort_alike(a in any::<u128>(), b in any::<u128>()) {
            let ids = [a, b].map(|bits| ProjectId::from_uuid(uuid::Builder::from_u128(bits).with_version(uuid::Version::SortRand).with_variant(uuid::Variant::RFC4122).into_uuid()));
            for id in ids {
                prop_assert_eq!(id.as_str().parse::<ProjectId>().unwrap(), id);
                prop_assert!(id.as_str().parse::<PersonId>().is_err());
            }
            let uuids = ids.map(|id| id.as_str()[4..].parse::<TypeIdSuffix>().unwrap().to_uuid());
            prop_assert_eq!(ids[0].cmp(&ids[1]), uuids[0].cmp(&uuids[1]));
        }

        #[test]
        fn the_parser_never_panics(text in ".{0,40}") {
            if let Ok(id) = text.parse::<ProjectId>() {
                prop_assert_eq!(id.as_str(), text);
            }
        }
    }
}
