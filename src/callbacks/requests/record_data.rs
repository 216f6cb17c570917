//! What the desk has done for callback requests, for the records in other systems.

use std::collections::HashMap;

use super::dto::CallbackRequestBody;
use super::enums::{CallOutcome, ConsentPurpose};
use super::store::{self, calls};
use crate::callbacks::agents;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{AgentId, CallbackRequestId};
use crate::kernel::time::UtcTime;

/// The last call of a request that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastCall {
    pub number: i32,
    pub outcome: CallOutcome,
    pub started_at: UtcTime,
}

/// What the desk has done for a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeskData {
    /// E-mail address of the agent who has, or had, the request.
    pub agent_email: Option<String>,
    pub last_call: Option<LastCall>,
    /// Whether the consent to marketing is in force.
    pub marketing_consent: bool,
}

/// Returns the data of requests, with four statements at most.
pub fn desk_data(
    conn: &mut DbConn,
    requests: &[CallbackRequestBody],
) -> Result<HashMap<CallbackRequestId, DeskData>, Error> {
    let mut data: HashMap<CallbackRequestId, DeskData> =
        requests.iter().map(|request| (request.id, DeskData::default())).collect();
    let ids: Vec<CallbackRequestId> = requests.iter().map(|request| request.id).collect();
    let agent_ids: Vec<AgentId> = requests.iter().filter_map(|request| request.agent_id).collect();
    let emails: HashMap<AgentId, String> = agents::emails(conn, &agent_ids)?.into_iter().collect();
    let consents = store::consents(conn, &ids)?;
    for request in requests {
        let Some(entry) = data.get_mut(&request.id) else { continue };
        entry.agent_email = request.agent_id.and_then(|id| emails.get(&id).cloned());
        entry.marketing_consent = consents.iter().any(|consent| {
            let is_marketing = consent.request_id == request.id && consent.purpose == ConsentPurpose::Marketing;
            is_marketing && consent.withdrawn_at.is_none()
        });
    }
    // Ordered by number, so that the last one remains.
    for call in calls::list_of(conn, &ids)? {
        if let Some(entry) = data.get_mut(&call.request_id)
            && let Some(outcome) = call.outcome
        {
            entry.last_call = Some(LastCall { number: call.number, outcome, started_at: call.started_at });
        }
    }
    Ok(data)
}
