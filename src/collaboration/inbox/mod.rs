//! The inbox: what waits for the person who calls, across all projects.
//!
//! Rules: every slice says what waits in it for a person; the inbox only puts it in order, the most
//! urgent first. It takes the same number of statements whatever waits.

mod dto;
mod routes;
mod service;

pub use dto::{Item, ItemKind};
pub use routes::configure;
