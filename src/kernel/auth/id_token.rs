//! Whether a token is something else than an access token, although the same issuer signed it. Pure.
//!
//! An ID token informs a client about a sign-in. Every application in which a person signs in has one, so it must not
//! give access to this service. RFC 9068 separates the two by the header parameter `typ`; older access tokens have
//! `JWT` or nothing there, as ID tokens have, so their claims decide.

use serde_json::Value;

/// Claims of ID tokens: OpenID Connect Core 1.0 sections 2 and 3.3.2.11, and the Financial-grade API.
const OF_ID_TOKENS: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

/// Returns whether the claims, of a token without `at+jwt` in its header, are those of an ID token or a refresh token.
#[must_use]
pub fn is_not_for_access(claims: &Value, is_entra: bool, is_application: bool) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let has = |name: &str| claims.get(name).is_some_and(|value| !value.is_null());
    // Keycloak states what a token is. Access tokens of older versions have a `nonce`, too.
    match text("typ").map(str::to_ascii_lowercase).as_deref() {
        Some("bearer" | "dpop") => return false,
        Some("id" | "refresh" | "offline" | "logout") => return true,
        _ => {}
    }
    if OF_ID_TOKENS.iter().any(|name| has(name)) {
        return true;
    }
    // The client for which Entra ID issued an access token: `azp` in version 2, `appid` in version 1.
    if is_entra {
        return !has("azp") && !has("appid");
    }
    // For the client itself, and without scopes.
    let audience = match claims.get("aud") {
        Some(Value::Array(audiences)) if audiences.len() == 1 => audiences.first().and_then(Value::as_str),
        audience => audience.and_then(Value::as_str),
    };
    let is_for_client = audience.is_some() && ["azp", "client_id", "cid"].iter().any(|name| text(name) == audience);
    is_for_client && !is_application && !has("scope") && !has("scp")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn id_tokens_are_recognised_by_their_claims() {
        for claims in [
            json!({"typ": "ID", "aud": "web", "azp": "web"}),
            json!({"typ": "Refresh", "aud": "https://id.example.com"}),
            json!({"aud": "web", "nonce": "n"}),
            json!({"aud": "web", "at_hash": "h"}),
            json!({"aud": ["web"], "azp": "web", "c_hash": "h", "scope": "openid"}),
            json!({"aud": ["web"], "azp": "web"}),
            json!({"aud": "web", "client_id": "web", "sub": "anna"}),
        ] {
            assert!(is_not_for_access(&claims, false, false), "{claims}");
        }
        assert!(is_not_for_access(&json!({"aud": "6f1d", "oid": "a", "sub": "b"}), true, false));
    }

    #[test]
    fn access_tokens_are_not_taken_for_id_tokens() {
        for claims in [
            json!({"typ": "Bearer", "aud": "entente", "azp": "web", "nonce": "n"}),
            json!({"typ": "Bearer", "aud": "web", "azp": "web"}),
            json!({"aud": "entente", "azp": "web"}),
            json!({"aud": "web", "azp": "web", "scope": "projects:read"}),
            json!({"aud": ["entente", "web"], "azp": "web"}),
            json!({"aud": "entente", "nonce": null}),
        ] {
            assert!(!is_not_for_access(&claims, false, false), "{claims}");
        }
        // One registration in Entra ID can be the API and its client.
        assert!(!is_not_for_access(&json!({"aud": "6f1d", "azp": "6f1d", "roles": ["x"]}), true, false));
        assert!(!is_not_for_access(&json!({"aud": "crm", "client_id": "crm", "sub": "crm"}), false, true));
    }
}
