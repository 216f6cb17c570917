//! API keys in requests and responses.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rows::ApiKey;
use crate::kernel::auth::Scope;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::ApiKeyId;
use crate::kernel::system_name::SystemName;
use crate::kernel::time::{Day, UtcTime};

/// An API key of an application, without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct ApiKeyBody {
    /// Unique identifier of the key. It is not secret, and its last 26 characters are part of the key.
    pub id: ApiKeyId,
    /// Short name of the application that the key belongs to. In the audit trail, the application is the actor
    /// `api-key:` followed by this name.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$", example = "hr")]
    pub client: String,
    /// Scopes of the key.
    #[schema(min_items = 1, max_items = 20)]
    pub scopes: Vec<Scope>,
    /// When the key expires; null if it does not expire.
    #[schema(required)]
    pub expires_at: Option<UtcTime>,
    /// When a new key of the application replaced this one, which remains valid until `expires_at`; null if it was not
    /// replaced.
    #[schema(required)]
    pub replaced_at: Option<UtcTime>,
    /// Last day (in UTC) on which the key was used; null if it was never used.
    #[schema(required)]
    pub last_used_on: Option<Day>,
    /// When the key was created.
    pub created_at: UtcTime,
}

impl From<&ApiKey> for ApiKeyBody {
    fn from(row: &ApiKey) -> Self {
        Self {
            id: row.id,
            client: row.client.clone(),
            scopes: row.scopes(),
            expires_at: row.expires_at,
            replaced_at: row.replaced_at,
            last_used_on: row.last_used_on,
            created_at: row.created_at,
        }
    }
}

/// A new API key as text, which is returned only once.
#[derive(Serialize, ToSchema)]
pub struct ApiKeyWithSecret {
    #[serde(flatten)]
    pub api_key: ApiKeyBody,
    /// The key. Store it; it is not returned again. Send it in `Authorization: Bearer`.
    #[schema(
        max_length = 91,
        pattern = "^ent_[0-9a-hjkmnp-tv-z]{26}_[0-9a-v]{52}[0-9a-f]{8}$",
        example = "ent_01kdvdna00e008000000000001_000000000000000000000000000000000000000000000000000025e45975"
    )]
    pub key: String,
}

impl ApiKeyWithSecret {
    pub fn new(row: &ApiKey, key: &SecretString) -> Self {
        Self { api_key: row.into(), key: key.expose_secret().to_owned() }
    }
}

/// An API key to create.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"client": "hr", "scopes": ["projects:read", "directory:write"]}))]
pub struct NewApiKey {
    /// Short name of the application that the key is for.
    #[schema(value_type = String, min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub client: SystemName,
    /// Scopes of the key, each once. Grant only those that the application needs.
    #[schema(min_items = 1, max_items = 20)]
    pub scopes: Vec<Scope>,
    /// When the key expires. It must be in the future. Absent or null if it does not expire.
    #[serde(default)]
    pub expires_at: Option<UtcTime>,
}

impl RequestBody for NewApiKey {}

/// Options of the rotation of an API key.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"overlap_hours": 24}))]
pub struct RotateApiKey {
    /// For how many hours the replaced key remains valid; 0 revokes it at once. It never becomes valid for longer than
    /// it was.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 0, maximum = 168, default = 24)]
    pub overlap_hours: Option<i32>,
    /// When the new key expires. It must be in the future. Absent or null for the same lifetime as that of the replaced
    /// key.
    #[serde(default)]
    pub expires_at: Option<UtcTime>,
}

impl RequestBody for RotateApiKey {
    const OPTIONAL: bool = true;
}
