//! The interface to the component that stores API keys.

use std::future::Future;
use std::pin::Pin;

use super::Actor;
use crate::kernel::error::Error;

/// The start of every API key. Other bearer tokens are JSON Web Tokens, which start with `{` in base64url.
pub const API_KEY_PREFIX: &str = "ent_";

/// The start of the subject of every application with an API key. No token can have such a subject.
pub const API_KEY_SUBJECT: &str = "api-key:";

/// Verifies API keys.
pub trait ApiKeys: Send + Sync {
    /// Returns the application that the key belongs to.
    ///
    /// # Errors
    /// 401 when the key is unknown, expired or revoked.
    fn verify<'a>(&'a self, key: &'a str) -> Pin<Box<dyn Future<Output = Result<Actor, Error>> + 'a>>;
}
