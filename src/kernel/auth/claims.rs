//! From claims to a caller. Pure: the signature has been verified before.
//!
//! Rules:
//! - `exp`, `iss`, `aud` and `sub` are required and `nbf` is checked, with a leeway of 30 seconds.
//! - Tokens for other purposes (`id_token`) are refused, even if the audience matches.
//! - What a person may do comes from claims about the person: roles and groups, by the mapping in the settings. The
//!   scopes of a token say what its client asked for, so they never make a person an administrator, unless the
//!   settings say so.

use serde_json::Value;

use super::settings::ClaimRules;
use super::{API_KEY_SUBJECT, Actor, ActorKind, Scope, application, id_token};

const LEEWAY: i64 = 30;
/// 9999-12-31T23:59:59Z; a later time is a mistake, such as milliseconds.
const LAST_TIME: f64 = 253_402_300_799.0;
/// Longest subject, in bytes.
const MAX_NAME: usize = 200;
/// Longest e-mail address, in bytes (RFC 5321 section 4.5.3.1).
const MAX_EMAIL: usize = 320;
/// How the subjects of parts of the service, the pseudonyms of people, and the subjects of applications with API keys
/// start.
const RESERVED: [&str; 3] = ["system:", "act_", API_KEY_SUBJECT];
/// Claims with the client that a token was issued to.
const CLIENT_CLAIMS: [&str; 4] = ["client_id", "cid", "azp", "appid"];

/// Returns the caller. `is_access_token` is whether the header says so (`at+jwt`); `now` is in Unix seconds.
///
/// # Errors
/// The key of the reason, which names the claim and is safe to show to the caller.
pub fn actor(claims: &Value, rules: &ClaimRules, is_access_token: bool, now: i64) -> Result<Actor, &'static str> {
    check_times(claims, now)?;
    let subject = text(claims, "sub").ok_or("detail-token-invalid.sub-missing")?;
    check_name(subject)?;
    let is_application = application::is_application(claims, rules.is_entra);
    if !is_access_token && id_token::is_not_for_access(claims, rules.is_entra, is_application) {
        return Err("detail-token-invalid.id-token");
    }
    check_audience(claims, &rules.audiences)?;
    let subject = if is_application { client(claims).unwrap_or(subject) } else { person(claims, rules)? };
    check_name(subject)?;
    Ok(Actor {
        kind: if is_application { ActorKind::Service } else { ActorKind::Person },
        subject: subject.to_owned(),
        issuer: Some(rules.issuer.clone()),
        scopes: scopes(claims, rules, is_application),
        verified_email: if is_application { None } else { verified_email(claims, rules) },
        issued_at: claims.get("iat").and_then(time),
    })
}

fn check_times(claims: &Value, now: i64) -> Result<(), &'static str> {
    let expires_at = claims.get("exp").and_then(time).ok_or("detail-token-invalid.exp-missing")?;
    if expires_at <= now - LEEWAY {
        return Err("detail-token-invalid.exp");
    }
    match claims.get("nbf").filter(|not_before| !not_before.is_null()).map(time) {
        Some(None) => Err("detail-token-invalid.nbf-form"),
        Some(Some(not_before)) if not_before > now + LEEWAY => Err("detail-token-invalid.nbf"),
        _ => Ok(()),
    }
}

/// Reads a time: seconds since the Unix epoch, possibly with a fraction (RFC 7519 section 2, NumericDate).
fn time(value: &Value) -> Option<i64> {
    value.as_f64().filter(|seconds| (0.0..=LAST_TIME).contains(seconds)).map(|seconds| seconds.floor() as i64)
}

fn check_audience(claims: &Value, accepted: &[String]) -> Result<(), &'static str> {
    if !claims.get("aud").is_some_and(|audience| audience.is_string() || audience.is_array()) {
        return Err("detail-token-invalid.aud-missing");
    }
    let is_accepted = texts(claims, "aud").into_iter().any(|audience| accepted.iter().any(|one| one == audience));
    if is_accepted { Ok(()) } else { Err("detail-token-invalid.aud") }
}

fn check_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() || name.len() > MAX_NAME || name.chars().any(char::is_control) {
        return Err("detail-token-invalid.sub");
    }
    let name = name.to_ascii_lowercase();
    let is_reserved = name == "anonymous" || RESERVED.iter().any(|start| name.starts_with(start));
    if is_reserved { Err("detail-token-invalid.sub-reserved") } else { Ok(()) }
}

fn person<'a>(claims: &'a Value, rules: &ClaimRules) -> Result<&'a str, &'static str> {
    find(claims, &rules.subject_claim).and_then(Value::as_str).ok_or("detail-token-invalid.subject-missing")
}

/// Returns the client that an application authenticated as.
fn client(claims: &Value) -> Option<&str> {
    CLIENT_CLAIMS.iter().find_map(|name| text(claims, name).filter(|client| !client.is_empty()))
}

fn scopes(claims: &Value, rules: &ClaimRules, is_application: bool) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = Vec::new();
    let names = rules.scope_claims.iter().flat_map(|claim| texts(claims, claim)).flat_map(|names| names.split(' '));
    let may_be_admin = is_application || rules.allow_scope_admin;
    let granted = names.filter_map(|name| name.parse::<Scope>().ok());
    scopes.extend(granted.filter(|scope| may_be_admin || *scope != Scope::Admin));
    if is_application {
        let roles = rules.application_role_claims.iter().flat_map(|claim| texts(claims, claim));
        scopes.extend(roles.filter_map(|role| role.parse::<Scope>().ok()));
    }
    if !rules.roles.is_empty() {
        let roles = rules.role_claims.iter().flat_map(|claim| texts(claims, claim));
        scopes.extend(roles.filter_map(|role| rules.roles.get(role)).flatten().copied());
    }
    // In the order of the scopes, each once.
    Scope::ALL.iter().copied().filter(|scope| scopes.contains(scope)).collect()
}

/// Returns the e-mail address of a person, if the issuer has verified it and the settings trust the issuer with this.
fn verified_email(claims: &Value, rules: &ClaimRules) -> Option<String> {
    let is_true = |name: &str| claims.get(name).and_then(Value::as_bool) == Some(true);
    // Entra ID writes this optional claim as a boolean, a number or a text.
    let is_owned_domain = match claims.get("xms_edov") {
        Some(Value::String(text)) => text == "1" || text.eq_ignore_ascii_case("true"),
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        Some(Value::Bool(is_owned)) => *is_owned,
        _ => false,
    };
    let is_verified = rules.link_by_email && (is_true("email_verified") || is_owned_domain);
    let email = text(claims, "email").filter(|_| is_verified)?;
    let is_address = email.len() <= MAX_EMAIL && email.contains('@') && !email.chars().any(char::is_control);
    is_address.then(|| email.to_owned())
}

fn text<'a>(claims: &'a Value, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// Returns the value of a claim, which is named or, with a slash at the start, located by a JSON Pointer.
fn find<'a>(claims: &'a Value, claim: &str) -> Option<&'a Value> {
    if claim.starts_with('/') { claims.pointer(claim) } else { claims.get(claim) }
}

/// Returns the texts of a claim that is a text or an array.
fn texts<'a>(claims: &'a Value, claim: &str) -> Vec<&'a str> {
    match find(claims, claim) {
        Some(Value::String(text)) => vec![text.as_str()],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
#[path = "claims_tests.rs"]
mod tests;
