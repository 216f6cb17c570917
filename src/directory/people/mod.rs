//! People, and the home positions they return to when a project ends.
//!
//! Rules: an e-mail address and a token subject belong to one person each; a person has at most
//! one home position on any day, which the database sees to; a project never changes a home
//! position; leaving the company reassigns nothing. Answers hold personal data, so no cache keeps
//! them.

mod dto;
mod import;
mod routes;
pub mod service;
mod store;

pub use dto::{HomePositionBody, PersonBody};
pub use import::KEPT_ANSWERS;
pub use routes::configure;
pub use service::has_left;
pub use store::Person;
