//! Decisions: questions that the sides of a project decide together.
//!
//! Rules: every side responds; when all approve, the decision is approved, and when all reject, it is rejected; when
//! they differ, or a side has not responded in time, the decision is deadlocked and can be escalated to an arbiter, who
//! then decides. No side names the arbiter alone (see `arbitration`). The outcomes of disputes are recorded as
//! decisions as well.

mod dto;
mod filter;
mod mapping;
mod raise;
mod routes;
pub(crate) mod service;
mod state;
mod store;

pub use crate::collaboration::states::DecisionState;
pub(crate) use dto::DecisionBody;
pub(crate) use routes::configure;
