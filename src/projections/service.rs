//! A request in the words of another system.

use super::formats::{Projection, ProjectionFormat, ProjectionQuery};
use super::mapping::{self, Lead};
use crate::auth::Actor;
use crate::callbacks::{self, CallbackIntent, CallbackState};
use crate::db::DbConn;
use crate::error::{Code, Error, Problem};
use crate::ids::CallbackRequestId;
use crate::time::UtcTime;

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
    let (Some(full_name), Some(phone)) = (request.full_name, request.phone) else { return Err(Error::not_found()) };
    let lead = Lead {
        id: id.to_string(),
        full_name,
        phone,
        email: request.email,
        company: request.company,
        notes: request.notes,
        promise: promise(request.promised_from, request.promised_by),
        source_page: request.source_page,
        source_campaign: request.source_campaign,
    };
    Ok(mapping::project(format, &lead, query))
}

fn formats_for(intent: CallbackIntent) -> Vec<&'static str> {
    ProjectionFormat::ALL.into_iter().filter(|format| format.intent() == intent).map(ProjectionFormat::as_str).collect()
}

/// In UTC, since the reader's zone is not known here.
fn promise(from: Option<UtcTime>, by: UtcTime) -> String {
    match from {
        Some(from) => format!("Call promised between {from} and {by}."),
        None => format!("Call promised as soon as possible, before {by}."),
    }
}
