//! Entente: the system of record for projects that two or more departments own together.
//!
//! Components, from the bottom up. `tests/it/architecture.rs` defines which components each of them may import:
//!
//! - [`kernel`]: ids, time, errors, HTTP, database, authentication, permissions, events and the audit trail
//! - [`calendar`]: business time, closed days, slots and their capacity
//! - [`directory`]: departments, people and the API keys of applications
//! - [`collaboration`]: shared projects, approvals, memberships, ownership, decisions, reports
//! - [`callbacks`]: callback requests, agents, reports, privacy notices, the public form
//! - [`integrations`]: webhooks, record formats, external references
//! - [`privacy`]: export, erasure, retention and offboarding across components
//! - [`app`]: routes, server, worker, command line, OpenAPI document, demo
//!
//! A request passes through these layers: route -> service -> store -> event -> response.

pub mod app;
pub(crate) mod calendar;
pub mod callbacks;
pub mod collaboration;
pub(crate) mod directory;
pub mod integrations;
pub mod kernel;
pub mod privacy;
