//! The credentials with which the service authenticates to a receiver, in addition to the signature.
//!
//! Rule: credentials are stored encrypted and never returned.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use super::sender::is_framing;
use crate::kernel::http::body::fault;

crate::text_enum! {
    /// How requests to an endpoint are authenticated, in addition to the signature: `none`, `header` (a header with a
    /// fixed value, such as an API key), `basic` (user name and password, RFC 7617), or `oauth2_client_credentials` (an
    /// access token that the service fetches with client credentials, RFC 6749).
    pub enum AuthKind {
        None,
        Header,
        Basic,
        Oauth2ClientCredentials,
    }
}

/// Credentials for requests to an endpoint. `kind` decides which fields are required. Credentials are stored encrypted
/// and never returned.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "header", "name": "Authorization", "value": "Token token=example"}))]
pub struct WebhookAuth {
    /// How requests are authenticated.
    pub kind: AuthKind,
    /// Name of the header. Required for `header`, not allowed otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9-]+$")]
    pub name: Option<String>,
    /// Value of the header. Required for `header`, not allowed otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 4000, pattern = "^[!-~][ -~]*$")]
    pub value: Option<String>,
    /// User name, without a colon. Required for `basic`, not allowed otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f:]+$")]
    pub username: Option<String>,
    /// Password. Required for `basic`, not allowed otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x1f]+$")]
    pub password: Option<String>,
    /// URL of the token endpoint. Required for `oauth2_client_credentials`, not allowed otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri", max_length = 2000, pattern = "^https?://[!-~]+$")]
    pub token_url: Option<String>,
    /// Client ID. Required for `oauth2_client_credentials`, not allowed otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 500, pattern = "^[!-~]+$")]
    pub client_id: Option<String>,
    /// Client secret. Required for `oauth2_client_credentials`, not allowed otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 2000, pattern = "^[!-~]+$")]
    pub client_secret: Option<String>,
    /// Scopes to request, separated by spaces. Optional for `oauth2_client_credentials`, not allowed otherwise.
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

    /// Returns each field with the kind it belongs to, whether that kind requires it, and whether it is present.
    fn fields(&self) -> [(&'static str, AuthKind, bool, bool); 8] {
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

/// Checks that exactly the fields of `kind` are present, and reports all violations at once.
impl Validate for WebhookAuth {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        for (field, kind, required, present) in self.fields() {
            if self.kind == kind && required && !present {
                errors.add(field, fault("required", "violation-credentials-need-it"));
            }
            if self.kind != kind && present {
                errors.add(field, fault("not_allowed", "violation-credentials-other-kind"));
            }
        }
        if self.name.as_deref().is_some_and(is_reserved) {
            errors.add("name", fault("reserved", "violation-reserved-header"));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Returns whether the service sets the header with this name itself.
fn is_reserved(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    is_framing(&name) || name.starts_with("webhook-") || ["content-type", "user-agent"].contains(&name.as_str())
}
