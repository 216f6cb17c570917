//! Departments: the sides of shared projects.
//!
//! Rules: a department has a stable `key`; `marketing` (CMO) and `it` (CIO) are there from the
//! start; everyone with access to the directory sees all of them, administrators change them.

mod dto;
mod routes;
mod rows;
pub(crate) mod service;
mod store;

pub use routes::configure;
