//! A request in the words of another system.

use std::collections::HashMap;

use serde_json::Value;

use super::fields::{self, FieldMapping};
use super::formats::{Projection, ProjectionFormat, ProjectionQuery};
use super::mapping::{self, Lead};
use crate::callbacks::requests::{self, CallbackIntent, CallbackRequestBody, CallbackState};
use crate::integrations::webhooks;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Violation};
use crate::kernel::ids::{CallbackRequestId, WebhookEndpointId};
use crate::kernel::time::UtcTime;

/// What `format` would be sent for a request.
///
/// # Errors
/// 403; 404 also after erasure; 409 for a request that is not this format's business, or is kept back.
pub fn preview(
    conn: &mut DbConn,
    actor: &Actor,
    id: CallbackRequestId,
    format: ProjectionFormat,
    query: &ProjectionQuery,
) -> Result<Projection, Error> {
    let lead = visible(conn, actor, id, format)?;
    Ok(mapping::project(format, &lead, query))
}

/// What an endpoint would be sent for a request, under its names of fields.
///
/// # Errors
/// 403; 404 also after erasure; 409 for an endpoint that is sent events, a request that is not its business, or one that
/// is kept back.
pub fn preview_for(
    conn: &mut DbConn,
    actor: &Actor,
    endpoint: WebhookEndpointId,
    id: CallbackRequestId,
) -> Result<Value, Error> {
    let (format, mapping) = webhooks::endpoints::mapping_of(conn, actor, endpoint)?;
    let Some(format) = format else {
        return Err(Problem::new(Code::Conflict)
            .because("This endpoint is sent events, not records.", "Tomuto bodu se posílají události, ne záznamy.")
            .into());
    };
    let lead = visible(conn, actor, id, format)?;
    record(format, &lead, &mapping)
}

/// A request that a format may show, for somebody who may see it.
fn visible(conn: &mut DbConn, actor: &Actor, id: CallbackRequestId, format: ProjectionFormat) -> Result<Lead, Error> {
    let request = requests::service::for_agents(conn, actor, id)?;
    if request.intent != format.intent() {
        return Err(Problem::new(Code::WrongIntent)
            .with("intent", request.intent.as_str())
            .with("formats", formats_for(request.intent))
            .into());
    }
    if request.state == CallbackState::Quarantined {
        return Err(Problem::new(Code::Conflict)
            .because("It is kept back; release it first.", "Žádost je pozdržena, nejprve ji uvolněte.")
            .into());
    }
    lead(request).ok_or_else(Error::not_found)
}

/// The body that a receiver of this format is sent.
///
/// # Errors
/// When it cannot be serialised, which is a fault of ours.
pub fn record(format: ProjectionFormat, lead: &Lead, mapping: &FieldMapping) -> Result<Value, Error> {
    let body = mapping::project(format, lead, &ProjectionQuery::default());
    Ok(fields::mapped(serde_json::to_value(body).map_err(Error::internal)?, mapping))
}

/// What of a mapping does not fit the bodies of a format.
///
/// # Errors
/// When they cannot be serialised, which is a fault of ours.
pub fn mapping_faults(format: ProjectionFormat, mapping: &FieldMapping) -> Result<Vec<Violation>, Error> {
    let samples = mapping::samples(format).map_err(Error::internal)?;
    Ok(fields::faults(mapping, &samples))
}

/// Those of the requests that are this format's business at this moment, by id.
///
/// # Errors
/// Those of the database.
pub fn leads(
    conn: &mut DbConn,
    format: ProjectionFormat,
    ids: &[CallbackRequestId],
) -> Result<HashMap<String, Lead>, Error> {
    let fits = |request: &CallbackRequestBody| {
        request.intent == format.intent() && request.state != CallbackState::Quarantined
    };
    let found = requests::service::of_ids(conn, ids)?.into_iter().filter(fits).filter_map(lead);
    Ok(found.map(|lead| (lead.id.clone(), lead)).collect())
}

/// None after an erasure.
fn lead(request: CallbackRequestBody) -> Option<Lead> {
    Some(Lead {
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

fn formats_for(intent: CallbackIntent) -> Vec<&'static str> {
    ProjectionFormat::ALL.iter().filter(|format| format.intent() == intent).map(|format| format.as_str()).collect()
}

/// In UTC, since the reader's zone is not known here.
fn promise(from: Option<UtcTime>, by: UtcTime) -> String {
    match from {
        Some(from) => format!("Call promised between {from} and {by}."),
        None => format!("Call promised as soon as possible, before {by}."),
    }
}
