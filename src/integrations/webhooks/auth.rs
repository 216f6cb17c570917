//! The credentials with which the service authenticates to a receiver, in addition to the signature.
//!
//! Rule: credentials are stored sealed and never shown.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use super::sender::is_framing;
use crate::kernel::http::body::fault;

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

/// `kind` decides which fields are required. All violations are reported at once.
impl Validate for WebhookAuth {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        for (field, kind, required, present) in self.fields() {
            if self.kind == kind && required && !present {
                let (en, cs) = ("This kind of credentials needs it.", "Tento druh údajů jej vyžaduje.");
                errors.add(field, fault("required", en, cs));
            }
            if self.kind != kind && present {
                errors.add(field, fault("not_allowed", "It belongs to another kind.", "Patří k jinému druhu údajů."));
            }
        }
        if self.name.as_deref().is_some_and(is_reserved) {
            let (en, cs) = ("The service sets this header itself.", "Tuto hlavičku nastavuje služba sama.");
            errors.add("name", fault("reserved", en, cs));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Returns whether the service sets the header with this name itself.
fn is_reserved(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    is_framing(&name) || name.starts_with("webhook-") || ["content-type", "user-agent"].contains(&name.as_str())
}
