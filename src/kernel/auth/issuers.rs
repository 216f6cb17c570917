//! Verifies tokens of several issuers.
//!
//! Rules: the claim `iss`, not verified yet, only chooses the issuer whose keys and settings are used, so no issuer can
//! sign for another one. HS256 is accepted with the development secret only. The key determines the algorithm.

use std::sync::Arc;

use futures_util::future::join_all;
use jsonwebtoken::{Algorithm, DecodingKey};
use secrecy::ExposeSecret;

use super::challenge::Refusal;
use super::jwt::Unverified;
use super::key_source::{FetchKeys, KeySource};
use super::settings::{AuthSettings, ClaimRules, IssuerSettings, TypPolicy};
use super::{Actor, claims};
use crate::kernel::time::UtcTime;

/// Verifies the tokens of all issuers.
pub struct Verifier {
    development: Option<(DecodingKey, ClaimRules)>,
    issuers: Vec<Issuer>,
}

struct Issuer {
    settings: IssuerSettings,
    keys: Arc<KeySource>,
}

impl Verifier {
    /// Creates a verifier from the settings. Key sets with a URL are not fetched yet: see [`Verifier::refresh_due`].
    ///
    /// # Errors
    /// When the file of a key set cannot be read; the message names the setting.
    pub fn new(settings: &AuthSettings, fetcher: &Arc<dyn FetchKeys>) -> Result<Self, String> {
        let development = settings.secret.as_ref().map(|secret| {
            let mut rules = ClaimRules::new(&settings.issuer, vec![settings.audience.clone()]);
            rules.allow_scope_admin = true;
            (DecodingKey::from_secret(secret.expose_secret().as_bytes()), rules)
        });
        let issuer = |settings: &IssuerSettings| -> Result<Issuer, String> {
            let keys = Arc::new(KeySource::new(settings, fetcher.clone())?);
            Ok(Issuer { settings: settings.clone(), keys })
        };
        Ok(Self { development, issuers: settings.issuers.iter().map(issuer).collect::<Result<_, String>>()? })
    }

    /// Verifies a token and returns its actor. Waits only if the token names a key that is not known.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub async fn verify(&self, token: &str, now: UtcTime) -> Result<Actor, Refusal> {
        let token = Unverified::read(token)?;
        let rules = if token.algorithm == Algorithm::HS256 {
            self.verify_development(&token)?
        } else {
            let issuer = self.issuer_of(&token)?;
            issuer.verify_signature(&token, now).await?;
            &issuer.settings.claims
        };
        Ok(claims::actor(&token.claims, rules, token.is_access_token, now.unix_seconds())?)
    }

    /// Loads the key sets that are too old or have changed. Call this at the start and every few seconds.
    pub async fn refresh_due(&self, now: UtcTime) {
        join_all(self.issuers.iter().map(|issuer| issuer.keys.refresh_if_due(now))).await;
    }

    fn verify_development(&self, token: &Unverified<'_>) -> Result<&ClaimRules, &'static str> {
        let (secret, rules) = self.development.as_ref().ok_or("detail-token-invalid.alg")?;
        if !token.is_signed_by(secret) {
            return Err("detail-token-invalid.signature");
        }
        if iss(token)? == &*rules.issuer { Ok(rules) } else { Err("detail-token-invalid.iss") }
    }

    fn issuer_of(&self, token: &Unverified<'_>) -> Result<&Issuer, &'static str> {
        let iss = iss(token)?;
        let found = self.issuers.iter().find(|issuer| *issuer.settings.claims.issuer == *iss);
        found.ok_or("detail-token-invalid.iss")
    }
}

fn iss<'a>(token: &'a Unverified<'_>) -> Result<&'a str, &'static str> {
    token.claims["iss"].as_str().ok_or("detail-token-invalid.iss-missing")
}

impl Issuer {
    async fn verify_signature(&self, token: &Unverified<'_>, now: UtcTime) -> Result<(), Refusal> {
        if self.settings.typ == TypPolicy::AccessToken && !token.is_access_token {
            return Err("detail-token-invalid.typ-access".into());
        }
        if !self.settings.algorithms.contains(&token.algorithm) {
            return Err("detail-token-invalid.alg".into());
        }
        let kid = token.kid.as_deref().ok_or("detail-token-invalid.kid-missing")?;
        let (mut loaded, mut is_reloaded) = (self.keys.loaded(), true);
        // The issuer may have a new key. Twice, because the first attempt may have started before the key was
        // published.
        for _ in 0..2 {
            if !loaded.keys.with_kid(kid).is_empty() {
                break;
            }
            is_reloaded = self.keys.reload_for_unknown_key(now).await;
            // Also if not: another request may just have loaded the key.
            loaded = self.keys.loaded();
            if !is_reloaded {
                break;
            }
        }
        let keys = loaded.keys.with_kid(kid);
        if keys.is_empty() {
            // Another caller may have used up the attempt with an invented key, and the key of this token may be new.
            let may_be_new = !is_reloaded && loaded.is_older_than(&token.claims["iat"]);
            let unknown = Refusal::Invalid("detail-token-invalid.kid-unknown");
            return Err(if loaded.is_current && !may_be_new { unknown } else { Refusal::NoKeys });
        }
        let mut possible = keys.iter().filter(|key| key.permits(token.algorithm)).peekable();
        if possible.peek().is_none() {
            return Err("detail-token-invalid.alg-of-key".into());
        }
        let is_signed = possible.any(|key| token.is_signed_by(&key.key));
        if is_signed { Ok(()) } else { Err("detail-token-invalid.signature".into()) }
    }
}
