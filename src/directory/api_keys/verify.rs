//! Verifies the API key of a request.
//!
//! Rules: a mistyped key is refused before the database is read; a mistyped key, an unknown id and a wrong secret get
//! the same response; secrets are compared in constant time.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use super::rows::ApiKey;
use super::{format, store};
use crate::kernel::auth::{Actor, ApiKeys, invalid_token};
use crate::kernel::db::{Db, WriteOptions};
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::ids::ApiKeyId;
use crate::kernel::secret;
use crate::kernel::time::Day;

/// The API keys in the database.
pub struct StoredApiKeys {
    db: Db,
    environment: Environment,
    /// The day of the last use that this process has recorded, by key.
    recorded: Mutex<HashMap<ApiKeyId, Day>>,
}

impl StoredApiKeys {
    #[must_use]
    pub fn new(db: Db, environment: Environment) -> Self {
        Self { db, environment, recorded: Mutex::default() }
    }

    async fn actor_of(&self, key: &str) -> Result<Actor, Error> {
        let (id, secret) = format::read(key).ok_or_else(not_a_key)?;
        let row = self.db.read(move |conn| store::find(conn, id)).await?;
        let row = row.filter(|row| secret::fits(secret, &row.secret_sha256)).ok_or_else(not_a_key)?;
        let now = self.environment.now();
        if row.has_expired(now) {
            return Err(invalid_token("detail-token-invalid.api-key-expired"));
        }
        self.record_use(&row, now.day()).await;
        Ok(row.actor())
    }

    /// Records that a key is used today. A request is never refused because this fails, and tries it only if no other
    /// request of this process has, so that requests do not wait one after the other when the database is busy.
    async fn record_use(&self, key: &ApiKey, today: Day) {
        let (id, is_recorded) = (key.id, key.last_used_on.is_some_and(|day| day >= today));
        if is_recorded || !self.is_first(id, today) {
            return;
        }
        let options = WriteOptions { urgent: true, repeatable: true };
        if let Err(error) = self.db.write_with(options, move |conn| store::record_use(conn, id, today)).await {
            tracing::warn!(%error, key = %id, "failed to record the use of an API key");
        }
    }

    /// Returns whether this is the first call for this key and day.
    fn is_first(&self, id: ApiKeyId, day: Day) -> bool {
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        recorded.insert(id, day) != Some(day)
    }
}

impl ApiKeys for StoredApiKeys {
    fn verify<'a>(&'a self, key: &'a str) -> Pin<Box<dyn Future<Output = Result<Actor, Error>> + 'a>> {
        Box::pin(self.actor_of(key))
    }
}

fn not_a_key() -> Error {
    invalid_token("detail-token-invalid.api-key")
}
