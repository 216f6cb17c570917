//! The directory of the company: departments, people, and their regular positions, also as parts of other responses,
//! and the applications that have API keys.

pub(crate) mod api_keys;
pub(crate) mod departments;
mod existence;
pub(crate) mod expand;
pub(crate) mod people;
