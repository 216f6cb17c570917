//! What visitors say about their call.
//!
//! Rules: a visitor says once whether the call was on time, with the manage token: after the promised time (the
//! original one if an agent moved the call), or when calling has ended. Agents cannot give feedback, not even with a
//! link that one of them created. Feedback is erased with the visitor, so it is in no event.

use super::dto::{CallbackFeedback, NewCallbackFeedback};
use super::enums::CallbackState;
use super::manage::{self, Manager};
use super::rows::CallbackRequest;
use super::transitions;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Why a visitor cannot give feedback now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackFault {
    Given,
    /// An agent created the link and knows it.
    LinkOfAgent,
    TooEarly,
}

/// Returns why no feedback can be given on a request at `now`; `None` if it can. The result does not depend on states
/// that visitors do not know.
pub fn fault(request: &CallbackRequest, now: UtcTime) -> Option<FeedbackFault> {
    let has_ended = matches!(request.state, CallbackState::Completed | CallbackState::Unreachable);
    fault_of(request.called_on_time, request.agent_linked_at, has_ended || possible_from(request) <= now)
}

/// The end of the promised time, or of the original one if an agent moved the call to a later time.
fn possible_from(request: &CallbackRequest) -> UtcTime {
    request.promised_by.min(request.first_promised_by)
}

fn fault_of(
    called_on_time: Option<bool>,
    agent_linked_at: Option<UtcTime>,
    is_possible: bool,
) -> Option<FeedbackFault> {
    match (called_on_time, agent_linked_at) {
        (Some(_), _) => Some(FeedbackFault::Given),
        (None, Some(_)) => Some(FeedbackFault::LinkOfAgent),
        (None, None) => (!is_possible).then_some(FeedbackFault::TooEarly),
    }
}

/// Stores what a visitor says about the call.
///
/// # Errors
/// 404 also for a wrong token, and after erasure; 409 if feedback was given, is not possible yet, or not possible with
/// this link.
pub fn submit(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    token: &str,
    body: NewCallbackFeedback,
) -> Result<CallbackFeedback, Error> {
    let visitor = Manager::Visitor(token.to_owned());
    manage::require_access(tx.conn, id, &visitor)?;
    let before = manage::follow(tx, id, &visitor)?;
    tx.authorize_and_deduplicate(Action::SubmitCallback, &Relations::default())?;
    if before.erased_at.is_some() {
        return Err(Error::not_found());
    }
    if let Some(fault) = fault(&before, tx.now) {
        let conflict = |detail: &'static str| Problem::new(Code::Conflict).because(detail);
        return Err(match fault {
            FeedbackFault::Given => conflict("detail-feedback-given"),
            FeedbackFault::LinkOfAgent => conflict("detail-feedback-link-of-agent"),
            FeedbackFault::TooEarly => {
                conflict("detail-feedback-too-early").with("promised_by", possible_from(&before).to_string())
            }
        }
        .into());
    }
    let mut after = before.clone();
    after.called_on_time = Some(body.called_on_time);
    let after = transitions::save(tx, &before, after, types::CALLBACK_REQUEST_FEEDBACK_GIVEN)?;
    Ok(CallbackFeedback { id: after.id, called_on_time: body.called_on_time })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feedback_is_given_once_after_the_promised_time_with_the_link_of_the_visitor() {
        let linked_at = Some(UtcTime::from_unix_micros(0));
        assert_eq!(fault_of(None, None, false), Some(FeedbackFault::TooEarly));
        assert_eq!(fault_of(None, None, true), None);
        assert_eq!(fault_of(None, linked_at, true), Some(FeedbackFault::LinkOfAgent));
        for said in [true, false] {
            assert_eq!(fault_of(Some(said), None, true), Some(FeedbackFault::Given));
            assert_eq!(fault_of(Some(said), linked_at, false), Some(FeedbackFault::Given));
        }
    }
}
