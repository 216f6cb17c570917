//! Shared projects: two to eight sides, one charter, nobody decides alone.
//!
//! Rules: every side is a department with one sponsor's seat, and no person sits on two; the
//! charter is edited in versions, each with a hash, and runs from the moment all sides have signed
//! it; a project becomes active when nothing is left on its readiness list, and not before.

pub mod readiness;
pub mod service;
mod state;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub use state::State;

pub fn configure(_: &mut ServiceConfig) {}
