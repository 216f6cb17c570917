//! Links a person in the directory with a login, by the e-mail address that the issuer of a token has verified.
//!
//! Rules: only a person who never had a login is linked, once, so that a login that an administrator has removed does
//! not come back, and so that no token takes over a person who has one; deactivated and erased people are not linked.
//! The change has an event and an audit entry, whose actor is the service.

use crate::directory::people::dto::PersonBody;
use crate::directory::people::service::taken;
use crate::directory::people::store;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Returns the verified e-mail address of a caller as the directory stores it; `None` if no person can be linked.
pub fn address(caller: &Actor) -> Option<String> {
    let email = caller.verified_email.as_deref()?;
    // Some other letters are ASCII in lower case, such as the sign for kelvin, so that they would match another
    // address.
    (email.is_ascii() && !caller.subject.contains(char::is_control)).then(|| email.to_ascii_lowercase())
}

/// Gives the login of the caller to the person with their address. Returns whether the person was linked.
///
/// # Errors
/// 409 when another person has the login.
pub fn link(tx: &mut Tx<'_>, caller: &Actor) -> Result<bool, Error> {
    let (Some(email), Some(login)) = (address(caller), caller.login()) else { return Ok(false) };
    // One of several parallel requests gets the person; the others find none any more.
    let Some(before) = store::lock_linkable(tx.conn, &email)? else { return Ok(false) };
    let mut after = before.clone();
    after.set_login(Some((login.issuer.to_owned(), login.subject.to_owned())), tx.now);
    after.version += 1;
    after.updated_at = tx.now;
    store::update(tx.conn, &after)?.map_err(taken)?;
    let id = after.id;
    let (old, new) = (PersonBody::from(before), PersonBody::from(after));
    tx.record_change(&Change::updated(types::PERSON_UPDATED, id.as_str(), &old, &new)?)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_in_ascii_only() {
        let of = |email: &str, subject: &str| {
            address(&Actor { verified_email: Some(email.into()), subject: subject.into(), ..Actor::anonymous() })
        };
        assert_eq!(of("Jana.Nova@Example.com", "jana").as_deref(), Some("jana.nova@example.com"));
        // The sign for kelvin is "k" in lower case.
        assert_eq!("\u{212a}".to_lowercase(), "k");
        assert_eq!(of("\u{212a}arel@example.com", "x"), None);
        assert_eq!(of("jana@example.com", "a\nb"), None);
        assert_eq!(address(&Actor::anonymous()), None);
    }
}
