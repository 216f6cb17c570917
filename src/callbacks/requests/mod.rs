//! Callback requests: "one of our experts will call you".
//!
//! Rules: anyone can ask for a call without an account; the response names the real time, and a place in
//! that slot is reserved; the response is the same whatever else is known of the number
//! (`repeat_requests`, [`intake_policy`]); agents claim requests one at a time, never two the same one, or have
//! them assigned automatically ([`scheduled`]); a request is closed when the visitor was reached, cannot be
//! reached, or has cancelled. Name, phone, e-mail and notes are shown to agents only, are stored in one table,
//! and never appear in events, audit entries or logs.

mod agent_calendar;
mod confirmation;
mod create;
mod dto;
pub(crate) mod enums;
pub mod erasure;
mod export;
mod filter;
pub mod intake_policy;
mod manage;
pub(crate) mod phone;
mod progress;
pub mod proof_of_work;
mod record_attempt;
mod repeat_requests;
mod reroute;
mod routes;
mod rows;
pub mod scheduled;
pub(crate) mod service;
mod store;
mod transitions;
pub(crate) mod violations;

pub use dto::{CallAttemptEvent, CallbackRequestBody, CallbackRequestEvent};
pub use enums::{CallbackIntent, CallbackState};
pub use erasure::HeldRequest;
pub use routes::{configure, configure_agent_calendars};
