//! Decisions: questions that the sides decide together.
//!
//! Rules: every side answers; when all agree it is decided so, when none does it is rejected; when
//! they differ, or one has not answered in time, the question is deadlocked and can be escalated to
//! somebody who has no part in the project, who then decides. Settled disputes are kept as decisions
//! too.

mod dto;
mod filter;
mod mapping;
mod raise;
mod routes;
pub(crate) mod service;
mod state;
mod store;

pub use crate::collaboration::states::DecisionState;
pub(crate) use routes::configure;
pub(crate) use store::Decision;
