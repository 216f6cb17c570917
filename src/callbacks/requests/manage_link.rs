//! The link with which a visitor manages a request, and its renewal.
//!
//! Rules: the secret is in the fragment of the link, which browsers do not send to servers. A new link ends the
//! previous one at once, also for the requests that were rerouted to this one. The event has no secret. A visitor
//! cannot give feedback with a link that an agent created, because the agent knows it and could give the feedback; for
//! the same reason changes with it count as changes of the agent. Only applications replace the link of a closed
//! request, because a link of an agent would only prevent the feedback.

use super::dto::CallbackManageLink;
use super::{access, chain, manage, store, transitions};
use crate::callbacks::agents;
use crate::kernel::auth::ActorKind;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::locale::Lang;
use crate::kernel::secret;
use crate::kernel::tx::Tx;

/// Returns the path of the page of this service that manages a request, with the secret.
pub fn path(lang: Lang, id: CallbackRequestId, token: &str) -> String {
    format!("/callback/manage?lang={}{}", lang.as_str(), fragment(id, token))
}

/// Returns the fragment that the page reads.
pub fn fragment(id: CallbackRequestId, token: &str) -> String {
    format!("#id={id}&token={token}")
}

/// Creates a new link, which replaces the previous one.
///
/// # Errors
/// 403, 404; 409 after an erasure, and for a person if the request is closed.
pub fn create(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<CallbackManageLink, Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    let mut earlier = chain::lock(tx.conn, id)?;
    let before = earlier.pop().ok_or_else(Error::not_found)?;
    if before.erased_at.is_some() {
        return Err(Problem::new(Code::Conflict).because("detail-personal-data-erased").into());
    }
    access::require(tx, &before)?;
    let is_person = tx.actor.kind == ActorKind::Person;
    if is_person && !manage::is_waiting(&before) {
        return Err(Problem::new(Code::Conflict).because("detail-link-of-closed-request").into());
    }
    let token = secret::fresh(tx.environment);
    let sha256 = secret::fingerprint(&token);
    for request in earlier {
        store::set_manage_token(tx.conn, request.id, &sha256)?;
    }
    let mut after = before.clone();
    after.manage_token_sha256 = sha256;
    after.agent_linked_at = is_person.then_some(tx.now);
    after.agent_linked_by = agents::find_of_caller(tx)?;
    let after = transitions::save(tx, &before, after, types::CALLBACK_REQUEST_MANAGE_LINK_CREATED)?;
    let path = path(Lang::stored(&after.locale), after.id, &token);
    Ok(CallbackManageLink { id: after.id, path, manage_token: token })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_in_the_fragment() {
        let path = path(Lang::CS, CallbackRequestId::demo(1), "secret");
        assert_eq!(path, "/callback/manage?lang=cs#id=cbr_01kdvdna00e008000000000001&token=secret");
    }
}
