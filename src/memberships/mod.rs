//! memberships
use utoipa_actix_web::service_config::ServiceConfig;
pub fn configure(_: &mut ServiceConfig) {}
