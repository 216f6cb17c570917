//! Whether a token is that of an application. Pure.
//!
//! Rule: a token represents an application only on positive evidence, otherwise a person. An application reads all
//! projects, so a person must not be taken for one; an application that is taken for a person has no rights.

use serde_json::Value;

/// Returns whether the claims prove that the token was issued to an application for itself (client credentials).
#[must_use]
pub fn is_application(claims: &Value, is_entra: bool) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let Some(subject) = text("sub") else { return false };
    let (client_id, party) = (text("client_id"), text("azp"));
    // RFC 9068 section 2.2, Ory Hydra; `cid`: Okta.
    let is_client = client_id == Some(subject) || text("cid") == Some(subject);
    // Auth0.
    let with_suffix = subject.strip_suffix("@clients").filter(|client| !client.is_empty());
    let is_auth0_client = text("gty") == Some("client-credentials")
        || with_suffix.is_some_and(|client| [client_id, party].contains(&Some(client)));
    // Entra ID: `oid` of a person differs from `sub`, and a token of a person has `scp`.
    let has_scopes = claims.get("scp").is_some_and(|scopes| !scopes.is_null());
    let is_entra_app = text("idtyp") == Some("app") || (is_entra && text("oid") == Some(subject) && !has_scopes);
    // Keycloak, which writes user names in lower case.
    let is_service_account = client_id.zip(text("preferred_username")).is_some_and(|(client, name)| {
        name.strip_prefix("service-account-")
            .is_some_and(|account| account == client || account == client.to_lowercase())
    });
    is_client || is_auth0_client || is_entra_app || is_service_account
}

#[cfg(test)]
#[path = "application_tests.rs"]
mod tests;
