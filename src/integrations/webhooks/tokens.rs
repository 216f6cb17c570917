//! Authentication to receivers: the header of each request, and the access tokens that it may need.
//!
//! Rule: an OAuth 2.0 token (client credentials, RFC 6749 section 4.4) is fetched through the same egress guard as a
//! webhook, cached in memory until shortly before it expires, and discarded when the receiver responds 401.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::{Serializer as Form, byte_serialize};

use super::auth::{AuthKind, WebhookAuth};
use super::sender::{OutgoingRequest, SendResult, Sender, reason};
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;

/// An access token.
#[derive(Clone)]
struct Token {
    text: String,
    /// When it has to be replaced.
    until: UtcTime,
}

/// The cached access tokens, one per endpoint, each with the credentials with which it was fetched.
#[derive(Default)]
pub struct Tokens(Mutex<HashMap<WebhookEndpointId, (WebhookAuth, Token)>>);

/// How many seconds before its expiry a token is replaced.
const EXPIRY_MARGIN: i64 = 60;
/// Lifetime of a token in seconds when the token server does not specify one.
const DEFAULT_LIFETIME: i64 = 300;
/// Longest lifetime in seconds for which a token is used.
const MAX_LIFETIME: i64 = 86_400;

/// The response of a token server (RFC 6749 section 5.1).
#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    #[serde(default)]
    token_type: Option<String>,
    #[serde(default)]
    expires_in: Option<i64>,
}

impl Tokens {
    /// Returns the header that authenticates the service to this endpoint, if the endpoint requires one.
    ///
    /// # Errors
    /// The result of the token request when it returned no token.
    pub async fn auth_header(
        &self,
        sender: &dyn Sender,
        endpoint: WebhookEndpointId,
        auth: &WebhookAuth,
        now: UtcTime,
    ) -> Result<Option<(String, String)>, SendResult> {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let authorization = |value| Ok(Some(("authorization".to_owned(), value)));
        match auth.kind {
            AuthKind::None => Ok(None),
            AuthKind::Header => Ok(Some((text(&auth.name).to_ascii_lowercase(), text(&auth.value)))),
            AuthKind::Basic => {
                let pair = format!("{}:{}", text(&auth.username), text(&auth.password));
                authorization(format!("Basic {}", BASE64_STANDARD.encode(pair)))
            }
            AuthKind::Oauth2ClientCredentials => {
                authorization(format!("Bearer {}", self.token(sender, endpoint, auth, now).await?.text))
            }
        }
    }

    /// Returns the cached token of an endpoint, or fetches one.
    async fn token(
        &self,
        sender: &dyn Sender,
        endpoint: WebhookEndpointId,
        auth: &WebhookAuth,
        now: UtcTime,
    ) -> Result<Token, SendResult> {
        let is_valid = |(of, token): &&(WebhookAuth, Token)| of == auth && token.until > now;
        let cached = self.locked().get(&endpoint).filter(is_valid).map(|(_, token)| token.clone());
        if let Some(token) = cached {
            return Ok(token);
        }
        let token = fetch(sender, auth, now).await?;
        self.locked().insert(endpoint, (auth.clone(), token.clone()));
        Ok(token)
    }

    /// Discards the token of an endpoint, because its receiver rejected it.
    pub fn invalidate(&self, endpoint: WebhookEndpointId) {
        self.locked().remove(&endpoint);
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<WebhookEndpointId, (WebhookAuth, Token)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn fetch(sender: &dyn Sender, auth: &WebhookAuth, now: UtcTime) -> Result<Token, SendResult> {
    let request = token_request(auth).ok_or(SendResult::Failed { reason: reason::INVALID_REQUEST })?;
    let result = sender.send(request).await;
    let SendResult::Responded { status: 200..=299, body, .. } = &result else { return Err(result) };
    match serde_json::from_slice::<TokenResponse>(body) {
        Ok(response) if is_usable(&response) => {
            let lifetime = response.expires_in.unwrap_or(DEFAULT_LIFETIME).clamp(0, MAX_LIFETIME);
            Ok(Token { text: response.access_token, until: now.plus_seconds(lifetime - EXPIRY_MARGIN) })
        }
        _ => Err(SendResult::Failed { reason: reason::NO_ANSWER }),
    }
}

/// Returns the request for a token; `None` when the URL of the token server is not valid.
fn token_request(auth: &WebhookAuth) -> Option<OutgoingRequest> {
    let url = auth.token_url.as_deref().and_then(|url| Url::parse(url).ok())?;
    let encoded =
        |text: &Option<String>| byte_serialize(text.as_deref().unwrap_or_default().as_bytes()).collect::<String>();
    let client = BASE64_STANDARD.encode(format!("{}:{}", encoded(&auth.client_id), encoded(&auth.client_secret)));
    let scope = auth.scope.iter().map(|scope| ("scope", scope.as_str()));
    let pairs = std::iter::once(("grant_type", "client_credentials")).chain(scope);
    let body = Form::new(String::new()).extend_pairs(pairs).finish().into_bytes();
    let headers = [
        ("authorization", format!("Basic {client}")),
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ("accept", "application/json".to_owned()),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Some(OutgoingRequest { method: Method::POST, url, headers, body, response_bytes: None })
}

/// Returns whether the response contains a bearer token that can be sent in a header.
fn is_usable(response: &TokenResponse) -> bool {
    let bearer = response.token_type.as_ref().is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    bearer && !response.access_token.is_empty() && response.access_token.bytes().all(|byte| byte.is_ascii_graphic())
}
