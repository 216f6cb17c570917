//! Agents: who works the queue of callback requests, and when.
//!
//! Rules: an agent is known by the `sub` of the token; duty times are weekly, in wall time of the
//! company calendar; requests are assigned automatically to the agents on duty in turn ([`duty`]). Without a
//! roster nothing is assigned automatically: agents claim requests.

mod dto;
pub(crate) mod duty;
mod routes;
mod rows;
mod service;
mod store;

pub use routes::configure;
pub use service::{by_feed_secret, is_anybody_active, is_known, is_on_roster, roster, was_assigned};
