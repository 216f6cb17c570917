//! The options of an endpoint for the delivery of its events.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::text_enum! {
    /// Order of deliveries: `none` (each event is sent as soon as it is due) or `subject` (the events about one
    /// resource are sent one after another, each only after the previous one was delivered).
    pub enum Ordering {
        None,
        Subject,
    }
}

crate::text_enum! {
    /// What happens after the last attempt to deliver an event has failed, if `ordering` is `subject`: `skip` (the next
    /// event about the same resource is sent) or `hold` (later events about the resource are held until the failed one
    /// is delivered or cancelled).
    pub enum OnExhausted {
        Skip,
        Hold,
    }
}

/// Delay before an attempt, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(format = Int32, minimum = 0, maximum = 604_800, example = 300)]
pub struct RetryDelay(pub i32);

crate::text_enum! {
    /// Why the service disabled an endpoint: `gone` (the receiver responded 410) or `failing` (no delivery succeeded
    /// for five days).
    pub enum DisabledReason {
        Gone,
        Failing,
    }
}
