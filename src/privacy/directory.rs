//! Taking a person out of the directory.
//!
//! Rules: somebody who has left first (`deactivate`), so that no seat, membership or area is in the
//! hands of a nobody; what the person did stays under the id, because agreements are proved by it.

use super::{erasure_lock, redaction};
use crate::callbacks::agents;
use crate::directory::people::{self, Person, PersonBody};
use crate::integrations::webhooks;
use crate::integrations::webhooks::dispatcher;
use crate::kernel::audit;
use crate::kernel::authz::{Action, Facts};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::{self, types};
use crate::kernel::http::idempotency;
use crate::kernel::ids::PersonId;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Replaces name, address and subject everywhere.
///
/// # Errors
/// 403, 404; 409 for somebody who has not left the company.
pub fn erase(tx: &mut Tx<'_>, id: PersonId) -> Result<Person, Error> {
    tx.admit(Action::ManagePrivacy, &Facts::default())?;
    erasure_lock::through(tx, |tx| take_out(tx, id))
}

fn take_out(tx: &mut Tx<'_>, id: PersonId) -> Result<Person, Error> {
    let before = people::service::hold(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.deactivated_at.is_none() {
        return Err(Problem::illegal_transition("active", "erase", &["deactivate"]).into());
    }
    if before.erased_at.is_some() {
        return Err(Problem::illegal_transition("erased", "erase", &[]).into());
    }
    if let Some(subject) = &before.subject
        && agents::is_known(tx.conn, subject)?
    {
        return Err(Problem::new(Code::Conflict)
            .because("Take them off the roster of agents first.", "Nejprve je vyřaďte z rozpisu operátorů.")
            .into());
    }
    // Nobody gives an event to the queue while it is rewritten.
    dispatcher::lock(tx.conn)?;
    let left = |text: &str| redaction::of(text, id.as_str());
    let told = events::redact(tx.conn, id.as_str(), left)?;
    webhooks::deliveries::redact(tx.conn, &told, left)?;
    audit::redact(tx.conn, id.as_str(), left)?;
    idempotency::forget_about(tx.conn, &[id.as_str(), people::KEPT_ANSWERS])?;
    people::service::forget_manager(tx.conn, &before.display_name)?;
    let mut after = before;
    after.display_name = redaction::NAME.to_owned();
    after.email = redaction::email(id.as_str());
    after.subject = None;
    after.version += 1;
    after.updated_at = tx.now;
    after.erased_at = Some(tx.now);
    people::service::save(tx.conn, &after)?;
    let body = PersonBody::from(after.clone());
    tx.record(&Change::updated(types::PERSON_ERASED, id.as_str(), &body, &body)?)?;
    Ok(after)
}
