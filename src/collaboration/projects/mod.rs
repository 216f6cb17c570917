//! Projects: two to eight sides, one charter, nobody decides alone.
//!
//! Rules: every side is a department with one sponsor's seat, and no person sits on two; the
//! charter is edited in versions, each with a hash. What needs the other slices, such as activating
//! a project, is in `lifecycle`.

mod area_sync;
mod blocker_text;
pub mod charter;
pub mod closure_report;
mod create;
pub mod dto;
mod filter;
mod mapping;
mod milestones;
pub mod readiness;
pub mod revision;
mod routes;
pub mod schedule;
pub mod service;
pub mod sponsors;
mod state;
mod store;

pub use charter::ParityMeasure;
pub use dto::{BlockerBody, MilestoneBody};
pub use routes::configure;
pub use state::{State, Verb as ProjectVerb};
pub use store::{Area, Project, Side};
