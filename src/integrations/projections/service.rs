//! Records of callback requests for other systems.

use std::collections::HashMap;

use serde_json::Value;

use super::exchange::{KnownRecord, RecordPlan};
use super::fields::{self, FieldMapping};
use super::formats::ProjectionFormat;
use super::lead::Lead;
use super::life::{self, RecordOperation};
use super::mapping;
use crate::callbacks::requests::{self, CallbackRequestBody, CallbackState};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Violation};
use crate::kernel::ids::CallbackRequestId;

/// Returns the body that creates a record in this format, with the field names of the mapping.
pub fn record(format: ProjectionFormat, lead: &Lead, mapping: &FieldMapping) -> Result<Value, Error> {
    mapping::creation(format, lead, mapping).map_err(Error::internal)
}

/// Returns the violations of a mapping for the bodies of a format.
pub fn mapping_faults(format: ProjectionFormat, mapping: &FieldMapping) -> Result<Vec<Violation>, Error> {
    let samples = mapping::samples(format).map_err(Error::internal)?;
    Ok(fields::faults(mapping, &samples))
}

/// Returns the data of a request; `None` after an erasure.
pub fn lead_of(conn: &mut DbConn, request: CallbackRequestBody) -> Result<Option<Lead>, Error> {
    let found = leads_of(conn, vec![request])?.pop();
    Ok(found.filter(|lead| !lead.erased))
}

/// Returns the data of those requests that the format accepts now, by request id; without personal data for those that
/// were erased.
pub fn leads(
    conn: &mut DbConn,
    format: ProjectionFormat,
    ids: &[CallbackRequestId],
) -> Result<HashMap<String, Lead>, Error> {
    let fits = |request: &CallbackRequestBody| {
        request.intent == format.intent() && request.state != CallbackState::Quarantined
    };
    let found: Vec<_> = requests::service::of_ids(conn, ids)?.into_iter().filter(fits).collect();
    Ok(leads_of(conn, found)?.into_iter().map(|lead| (lead.id.clone(), lead)).collect())
}

fn leads_of(conn: &mut DbConn, requests: Vec<CallbackRequestBody>) -> Result<Vec<Lead>, Error> {
    let mut desk = requests::desk_data(conn, &requests)?;
    let lead = |request: CallbackRequestBody| {
        let data = desk.remove(&request.id).unwrap_or_default();
        Lead::new(request, data)
    };
    Ok(requests.into_iter().map(lead).collect())
}

/// Returns what is to be sent after an event about a request; `None` if nothing is, because the event does not change
/// records or the personal data was erased in the meantime. `known` is the record, if it exists: it is not created
/// again.
pub fn plan(
    format: ProjectionFormat,
    event_type: &str,
    lead: &Lead,
    mapping: &FieldMapping,
    known: Option<KnownRecord>,
) -> Result<Option<RecordPlan>, Error> {
    let Some(event) = life::of_event(event_type) else { return Ok(None) };
    let operation = event.operation;
    if lead.erased && operation != RecordOperation::Erase {
        return Ok(None);
    }
    let creates = known.is_none() && matches!(operation, RecordOperation::Create | RecordOperation::Update);
    let creation = creates.then(|| mapping::creation(format, lead, mapping)).transpose().map_err(Error::internal)?;
    // A record that exists is only updated.
    let changed = if operation == RecordOperation::Create { RecordOperation::Update } else { operation };
    let change = mapping::change(format, lead, mapping, changed, event.noted).map_err(Error::internal)?;
    let closes = mapping::closes(lead, changed);
    let known = known.and_then(|record| record.id);
    Ok(Some(RecordPlan { format, request: lead.id.clone(), known, operation, creation, change, closes }))
}
