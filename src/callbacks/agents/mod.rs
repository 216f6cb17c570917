//! Agents: the roster of people who call visitors back, with their duty times.
//!
//! Rules: an agent is a person in the directory; duty times are weekly, in local time of the company
//! calendar; requests are assigned automatically to the agents on duty in turn ([`duty`]). Without
//! duty times nothing is assigned automatically: agents claim requests.

mod dto;
pub(crate) mod duty;
mod routes;
mod rows;
mod service;
mod store;

pub use dto::AgentBody;
pub use routes::configure;
pub use service::{
    body_of_person, by_feed_secret, has_duty_plan, lock_assignable, lock_of_caller, make_inactive, of_caller,
    of_person, roster, take_turn,
};
