//! How an endpoint wants its events delivered.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::text_enum! {
    /// In which order events arrive.
    pub enum Ordering {
        /// Each as soon as it can.
        None,
        /// Events of one subject one after another, each only when the one before has arrived.
        Subject,
    }
}

crate::text_enum! {
    /// What follows when the last try of an event has failed, with `ordering` `subject`.
    pub enum OnExhausted {
        /// The next event of the subject is sent.
        Skip,
        /// The subject waits until the event is sent again or cancelled.
        Hold,
    }
}

/// Seconds before a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(format = Int32, minimum = 0, maximum = 604_800, example = 300)]
pub struct RetryDelay(pub i32);

crate::text_enum! {
    /// Why the service disabled an endpoint.
    pub enum DisabledReason {
        /// The receiver responded 410.
        Gone,
        /// There was no success for five days.
        Failing,
    }
}
