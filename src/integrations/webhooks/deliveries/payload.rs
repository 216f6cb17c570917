//! The bodies of claimed deliveries: the stored bytes, or a record for another system that is created now.

use std::collections::HashMap;

use super::store::leases::ClaimedDelivery;
use crate::integrations::projections::{self, FieldMapping, Lead, ProjectionFormat};
use crate::integrations::webhooks::message::Message;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;

/// A claimed delivery with its body.
pub struct OutgoingDelivery {
    pub delivery: ClaimedDelivery,
    pub body: String,
}

impl OutgoingDelivery {
    pub fn message(&self) -> Message<'_> {
        Message { id: self.delivery.event_id, subject: &self.delivery.subject, body: &self.body }
    }
}

/// Adds the body to each delivery. Also returns the deliveries that have no body any more, because their data was
/// erased or the format of the endpoint does not accept the callback request any more.
pub fn with_bodies(
    conn: &mut DbConn,
    format: Option<ProjectionFormat>,
    mapping: &FieldMapping,
    claimed: Vec<ClaimedDelivery>,
) -> Result<(Vec<OutgoingDelivery>, Vec<ClaimedDelivery>), Error> {
    let mut leads = HashMap::new();
    if let Some(format) = format {
        let subjects: Vec<_> = claimed.iter().filter_map(|delivery| delivery.subject.parse().ok()).collect();
        leads = projections::leads(conn, format, &subjects)?;
    }
    let (mut outgoing, mut without_body) = (Vec::with_capacity(claimed.len()), Vec::new());
    for mut delivery in claimed {
        let body = match (delivery.body.take(), format, leads.get(&delivery.subject)) {
            (Some(stored), _, _) => Some(stored),
            (None, Some(format), Some(lead)) => Some(record(format, lead, mapping)?),
            _ => None,
        };
        match body {
            Some(body) => outgoing.push(OutgoingDelivery { delivery, body }),
            None => without_body.push(delivery),
        }
    }
    Ok((outgoing, without_body))
}

fn record(format: ProjectionFormat, lead: &Lead, mapping: &FieldMapping) -> Result<String, Error> {
    serde_json::to_string(&projections::record(format, lead, mapping)?).map_err(Error::internal)
}
