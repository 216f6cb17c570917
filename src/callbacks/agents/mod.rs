//! Agents: the roster of people who call visitors back, with their queues, duty times and absences.
//!
//! Rules: an agent is a person in the directory and works in one or more queues; duty times are weekly, in local time
//! of the calendar of the queue; requests are assigned automatically to the agents on duty in their queue in turn
//! ([`duty`]). Without duty times nothing is assigned automatically: agents claim requests of their queues.

mod dto;
pub(crate) mod duty;
mod plan;
mod routes;
mod rows;
mod service;
mod store;

pub use dto::AgentBody;
pub use routes::configure;
pub use service::{
    active_of_caller, body_of_person, by_feed_secret, emails, find_of_caller, is_in_queue, is_on_duty, is_on_roster,
    lock_assignable, lock_of_caller, make_inactive, of_caller, of_person, planned_queues, queues_of, roster, staff_of,
    take_turn,
};
