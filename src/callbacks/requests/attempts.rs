//! Attempts to call: rows, requests and answers.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::enums::{CallOutcome, CallbackState};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::call_attempts::{self, dsl};
use crate::kernel::error::Error;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{CallAttemptId, CallbackRequestId};
use crate::kernel::time::UtcTime;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = call_attempts, treat_none_as_default_value = false)]
pub struct CallAttempt {
    pub id: CallAttemptId,
    pub request_id: CallbackRequestId,
    /// From 1.
    pub number: i32,
    pub agent: String,
    pub outcome: CallOutcome,
    pub started_at: UtcTime,
    pub note: Option<String>,
    pub recorded_at: UtcTime,
}

pub fn insert(conn: &mut DbConn, attempt: &CallAttempt) -> Result<(), Error> {
    diesel::insert_into(call_attempts::table).values(attempt).execute(conn)?;
    Ok(())
}

/// The attempts of a request, in order; at most three.
pub fn list(conn: &mut DbConn, request: CallbackRequestId) -> Result<Vec<CallAttempt>, Error> {
    Ok(dsl::call_attempts
        .filter(dsl::request_id.eq(request))
        .order(dsl::number)
        .select(CallAttempt::as_select())
        .load(conn)?)
}

/// The attempts of several requests, in order.
pub fn list_of(conn: &mut DbConn, requests: &[CallbackRequestId]) -> Result<Vec<CallAttempt>, Error> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    Ok(dsl::call_attempts
        .filter(dsl::request_id.eq_any(requests))
        .order((dsl::request_id, dsl::number))
        .select(CallAttempt::as_select())
        .load(conn)?)
}

/// Deletes what agents noted of a person.
pub fn forget_notes(conn: &mut DbConn, request: CallbackRequestId) -> Result<usize, Error> {
    let noted = dsl::call_attempts.filter(dsl::request_id.eq(request)).filter(dsl::note.is_not_null());
    Ok(diesel::update(noted).set(dsl::note.eq(None::<String>)).execute(conn)?)
}

/// How an attempt went.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"outcome": "no_answer"}))]
pub struct NewCallAttempt {
    pub outcome: CallOutcome,
    /// When it started; now when absent. Not in the future, not before the request; an hour after the attempt
    /// before, unless the visitor was `reached`.
    #[serde(default)]
    #[schema(nullable = false)]
    pub started_at: Option<UtcTime>,
    /// For other agents; not in events.
    #[serde(default)]
    #[schema(nullable = false, max_length = 2000, pattern = r"^[^\x00]*$")]
    pub note: Option<String>,
}

impl RequestBody for NewCallAttempt {}

/// An attempt to call.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CallAttempt)]
pub struct CallAttemptBody {
    pub id: CallAttemptId,
    pub request_id: CallbackRequestId,
    /// 1, 2, 3.
    #[schema(format = Int32, minimum = 1, maximum = 3)]
    pub number: i32,
    /// `sub` of the agent.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00]+$")]
    pub agent: String,
    pub outcome: CallOutcome,
    pub started_at: UtcTime,
    #[schema(required, max_length = 2000, pattern = r"^[^\x00]*$")]
    pub note: Option<String>,
    pub recorded_at: UtcTime,
}

impl From<CallAttempt> for CallAttemptBody {
    fn from(row: CallAttempt) -> Self {
        let CallAttempt { id, request_id, number, agent, outcome, started_at, note, recorded_at } = row;
        Self { id, request_id, number, agent, outcome, started_at, note, recorded_at }
    }
}

/// An attempt that was just recorded, and what became of the request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecordedCallAttempt {
    pub id: CallAttemptId,
    pub attempt: CallAttemptBody,
    pub request_state: CallbackState,
    /// When the visitor is to be called again; null when that is not to be.
    #[schema(required)]
    pub next_attempt_from: Option<UtcTime>,
}

/// The attempts of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallAttemptList {
    /// In order.
    #[schema(max_items = 3)]
    pub data: Vec<CallAttemptBody>,
}

/// What events and the audit trail tell of an attempt: no note.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallAttemptEvent {
    pub id: CallAttemptId,
    pub request_id: CallbackRequestId,
    #[schema(format = Int32, minimum = 1, maximum = 3)]
    pub number: i32,
    /// `sub` of the agent.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00]+$")]
    pub agent: String,
    pub outcome: CallOutcome,
    pub started_at: UtcTime,
}

impl From<&CallAttempt> for CallAttemptEvent {
    fn from(row: &CallAttempt) -> Self {
        Self {
            id: row.id,
            request_id: row.request_id,
            number: row.number,
            agent: row.agent.clone(),
            outcome: row.outcome,
            started_at: row.started_at,
        }
    }
}
