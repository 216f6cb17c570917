//! callbacks
use utoipa_actix_web::service_config::ServiceConfig;
pub fn configure(_: &mut ServiceConfig) {}
pub mod phone;
pub mod wording;
