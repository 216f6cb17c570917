//! Entente: the system of record for projects that two departments own together.
//!
//! Components, from the bottom up; each may import those above it in this list as far as
//! `tests/it/architecture.rs` allows:
//!
//! - [`kernel`]: ids, time, errors, HTTP, database, identity, permissions, events and the audit trail
//! - [`calendar`]: business time, closed days, slots and their capacity
//! - [`directory`]: departments and people
//! - [`collaboration`]: shared projects, approvals, memberships, ownership, decisions, reports
//! - [`callbacks`]: the callback desk: requests, agents, reports, privacy notices, the public form
//! - [`integrations`]: webhooks, record formats, external references
//! - [`privacy`]: export, erasure, retention and offboarding across components
//! - [`app`]: what runs it all: routes, server, worker, command line, OpenAPI document, demo
//!
//! A request takes one path: route -> service -> store -> event -> response.

pub mod app;
pub(crate) mod calendar;
pub mod callbacks;
pub mod collaboration;
pub(crate) mod directory;
pub mod integrations;
pub mod kernel;
pub mod privacy;
