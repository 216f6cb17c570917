//! Erasing a person of the directory.
//!
//! Rules: only a deactivated person can be erased, because deactivation ends memberships and makes sponsor roles
//! vacant; records of the person's actions keep the id, because they prove approvals. Values that the person had before
//! a change are erased, too: every name, e-mail address, login and employee number that the audit trail has.

use std::collections::BTreeSet;

use super::erasure_lock::with_erasure_lock;
use super::redaction;
use crate::callbacks::agents;
use crate::directory::people::{self, Person, PersonBody};
use crate::integrations::webhooks;
use crate::kernel::actors;
use crate::kernel::audit;
use crate::kernel::auth::{Actor, Login};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::sequence;
use crate::kernel::events::{self, types};
use crate::kernel::hash_key::HashKey;
use crate::kernel::http::idempotency;
use crate::kernel::ids::PersonId;
use crate::kernel::installation_key::KeyInTransaction;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Redacts the name, e-mail address, login and employee number of a person in all records.
///
/// # Errors
/// 403, 404; 409 when the person is not deactivated, is already erased, or is on the roster of agents.
pub fn erase(tx: &mut Tx<'_>, key: &KeyInTransaction, id: PersonId) -> Result<Person, Error> {
    tx.authorize_and_deduplicate(Action::ManagePrivacy, &Relations::default())?;
    let key = key.get(tx.conn)?;
    with_erasure_lock(tx, |tx| erase_locked(tx, &key, id))
}

fn erase_locked(tx: &mut Tx<'_>, key: &HashKey, id: PersonId) -> Result<Person, Error> {
    let before = people::service::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.deactivated_at.is_none() {
        return Err(Problem::illegal_transition("person", "active", "erase_person", &["deactivate_person"]).into());
    }
    if before.erased_at.is_some() {
        return Err(Problem::illegal_transition("person", "erased", "erase_person", &[]).into());
    }
    if agents::of_person(tx.conn, id)?.is_some() {
        return Err(Problem::new(Code::Conflict).because("detail-is-agent").into());
    }
    let logins = redact_records(tx, &before)?;
    people::refused_logins::refuse(tx.conn, key, &logins)?;
    let after = Person {
        display_name: redaction::ERASED_NAME.to_owned(),
        email: redaction::erased_email(id.as_str()),
        login: None,
        login_issuer: None,
        employee_number: None,
        version: before.version + 1,
        updated_at: tx.now,
        erased_at: Some(tx.now),
        ..before
    };
    people::service::save(tx.conn, &after)?;
    let body = PersonBody::from(after.clone());
    tx.record_change(&Change::updated(types::PERSON_ERASED, id.as_str(), &body, &body)?)?;
    Ok(after)
}

/// Redacts the person in events, webhooks, the audit trail, the pseudonyms and stored responses. Returns the logins
/// that the person had.
fn redact_records(tx: &mut Tx<'_>, person: &Person) -> Result<BTreeSet<(String, String)>, Error> {
    let id = person.id.as_str();
    // The redaction includes the changes of this transaction.
    tx.write_changes()?;
    // The dispatcher must not queue an event while it is redacted.
    sequence::lock(tx.conn)?;
    let redacted = |text: &str| redaction::redacted(text, id);
    let events = events::redact(tx.conn, id, redacted)?;
    webhooks::deliveries::redact(tx.conn, &events, redacted)?;
    // The trail is never deleted, so it has every login that the person ever had.
    let mut logins: BTreeSet<(String, String)> = person.stored_login().into_iter().collect();
    audit::redact(tx.conn, id, |text| {
        logins.extend(redaction::logins(text));
        redacted(text)
    })?;
    let logins = without_those_of_others(tx, person.id, logins)?;
    actors::erase(tx.conn, &logins)?;
    let callers: Vec<String> =
        logins.iter().map(|(issuer, subject)| Actor::idempotency_caller_of_person(issuer, subject)).collect();
    idempotency::delete_of(tx.conn, &callers)?;
    idempotency::delete_about(tx.conn, &[id, people::IMPORT_RESPONSES])?;
    Ok(logins)
}

/// Removes the logins that another person in the directory has now.
fn without_those_of_others(
    tx: &mut Tx<'_>,
    id: PersonId,
    logins: BTreeSet<(String, String)>,
) -> Result<BTreeSet<(String, String)>, Error> {
    let mut own = BTreeSet::new();
    for (issuer, subject) in logins {
        let login = Login { issuer: &issuer, subject: &subject };
        if people::service::with_login(tx.conn, login)?.is_none_or(|person| person == id) {
            own.insert((issuer, subject));
        }
    }
    Ok(own)
}
