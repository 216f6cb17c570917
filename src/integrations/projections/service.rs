//! Records of callback requests for other systems.

use std::collections::HashMap;

use serde_json::Value;

use super::fields::{self, FieldMapping};
use super::formats::{ProjectionFormat, ProjectionQuery};
use super::mapping::{self, LANG, Lead};
use crate::callbacks::requests::{self, CallbackRequestBody, CallbackState};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;

/// Returns the body of a record in this format, with the field names of the mapping.
pub fn record(format: ProjectionFormat, lead: &Lead, mapping: &FieldMapping) -> Result<Value, Error> {
    let body = mapping::project(format, lead, &ProjectionQuery::default());
    Ok(fields::mapped(serde_json::to_value(body).map_err(Error::internal)?, mapping))
}

/// Returns the violations of a mapping for the bodies of a format.
pub fn mapping_faults(format: ProjectionFormat, mapping: &FieldMapping) -> Result<Vec<Violation>, Error> {
    let samples = mapping::samples(format).map_err(Error::internal)?;
    Ok(fields::faults(mapping, &samples))
}

/// Returns the data of those requests that the format accepts now, by request id.
pub fn leads(
    conn: &mut DbConn,
    format: ProjectionFormat,
    ids: &[CallbackRequestId],
) -> Result<HashMap<String, Lead>, Error> {
    let fits = |request: &CallbackRequestBody| {
        request.intent == format.intent() && request.state != CallbackState::Quarantined
    };
    let found = requests::service::of_ids(conn, ids)?.into_iter().filter(fits).filter_map(Lead::from_request);
    Ok(found.map(|lead| (lead.id.clone(), lead)).collect())
}

impl Lead {
    /// Returns the data of a request; `None` after an erasure.
    pub fn from_request(request: CallbackRequestBody) -> Option<Self> {
        Some(Self {
            id: request.id.to_string(),
            full_name: request.full_name?,
            phone: request.phone?,
            email: request.email,
            company: request.company,
            notes: request.notes,
            promise: promise(request.promised_from, request.promised_by),
            source_page: request.source_page,
            source_campaign: request.source_campaign,
        })
    }
}

/// Returns the promised time of the call as text, in UTC because the time zone of the reader is not known here.
fn promise(from: Option<UtcTime>, by: UtcTime) -> String {
    let text = match from {
        Some(from) => Text::new("record-promised-between").with("from", from.to_string()),
        None => Text::new("record-promised-asap"),
    };
    text.with("by", by.to_string()).in_lang(LANG)
}
