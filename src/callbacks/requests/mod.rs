//! Callback requests: visitors request a call, agents claim the requests and call the visitors.
//!
//! Rules: anyone can request a call without an account; the response contains the real time, and capacity of that slot
//! is reserved; the response does not depend on what is known about the number (`repeat_requests`, [`intake_policy`],
//! `network`, `blocked_numbers`); requests are claimed by agents, each by one agent only, or assigned automatically
//! ([`scheduled`]); a request is closed when the visitor was reached, cannot be reached, or has cancelled. Name, phone,
//! e-mail and notes are visible to agents only, and never appear in events, audit entries or logs.

mod access;
mod agent_calendar;
mod blocked_numbers;
mod calls;
mod cancel_several;
mod chain;
mod confirmation;
mod create;
pub(crate) mod csv_fields;
mod dto;
pub(crate) mod enums;
pub mod erasure;
mod export;
mod feedback;
mod filter;
pub mod gauges;
mod ical;
mod intake_outcome;
pub mod intake_policy;
mod manage;
mod manage_link;
mod name_keys;
mod network;
mod network_hashes;
mod network_limits;
pub mod opening_hours;
pub(crate) mod phone;
mod progress;
pub mod proof_of_work;
mod receipt_calendar;
mod record_data;
mod repeat_requests;
mod reroute;
mod routes;
mod rows;
pub mod scheduled;
mod search;
pub(crate) mod service;
mod store;
mod transitions;
pub(crate) mod typed_phone;
pub(crate) mod violations;

pub use blocked_numbers::configure as configure_blocked_numbers;
pub use calls::{abandon, to_abandon};
pub use dto::{CallEvent, CallbackRequestBody, CallbackRequestEvent};
pub use enums::{CallbackIntent, CallbackState};
pub use erasure::ExportedCallbackRequest;
pub use intake_outcome::IntakeOutcome;
pub use record_data::{DeskData, LastCall, desk_data};
pub use routes::{configure, configure_agent_calendars};
