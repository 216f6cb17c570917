//! People, and the home positions they return to when a project ends.
//!
//! Rules: an e-mail address and a token subject belong to one person each; a person has at most
//! one home position on any day, which the database guarantees; a project never changes a home
//! position; deactivating a person reassigns nothing. Responses contain personal data, so they are not
//! cached.

mod dto;
mod filter;
mod import;
mod routes;
mod rows;
pub(crate) mod service;
mod store;

pub use dto::PersonBody;
pub use import::KEPT_ANSWERS;
pub use routes::configure;
pub use rows::Person;
pub use service::has_left;
