//! The exchange of an attempt with its receiver: one request for an event, several for a record in another system.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::context::DeliveryContext;
use crate::integrations::projections::{Ending, Next, ProjectionFormat, RecordOperation, RecordPlan};
use crate::integrations::webhooks::message::{self, Message, Target};
use crate::integrations::webhooks::sender::{SendResult, reason};
use crate::kernel::error::Error;
use crate::kernel::ids::EventId;
use crate::kernel::time::UtcTime;

/// An exchange that has ended.
pub struct Exchange {
    /// The result of the last request.
    pub result: SendResult,
    /// How the exchange about a record ended; `None` for an event, and without a response.
    pub ending: Option<Ending>,
    /// How long the next attempt has to wait at least.
    pub delay: Duration,
}

/// What an exchange says about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordChange {
    /// The record has this id.
    Known(String),
    /// The record was created, and the response had no id.
    Created,
    /// The record was redacted, so that its id is not needed any more.
    Erased,
}

impl Exchange {
    /// Returns the exchange for an event, or one that failed before it began.
    pub fn single(result: SendResult) -> Self {
        Self { result, ending: None, delay: Duration::ZERO }
    }

    /// Returns the name of the outcome of an exchange that reached the receiver and needs no other attempt; `None` if
    /// the last result decides.
    pub fn settled(&self) -> Option<&'static str> {
        match self.ending.as_ref()? {
            Ending::Written(_) => Some("delivered"),
            Ending::NotClosed(_) => Some("not_closed"),
            Ending::NoRecord => Some("no_record"),
            Ending::RecordDeleted => Some("record_deleted"),
            Ending::RecordLocked => Some("record_locked"),
            Ending::Failed => None,
        }
    }

    /// Returns whether the receiver responded 2xx with a body that cannot be read.
    pub fn is_unreadable(&self) -> bool {
        let success = matches!(self.result, SendResult::Responded { status: 200..=206 | 208..=299, .. });
        self.ending == Some(Ending::Failed) && success
    }

    /// Returns what the exchange says about the record.
    pub fn record_change(&self, format: ProjectionFormat, operation: RecordOperation) -> Option<RecordChange> {
        match (self.ending.as_ref()?, operation) {
            (Ending::Failed, _) => None,
            (_, RecordOperation::Erase) => Some(RecordChange::Erased),
            (Ending::Written(Some(record)) | Ending::NotClosed(record), _) => Some(RecordChange::Known(record.clone())),
            // An upsert can be repeated.
            (Ending::Written(None), _) if !format.is_upsert() => Some(RecordChange::Created),
            _ => None,
        }
    }
}

/// Finds, creates or changes a record, within the deadline of an attempt.
///
/// # Errors
/// When a body cannot be serialised.
pub async fn run(
    context: &DeliveryContext,
    target: &Target,
    event: EventId,
    plan: &RecordPlan,
    auth_header: Option<(String, String)>,
    started_at: UtcTime,
) -> Result<Exchange, Error> {
    let deadline = Instant::now() + context.batch.timing.attempt;
    let mut request = plan.first();
    loop {
        let body = match &request.body {
            Some(body) => serde_json::to_string(body).map_err(Error::internal)?,
            None => String::new(),
        };
        let message = Message { id: event, body: &body };
        let to = plan.method_and_url(&target.url, &request);
        let mut outgoing = message::record_request(target, &message, to, auth_header.clone(), started_at);
        outgoing.response_bytes = plan.response_bytes(&request);
        let sent = timeout_at(deadline, context.sender.send(outgoing)).await;
        let result = sent.unwrap_or(SendResult::Failed { reason: reason::TIMEOUT });
        let delay = plan.search_delay(&request);
        let SendResult::Responded { status, body, .. } = &result else {
            return Ok(Exchange { result, ending: None, delay });
        };
        match plan.next(&request, *status, body) {
            Next::Send(next) => request = next,
            Next::End(ending) => return Ok(Exchange { result, ending: Some(ending), delay }),
        }
    }
}
