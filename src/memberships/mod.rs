//! Memberships: who works in a project, for which side, and until when.
//!
//! Rules: nobody is a member before they have accepted role and dates; a member keeps the home
//! position they came from and answers to the sponsors of all sides; on any day a person has at
//! most one membership in a project, which the database sees to; what time brings (active, ended,
//! expired) is computed when read.

mod dto;
mod invite;
pub mod parity;
mod routes;
pub mod service;
pub mod state;
mod store;

pub use dto::MembershipBody;
pub use routes::configure;
