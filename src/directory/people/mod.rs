//! People, and the regular positions (`home_position`) to which they return when a project ends.
//!
//! Rules: e-mail addresses and logins are unique; a login is an issuer and a subject; a person has at most one regular
//! position on any day, which the database guarantees; a project never changes a regular position; deactivating a
//! person reassigns nothing, and refuses their tokens. Responses contain personal data, so they are not cached.

mod callers;
mod dto;
mod filter;
pub(crate) mod import;
mod login_fields;
pub(crate) mod managers;
pub(crate) mod refused_logins;
mod routes;
mod rows;
pub(crate) mod service;
mod store;

pub use callers::StoredPeople;
pub use dto::{HomePositionBody, PeopleImport, PeopleImportResult, PersonBody, PersonOutcome};
pub use import::IMPORT_RESPONSES;
pub use routes::configure;
pub use rows::Person;
pub use service::{deactivated_person, person_unknown};
