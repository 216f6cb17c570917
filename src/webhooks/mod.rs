//! webhooks
use utoipa_actix_web::service_config::ServiceConfig;
pub fn configure(_: &mut ServiceConfig) {}
pub mod egress;
pub mod outcome;
pub mod schedule;
pub mod sender;
pub mod signature;
pub mod service {
    use crate::{clock::World, db::DbConn, error::Error, events::SequencedEvent, time::UtcTime};
    pub fn fan_out(_: &mut DbConn, _: &World, _: &[SequencedEvent], _: UtcTime) -> Result<(), Error> {
        Ok(())
    }
}
