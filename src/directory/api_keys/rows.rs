//! The row of an API key.

use diesel::prelude::*;

use crate::kernel::auth::{Actor, Scope};
use crate::kernel::db::schema::api_keys;
use crate::kernel::ids::ApiKeyId;
use crate::kernel::time::{Day, UtcTime};

/// An API key, without its secret.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub struct ApiKey {
    pub id: ApiKeyId,
    /// The application that the key belongs to.
    pub client: String,
    /// Separated by spaces.
    pub scopes: String,
    pub secret_sha256: String,
    pub version: i64,
    pub created_at: UtcTime,
    pub expires_at: Option<UtcTime>,
    /// When a new key of the application replaced this one.
    pub replaced_at: Option<UtcTime>,
    pub last_used_on: Option<Day>,
}

impl ApiKey {
    /// Returns the scopes; without those that this version of the service does not know.
    #[must_use]
    pub fn scopes(&self) -> Vec<Scope> {
        self.scopes.split(' ').filter_map(|name| name.parse().ok()).collect()
    }

    /// Returns whether the key has expired.
    #[must_use]
    pub fn has_expired(&self, now: UtcTime) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// Returns the application as the caller of a request.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::of_api_key(&self.client, self.scopes())
    }
}
