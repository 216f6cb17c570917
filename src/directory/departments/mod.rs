//! Departments: the sides of shared projects.
//!
//! Rules: a department has a stable `key`; `marketing` (CMO) and `it` (CIO) exist from the start; every caller with
//! access to the directory can read all departments; changing them needs the scope `directory:write`.

mod dto;
mod routes;
mod rows;
pub(crate) mod service;
mod store;

pub use dto::DepartmentBody;
pub use routes::configure;
