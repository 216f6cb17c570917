//! The content of claimed deliveries: the stored bytes, or what is to be sent about a record in another system, which
//! is decided now.

use std::collections::HashMap;

use super::store::leases::ClaimedDelivery;
use super::store::records;
use crate::integrations::projections::{self, FieldMapping, ProjectionFormat, RecordPlan};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events;
use crate::kernel::ids::{EventId, WebhookEndpointId};

/// A claimed delivery with its content.
pub struct OutgoingDelivery {
    pub delivery: ClaimedDelivery,
    pub content: Content,
}

/// What is sent.
pub enum Content {
    /// The body of an event.
    Event(String),
    /// A record in another system.
    Record(Box<RecordPlan>),
}

/// Adds the content to each delivery. Also returns the deliveries that have none any more, because their data was
/// erased or the format of the endpoint does not accept the callback request any more.
pub fn with_content(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    format: Option<ProjectionFormat>,
    mapping: &FieldMapping,
    claimed: Vec<ClaimedDelivery>,
) -> Result<(Vec<OutgoingDelivery>, Vec<ClaimedDelivery>), Error> {
    let mut plans = match format {
        Some(format) => plans(conn, endpoint, format, mapping, &claimed)?,
        None => HashMap::new(),
    };
    let (mut outgoing, mut without_content) = (Vec::with_capacity(claimed.len()), Vec::new());
    for mut delivery in claimed {
        let stored = delivery.body.take().map(Content::Event);
        let record = || plans.remove(&delivery.event_id).map(|plan| Content::Record(Box::new(plan)));
        match stored.or_else(record) {
            Some(content) => outgoing.push(OutgoingDelivery { delivery, content }),
            None => without_content.push(delivery),
        }
    }
    Ok((outgoing, without_content))
}

/// Returns what is to be sent about the record of each delivery, by event.
fn plans(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    format: ProjectionFormat,
    mapping: &FieldMapping,
    claimed: &[ClaimedDelivery],
) -> Result<HashMap<EventId, RecordPlan>, Error> {
    let ids: Vec<_> = claimed.iter().filter_map(|delivery| delivery.subject.parse().ok()).collect();
    let leads = projections::leads(conn, format, &ids)?;
    let subjects: Vec<&str> = claimed.iter().map(|delivery| delivery.subject.as_str()).collect();
    let known = records::known(conn, endpoint, &subjects)?;
    let event_ids: Vec<EventId> = claimed.iter().map(|delivery| delivery.event_id).collect();
    let types = events::types_of(conn, &event_ids)?;
    let mut plans = HashMap::new();
    for delivery in claimed {
        let (Some(lead), Some(event_type)) = (leads.get(&delivery.subject), types.get(&delivery.event_id)) else {
            continue;
        };
        let record = known.get(&delivery.subject).cloned();
        if let Some(plan) = projections::plan(format, event_type, lead, mapping, record)? {
            plans.insert(delivery.event_id, plan);
        }
    }
    Ok(plans)
}
