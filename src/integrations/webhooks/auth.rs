//! How the service proves itself to a receiver, beside the signature.
//!
//! Rules: credentials are stored sealed and never shown; an OAuth 2.0 token (RFC 6749 section 4.4, client credentials) is
//! fetched through the same egress guard, kept in memory until shortly before its end, and forgotten when the receiver
//! answers 401.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use url::Url;
use url::form_urlencoded::{Serializer as Form, byte_serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use super::sender::{OutgoingRequest, SendResult, Sender, is_framing};
use crate::kernel::http::body::fault;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;

crate::text_enum! {
    /// How an endpoint wants callers to prove themselves.
    pub enum AuthKind {
        /// By the signature alone.
        None,
        /// By a header of its own, such as an API key.
        Header,
        /// User name and password (RFC 7617).
        Basic,
        /// A token that is fetched with a client's own credentials (RFC 6749).
        Oauth2ClientCredentials,
    }
}

/// Credentials; which members are needed follows from `kind`. They are never shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "header", "name": "Authorization", "value": "Token token=example"}))]
pub struct WebhookAuth {
    pub kind: AuthKind,
    /// For `header`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9-]+$")]
    pub name: Option<String>,
    /// For `header`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 4000, pattern = "^[!-~][ -~]*$")]
    pub value: Option<String>,
    /// For `basic`; without a colon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f:]+$")]
    pub username: Option<String>,
    /// For `basic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x1f]+$")]
    pub password: Option<String>,
    /// For `oauth2_client_credentials`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri", max_length = 2000, pattern = "^https?://[!-~]+$")]
    pub token_url: Option<String>,
    /// For `oauth2_client_credentials`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 500, pattern = "^[!-~]+$")]
    pub client_id: Option<String>,
    /// For `oauth2_client_credentials`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 2000, pattern = "^[!-~]+$")]
    pub client_secret: Option<String>,
    /// For `oauth2_client_credentials`, if the server wants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 500, pattern = "^[!-~]+( [!-~]+)*$")]
    pub scope: Option<String>,
}

impl fmt::Debug for WebhookAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookAuth({})", self.kind.as_str())
    }
}

impl WebhookAuth {
    /// No credentials.
    pub const NONE: Self = Self {
        kind: AuthKind::None,
        name: None,
        value: None,
        username: None,
        password: None,
        token_url: None,
        client_id: None,
        client_secret: None,
        scope: None,
    };

    /// Its members with what each belongs to.
    fn members(&self) -> [(&'static str, AuthKind, bool, bool); 8] {
        let oauth = AuthKind::Oauth2ClientCredentials;
        [
            ("name", AuthKind::Header, true, self.name.is_some()),
            ("value", AuthKind::Header, true, self.value.is_some()),
            ("username", AuthKind::Basic, true, self.username.is_some()),
            ("password", AuthKind::Basic, true, self.password.is_some()),
            ("token_url", oauth, true, self.token_url.is_some()),
            ("client_id", oauth, true, self.client_id.is_some()),
            ("client_secret", oauth, true, self.client_secret.is_some()),
            ("scope", oauth, false, self.scope.is_some()),
        ]
    }
}

/// Which members are needed follows from `kind`; everything that is wrong is told at once.
impl Validate for WebhookAuth {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        for (member, kind, required, present) in self.members() {
            if self.kind == kind && required && !present {
                let (en, cs) = ("This kind of credentials needs it.", "Tento druh údajů jej vyžaduje.");
                errors.add(member, fault("required", en, cs));
            }
            if self.kind != kind && present {
                errors.add(member, fault("not_allowed", "It belongs to another kind.", "Patří k jinému druhu údajů."));
            }
        }
        if self.name.as_deref().is_some_and(is_reserved) {
            let (en, cs) = ("The service sets this header itself.", "Tuto hlavičku nastavuje služba sama.");
            errors.add("name", fault("reserved", en, cs));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Whether the header with this name is not for a receiver to choose.
fn is_reserved(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    is_framing(&name) || name.starts_with("webhook-") || ["content-type", "user-agent"].contains(&name.as_str())
}

/// A token and its end.
#[derive(Clone)]
struct Token {
    text: String,
    until: UtcTime,
}

/// Tokens that are fetched, one per endpoint, each with the credentials it was fetched with.
#[derive(Default)]
pub struct Tokens(Mutex<HashMap<WebhookEndpointId, (WebhookAuth, Token)>>);

/// Seconds before its end that a token is used for the last time.
const MARGIN: i64 = 60;
/// Seconds that a token lasts when its server does not say.
const USUAL: i64 = 300;

/// What a token server answers (RFC 6749 section 5.1).
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    token_type: Option<String>,
    #[serde(default)]
    expires_in: Option<i64>,
}

impl Tokens {
    /// The header that proves the service to this endpoint, if it wants one; an error when no token can be had.
    ///
    /// # Errors
    /// How the request for a token ended.
    pub async fn header(
        &self,
        sender: &dyn Sender,
        endpoint: WebhookEndpointId,
        auth: &WebhookAuth,
        now: UtcTime,
    ) -> Result<Option<(String, String)>, SendResult> {
        let text = |member: &Option<String>| member.clone().unwrap_or_default();
        let authorization = |value| Ok(Some(("authorization".to_owned(), value)));
        match auth.kind {
            AuthKind::None => Ok(None),
            AuthKind::Header => Ok(Some((text(&auth.name).to_ascii_lowercase(), text(&auth.value)))),
            AuthKind::Basic => {
                let pair = format!("{}:{}", text(&auth.username), text(&auth.password));
                authorization(format!("Basic {}", BASE64_STANDARD.encode(pair)))
            }
            AuthKind::Oauth2ClientCredentials => {
                let valid = |(of, token): &&(WebhookAuth, Token)| of == auth && token.until > now;
                let kept = self.locked().get(&endpoint).filter(valid).map(|(_, token)| token.clone());
                let token = match kept {
                    Some(token) => token,
                    None => {
                        let token = fetch(sender, auth, now).await?;
                        self.locked().insert(endpoint, (auth.clone(), token.clone()));
                        token
                    }
                };
                authorization(format!("Bearer {}", token.text))
            }
        }
    }

    /// The receiver does not take the token any more.
    pub fn forget(&self, endpoint: WebhookEndpointId) {
        self.locked().remove(&endpoint);
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<WebhookEndpointId, (WebhookAuth, Token)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn fetch(sender: &dyn Sender, auth: &WebhookAuth, now: UtcTime) -> Result<Token, SendResult> {
    let broken = || SendResult::Failed { reason: super::sender::reason::INVALID_REQUEST };
    let url = auth.token_url.as_deref().and_then(|url| Url::parse(url).ok()).ok_or_else(broken)?;
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
    let request = OutgoingRequest {
        method: Method::POST,
        url,
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body,
    };
    let result = sender.send(request).await;
    let SendResult::Answered { status: 200..=299, body, .. } = &result else { return Err(result) };
    match serde_json::from_slice::<TokenAnswer>(body) {
        Ok(answer) if is_usable(&answer) => {
            let lasts = answer.expires_in.unwrap_or(USUAL).clamp(0, 86_400);
            Ok(Token { text: answer.access_token, until: now.plus_seconds(lasts - MARGIN) })
        }
        _ => Err(SendResult::Failed { reason: super::sender::reason::NO_ANSWER }),
    }
}

/// Only bearer tokens are sent, and only such as fit into a header.
fn is_usable(answer: &TokenAnswer) -> bool {
    let bearer = answer.token_type.as_ref().is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    bearer && !answer.access_token.is_empty() && answer.access_token.bytes().all(|byte| byte.is_ascii_graphic())
}
