//! Which requests a caller of the desk may change.
//!
//! Rule: an agent changes the requests that they have, and those without an agent in their queues. Otherwise an agent
//! could take the requests of colleagues, or move requests of another queue into their own. Applications,
//! administrators, and people who are not on the roster dispatch all requests.

use super::rows::CallbackRequest;
use crate::callbacks::agents;
use crate::kernel::auth::{ActorKind, Scope};
use crate::kernel::error::Error;
use crate::kernel::ids::AgentId;
use crate::kernel::tx::Tx;

/// Checks that the caller may change a locked request. Visitors have shown its manage token.
///
/// # Errors
/// 403 for an agent, if another agent has the request, or no agent has it and it is in a queue of others.
pub fn require(tx: &mut Tx<'_>, request: &CallbackRequest) -> Result<(), Error> {
    if tx.actor.kind != ActorKind::Person || tx.actor.has(Scope::Admin) {
        return Ok(());
    }
    let Some(caller) = agents::find_of_caller(tx)? else { return Ok(()) };
    let is_in_queue = request.agent_id.is_none() && agents::is_in_queue(tx.conn, caller, request.queue_id)?;
    refusal(caller, request.agent_id, is_in_queue).map_or(Ok(()), |detail| Err(Error::forbidden(detail)))
}

/// Returns why an agent may not change a request of `holder`; `None` if the agent may. `is_in_queue` matters only if no
/// agent has the request.
fn refusal(caller: AgentId, holder: Option<AgentId>, is_in_queue: bool) -> Option<&'static str> {
    match holder {
        Some(holder) if holder == caller => None,
        Some(_) => Some("forbidden-other-agent"),
        None if is_in_queue => None,
        None => Some("forbidden-not-in-queue"),
    }
}

/// Refuses an application, which is never an agent. `detail` says what it can do instead.
///
/// # Errors
/// 403.
pub fn refuse_application(tx: &Tx<'_>, detail: &'static str) -> Result<(), Error> {
    if tx.actor.kind == ActorKind::Service { Err(Error::forbidden(detail)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_changes_their_own_requests_and_those_without_an_agent_in_their_queues() {
        let [own, other] = [1, 2].map(AgentId::demo);
        for (holder, is_in_queue, expected) in [
            (Some(own), true, None),
            // An agent who leaves the queue keeps the request.
            (Some(own), false, None),
            (Some(other), true, Some("forbidden-other-agent")),
            (Some(other), false, Some("forbidden-other-agent")),
            (None, true, None),
            (None, false, Some("forbidden-not-in-queue")),
        ] {
            assert_eq!(refusal(own, holder, is_in_queue), expected, "{holder:?} {is_in_queue}");
        }
    }
}
