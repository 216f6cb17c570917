//! The fields `login` and `login_issuer` of requests, as pure functions.
//!
//! Rules: a login without an issuer has the first configured one; an issuer needs a login, and must be configured.

use super::dto::PersonPatch;
use super::rows::Person;
use crate::kernel::auth::LoginIssuers;
use crate::kernel::error::{Text, Violation};

/// Issuer and subject of a login.
pub type StoredLogin = (String, String);

/// Returns the login of a new person; `None` without one. `parent` is the pointer to the object with the fields.
///
/// # Errors
/// The violation of an issuer without a login, or that is not configured.
pub fn login(
    issuers: &LoginIssuers,
    login: Option<&str>,
    issuer: Option<&str>,
    parent: &str,
) -> Result<Option<StoredLogin>, Violation> {
    match (login, issuer) {
        (None, None) => Ok(None),
        (None, Some(_)) => {
            let text = Text::new("violation-issuer-needs-login");
            Err(Violation::at(format!("{parent}/login"), "required", text))
        }
        (Some(login), issuer) => {
            let issuer = issuer.unwrap_or(issuers.first());
            if !issuers.contains(issuer) {
                return Err(unknown_issuer(issuers, parent));
            }
            Ok(Some((issuer.to_owned(), login.to_owned())))
        }
    }
}

fn unknown_issuer(issuers: &LoginIssuers, parent: &str) -> Violation {
    let names: Vec<_> = issuers.names().map(|name| format!("\"{name}\"")).collect();
    let text = Text::new("violation-unknown-issuer").with("issuers", names.join(", "));
    Violation::at(format!("{parent}/login_issuer"), "unknown_reference", text)
}

/// Returns the login of a person after a change. A new login keeps the issuer, unless the change names another one.
///
/// # Errors
/// The same as for [`login`].
pub fn changed_login(
    issuers: &LoginIssuers,
    before: &Person,
    patch: &PersonPatch,
) -> Result<Option<StoredLogin>, Violation> {
    if patch.login.is_none() && patch.login_issuer.is_none() {
        return Ok(before.stored_login());
    }
    let subject = match &patch.login {
        Some(login) => login.as_deref(),
        None => before.login.as_deref(),
    };
    let issuer = match &patch.login_issuer {
        Some(issuer) => issuer.as_deref(),
        None => before.login_issuer.as_deref().filter(|_| subject.is_some()),
    };
    login(issuers, subject, issuer, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::PersonId;
    use crate::kernel::time::UtcTime;

    fn person(login: Option<StoredLogin>) -> Person {
        let now = UtcTime::from_unix_micros(0);
        let mut person = Person::new(PersonId::demo(1), now);
        person.set_login(login, now);
        person
    }

    fn stored(issuer: &str, login: &str) -> Option<StoredLogin> {
        Some((issuer.to_owned(), login.to_owned()))
    }

    #[test]
    fn a_login_has_the_first_issuer_or_a_configured_one() {
        let issuers = LoginIssuers::of("a", &["b"]);
        let of = |subject: Option<&str>, issuer: Option<&str>| {
            login(&issuers, subject, issuer, "/items/0").map_err(|violation| (violation.place, violation.code))
        };
        let at = |pointer: &str| crate::kernel::error::Place::Body(pointer.to_owned());
        assert_eq!(of(None, None), Ok(None));
        assert_eq!(of(Some("jana"), None), Ok(stored("a", "jana")));
        assert_eq!(of(Some("jana"), Some("b")), Ok(stored("b", "jana")));
        assert_eq!(of(Some("jana"), Some("c")), Err((at("/items/0/login_issuer"), "unknown_reference")));
        assert_eq!(of(None, Some("b")), Err((at("/items/0/login"), "required")));
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let issuers = LoginIssuers::of("a", &["b"]);
        let of = |before: Option<StoredLogin>, patch: serde_json::Value| {
            let patch: PersonPatch = serde_json::from_value(patch).unwrap();
            changed_login(&issuers, &person(before), &patch).map_err(|violation| violation.code)
        };
        for (before, patch, expected) in [
            (stored("b", "jana"), serde_json::json!({"display_name": "J"}), Ok(stored("b", "jana"))),
            // An issuer that is not configured any more does not hinder other changes.
            (stored("old", "jana"), serde_json::json!({"display_name": "J"}), Ok(stored("old", "jana"))),
            (stored("b", "jana"), serde_json::json!({"login": "nova"}), Ok(stored("b", "nova"))),
            (stored("b", "jana"), serde_json::json!({"login": "nova", "login_issuer": "a"}), Ok(stored("a", "nova"))),
            (stored("b", "jana"), serde_json::json!({"login_issuer": null}), Ok(stored("a", "jana"))),
            (stored("b", "jana"), serde_json::json!({"login": null}), Ok(None)),
            (stored("b", "jana"), serde_json::json!({"login": null, "login_issuer": "a"}), Err("required")),
            (None, serde_json::json!({"login": "nova"}), Ok(stored("a", "nova"))),
            (None, serde_json::json!({"login_issuer": "a"}), Err("required")),
            (stored("old", "jana"), serde_json::json!({"login": "nova"}), Err("unknown_reference")),
        ] {
            assert_eq!(of(before.clone(), patch.clone()), expected, "{before:?} {patch}");
        }
    }
}
