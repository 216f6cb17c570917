//! calendar
use utoipa_actix_web::service_config::ServiceConfig;
pub mod holidays;
pub mod rules;
pub mod slots;
pub fn configure(_: &mut ServiceConfig) {}
