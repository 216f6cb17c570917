//! The inbox: the pending actions and reminders of a person, across all projects.
//!
//! Rules: every slice finds its rows that require an action; only the inbox converts them to items and sorts them, the
//! most urgent first. The number of statements does not depend on the number of pending actions.

mod dto;
mod pending;
mod routes;
pub(crate) mod rulings;
mod service;

pub(crate) use routes::configure;
