//! A request in the words of another system.

use std::collections::HashMap;

use serde_json::Value;

use super::fields::{self, FieldMapping};
use super::formats::{ProjectionFormat, ProjectionQuery};
use super::mapping::{self, Lead};
use crate::auth::Actor;
use crate::authz::{self, Action, Facts};
use crate::callbacks::{self, CallbackRequestBody, CallbackState};
use crate::db::DbConn;
use crate::error::{Code, Error, Problem, Text, Violation};
use crate::ids::{CallbackRequestId, WebhookEndpointId};
use crate::time::UtcTime;
use crate::webhooks;

/// What `format` would be sent for a request.
///
/// # Errors
/// 403; 404 also after erasure; 409 for a request that is not this format's business, or is kept back; 422 for an endpoint
/// of another format.
pub fn preview(
    conn: &mut DbConn,
    actor: &Actor,
    id: CallbackRequestId,
    format: ProjectionFormat,
    query: &ProjectionQuery,
) -> Result<Value, Error> {
    let request = callbacks::for_agents(conn, actor, id)?;
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
    let lead = lead(request).ok_or_else(Error::not_found)?;
    let mapping = match query.endpoint_id {
        Some(endpoint) => mapping_of(conn, actor, endpoint, format)?,
        None => FieldMapping::default(),
    };
    body(format, &lead, query, &mapping)
}

/// The body that a receiver of this format is sent.
///
/// # Errors
/// When it cannot be serialised, which is a fault of ours.
pub fn record(format: ProjectionFormat, lead: &Lead, mapping: &FieldMapping) -> Result<Value, Error> {
    body(format, lead, &ProjectionQuery::default(), mapping)
}

fn body(
    format: ProjectionFormat,
    lead: &Lead,
    query: &ProjectionQuery,
    mapping: &FieldMapping,
) -> Result<Value, Error> {
    let body = serde_json::to_value(mapping::project(format, lead, query)).map_err(Error::internal)?;
    Ok(fields::mapped(body, mapping))
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
    let found = callbacks::of_ids(conn, ids)?.into_iter().filter(fits).filter_map(lead);
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

fn mapping_of(
    conn: &mut DbConn,
    actor: &Actor,
    endpoint: WebhookEndpointId,
    format: ProjectionFormat,
) -> Result<FieldMapping, Error> {
    authz::require(actor, Action::ManageWebhooks, &Facts::default())?;
    let wrong = || {
        let text =
            Text::new("No endpoint of this format has this id.", "Koncový bod tohoto formátu s tímto id neexistuje.");
        Error::violation(Violation::parameter("endpoint_id", "unknown_endpoint", text))
    };
    webhooks::endpoints::mapping_of(conn, endpoint, format)?.ok_or_else(wrong)
}

fn formats_for(intent: crate::callbacks::CallbackIntent) -> Vec<&'static str> {
    ProjectionFormat::ALL.into_iter().filter(|format| format.intent() == intent).map(ProjectionFormat::as_str).collect()
}

/// In UTC, since the reader's zone is not known here.
fn promise(from: Option<UtcTime>, by: UtcTime) -> String {
    match from {
        Some(from) => format!("Call promised between {from} and {by}."),
        None => format!("Call promised as soon as possible, before {by}."),
    }
}
