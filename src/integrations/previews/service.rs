//! Previews of the records that would be sent to another system for a callback request. Nothing is sent.

use serde_json::Value;

use crate::callbacks::requests::{self, CallbackIntent, CallbackState};
use crate::integrations::projections::{self, Lead, Projection, ProjectionFormat, ProjectionQuery};
use crate::integrations::webhooks;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::{CallbackRequestId, WebhookEndpointId};

/// Returns the record of a request in a format.
///
/// # Errors
/// 403; 404 also after erasure; 409 when the format does not accept the intent of the request, or the request is
/// quarantined.
pub fn preview(
    conn: &mut DbConn,
    actor: &Actor,
    id: CallbackRequestId,
    format: ProjectionFormat,
    query: &ProjectionQuery,
) -> Result<Projection, Error> {
    let lead = visible_lead(conn, actor, id, format)?;
    Ok(projections::project(format, &lead, query))
}

/// Returns the record that would be sent to an endpoint for a request, with the field names of its mapping.
///
/// # Errors
/// 403; 404 also after erasure; 409 when the endpoint receives events, its format does not accept the intent of the
/// request, or the request is quarantined.
pub fn preview_for(
    conn: &mut DbConn,
    actor: &Actor,
    endpoint: WebhookEndpointId,
    id: CallbackRequestId,
) -> Result<Value, Error> {
    let (format, mapping) = webhooks::endpoints::mapping_of(conn, actor, endpoint)?;
    let Some(format) = format else {
        return Err(Problem::new(Code::Conflict).because("detail-no-records").into());
    };
    let lead = visible_lead(conn, actor, id, format)?;
    projections::record(format, &lead, &mapping)
}

/// Returns the data of a request that the format accepts and the caller can read.
fn visible_lead(
    conn: &mut DbConn,
    actor: &Actor,
    id: CallbackRequestId,
    format: ProjectionFormat,
) -> Result<Lead, Error> {
    let request = requests::service::for_agents(conn, actor, id)?;
    if request.intent != format.intent() {
        return Err(Problem::new(Code::WrongIntent)
            .with("intent", request.intent.as_str())
            .with("formats", formats_for(request.intent))
            .into());
    }
    if request.state == CallbackState::Quarantined {
        return Err(Problem::new(Code::Conflict).because("detail-quarantined").into());
    }
    projections::lead_of(conn, request)?.ok_or_else(Error::not_found)
}

fn formats_for(intent: CallbackIntent) -> Vec<&'static str> {
    ProjectionFormat::ALL.iter().filter(|format| format.intent() == intent).map(|format| format.as_str()).collect()
}
