//! Shared projects: two to eight sides, one charter, nobody decides alone.
//!
//! Rules: every side is a department with one sponsor's seat, and no person sits on two; the
//! charter is edited in versions, each with a hash, and runs from the moment all sides have signed
//! it; a project becomes active when nothing is left on its readiness list, and not before.

mod agreement;
mod area_sync;
mod blocker_text;
mod charter;
mod dto;
mod lifecycle;
pub mod readiness;
mod routes;
pub mod service;
mod state;
mod store;

pub use dto::{CharterBody, ProjectBody, SideBody, SignatureBody};
pub use routes::configure;
pub use state::State;
