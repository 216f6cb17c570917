//! The slots of a queue, and what can be promised in it: the settings of the queue, its calendar and its agents
//! together.
//!
//! Rules: visitors reach the public queue of their intent, applications any queue; with the capacity source `roster`,
//! nothing is promised that the agents on duty cannot keep ([`asap`]).

mod asap;
mod dto;
mod routes;
mod service;
mod store;

pub use routes::configure;
pub use service::{
    BookableQueue, NoAgent, Promised, Purpose, Reach, can_be_staffed, of_id, promise, reached, warnings,
};
