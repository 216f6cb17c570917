//! What the deliveries of a batch carry: their stored bytes, or records of another system that are made now.

use std::collections::HashMap;

use super::store::Claimed;
use crate::integrations::projections::{self, FieldMapping, Lead, ProjectionFormat};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;

/// A delivery with its bytes.
pub struct Parcel {
    pub delivery: Claimed,
    pub body: String,
}

/// Gives each delivery its bytes; also returns those that have none any more, because what they told of was erased or is
/// none of the receiver's business any more.
pub fn packed(
    conn: &mut DbConn,
    format: Option<ProjectionFormat>,
    mapping: &FieldMapping,
    claimed: Vec<Claimed>,
) -> Result<(Vec<Parcel>, Vec<Claimed>), Error> {
    let mut leads = HashMap::new();
    if let Some(format) = format {
        let subjects: Vec<_> = claimed.iter().filter_map(|delivery| delivery.subject.parse().ok()).collect();
        leads = projections::leads(conn, format, &subjects)?;
    }
    let (mut parcels, mut void) = (Vec::with_capacity(claimed.len()), Vec::new());
    for mut delivery in claimed {
        let body = match (delivery.body.take(), format, leads.get(&delivery.subject)) {
            (Some(stored), _, _) => Some(stored),
            (None, Some(format), Some(lead)) => Some(record(format, lead, mapping)?),
            _ => None,
        };
        match body {
            Some(body) => parcels.push(Parcel { delivery, body }),
            None => void.push(delivery),
        }
    }
    Ok((parcels, void))
}

fn record(format: ProjectionFormat, lead: &Lead, mapping: &FieldMapping) -> Result<String, Error> {
    serde_json::to_string(&projections::record(format, lead, mapping)?).map_err(Error::internal)
}
