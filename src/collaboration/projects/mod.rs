//! Shared projects: two to eight sides, one charter, nobody decides alone.
//!
//! Rules: every side is a department with one sponsor's seat, and no person sits on two; the
//! charter is edited in versions, each with a hash, and runs from the moment all sides have signed
//! it; a project becomes active when nothing is left on its readiness list, and not before; it is
//! stopped by any side, goes on and closes by all, and is closed when everybody has returned.

mod agreement;
pub mod amendment;
mod area_sync;
mod blocker_text;
mod charter;
pub mod closing;
mod drafting;
mod dto;
mod filter;
pub mod joint;
mod lifecycle;
mod mapping;
mod milestones;
pub mod readiness;
mod routes;
pub mod scheduled;
pub mod service;
pub mod sponsors;
mod state;
mod store;

pub use charter::ParityMeasure;
pub use dto::{BlockerBody, CharterBody, ClosureReportBody, MilestoneBody, ProjectBody, SideBody};
pub use routes::configure;
pub use state::{State, Verb as ProjectVerb};
