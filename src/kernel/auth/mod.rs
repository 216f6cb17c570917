//! Authentication: verifies a bearer token and returns an [`Actor`].
//!
//! Rules: the token identifies the caller and lists the scopes. `authz` decides at each request, from the database,
//! which resources the caller may act on.
//!
//! The path of a token: `jwt` reads its parts, `issuers` chooses the issuer and verifies the signature with a key of
//! `key_source`, and `claims` decides who the caller is.

mod api_keys;
mod application;
mod challenge;
mod claims;
mod id_token;
mod issuers;
mod jwt;
mod key_set;
mod key_source;
mod logins;
mod scope_names;
mod settings;

use std::sync::Arc;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::kernel::system_name::SystemName;

pub use api_keys::{API_KEY_PREFIX, API_KEY_SUBJECT, ApiKeys};
pub use challenge::{Refusal, invalid_token, refused_token};
pub use issuers::Verifier;
pub use jwt::{Claims, algorithm, mint};
pub use key_source::{FetchKeys, Fetching, count_keys};
pub use logins::{Login, LoginIssuers, People};
pub use settings::{ALGORITHMS, AuthSettings, ClaimRules, IssuerSettings, KeyLocation, TypPolicy};

/// A permission of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::EnumString, strum::VariantArray)]
pub enum Scope {
    #[strum(serialize = "projects:read")]
    ProjectsRead,
    #[strum(serialize = "projects:write")]
    ProjectsWrite,
    #[strum(serialize = "directory:write")]
    DirectoryWrite,
    #[strum(serialize = "callbacks:create")]
    CallbacksCreate,
    #[strum(serialize = "callbacks:read")]
    CallbacksRead,
    #[strum(serialize = "callbacks:work")]
    CallbacksWork,
    #[strum(serialize = "webhooks:manage")]
    WebhooksManage,
    #[strum(serialize = "audit:read")]
    AuditRead,
    #[strum(serialize = "admin")]
    Admin,
}

impl Scope {
    /// All scopes.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Returns the name of the scope, as used in tokens.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl clap::ValueEnum for Scope {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.as_str()))
    }
}

/// The kind of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// A visitor without an account.
    Anonymous,
    /// A person, who can have roles in projects.
    Person,
    /// An application of the organisation, which has no roles in projects.
    Service,
    /// Entente itself: scheduler and dispatcher.
    System,
}

/// The caller of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    /// For a person, the subject of the login; for an application, its client.
    pub subject: String,
    /// `iss` of the token; `None` for API keys, visitors and the service itself.
    pub issuer: Option<Arc<str>>,
    pub scopes: Vec<Scope>,
    /// The e-mail address of a person, if the issuer has verified it and the settings allow linking by it.
    pub verified_email: Option<String>,
    /// When the token was issued, in Unix seconds; `None` if it does not say so, and for callers without a token.
    pub issued_at: Option<i64>,
}

impl Actor {
    /// Returns the actor of a visitor without an account.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::without_token(ActorKind::Anonymous, "anonymous".into(), Vec::new())
    }

    /// Returns the actor of a part of the service itself, such as the scheduler.
    #[must_use]
    pub fn system(part: &str) -> Self {
        Self::without_token(ActorKind::System, format!("system:{part}"), Vec::new())
    }

    fn without_token(kind: ActorKind, subject: String, scopes: Vec<Scope>) -> Self {
        Self { kind, subject, issuer: None, scopes, verified_email: None, issued_at: None }
    }

    /// Returns the namespace of the idempotency keys of this caller.
    ///
    /// Visitors cannot be distinguished, so each request digest is a namespace of its own. A visitor therefore never
    /// gets the response to a request of another visitor. Equal subjects of two issuers are two callers.
    #[must_use]
    pub fn idempotency_caller(&self, digest: &str) -> String {
        match self.kind {
            ActorKind::Anonymous => format!("anonymous:{digest}"),
            ActorKind::Person => Self::idempotency_caller_of_person(self.issuer(), &self.subject),
            ActorKind::Service => format!("service:{}", self.qualified_subject()),
            ActorKind::System => format!("system:{}", self.subject),
        }
    }

    /// Returns the namespace of the idempotency keys of a person. It has a hash, so that a dump of the database
    /// contains no login. A login can be guessed and compared with the hash; that is acceptable, because the records
    /// are kept for days only, and an erasure deletes them.
    #[must_use]
    pub fn idempotency_caller_of_person(issuer: &str, subject: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(issuer);
        hash.update([0]);
        hash.update(subject);
        format!("person:{}", HEXLOWER.encode(&hash.finalize()))
    }

    /// Returns `iss` of the token; empty for callers without a token.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.as_deref().unwrap_or_default()
    }

    /// Returns the subject with its issuer, whose length shows where it ends; the subject alone without an issuer.
    fn qualified_subject(&self) -> String {
        match &self.issuer {
            Some(issuer) => format!("{}:{issuer}:{}", issuer.len(), self.subject),
            None => self.subject.clone(),
        }
    }

    /// Returns the actor of an API key: the application that has it, whichever of its keys it uses.
    #[must_use]
    pub fn of_api_key(client: &str, scopes: Vec<Scope>) -> Self {
        Self::without_token(ActorKind::Service, format!("{API_KEY_SUBJECT}{client}"), scopes)
    }

    /// Returns the name of an application, if it can be the name of an external system; `None` for other callers.
    #[must_use]
    pub fn as_system(&self) -> Option<SystemName> {
        let name = self.subject.strip_prefix(API_KEY_SUBJECT).unwrap_or(&self.subject);
        if self.kind == ActorKind::Service { name.parse().ok() } else { None }
    }

    /// Returns whether the token has the scope. `admin` includes all scopes.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_applications_are_systems() {
        let named = |kind, subject: &str| {
            Actor::without_token(kind, subject.into(), Vec::new()).as_system().map(|system| system.to_string())
        };
        assert_eq!(named(ActorKind::Service, "salesforce").as_deref(), Some("salesforce"));
        assert_eq!(named(ActorKind::Service, "api-key:salesforce").as_deref(), Some("salesforce"));
        assert_eq!(named(ActorKind::Service, "Sales Force"), None);
        assert_eq!(named(ActorKind::Person, "salesforce"), None);
    }

    #[test]
    fn equal_subjects_of_two_issuers_are_two_idempotency_callers() {
        let caller = |kind, issuer: &str, subject: &str| {
            Actor { issuer: Some(issuer.into()), ..Actor::without_token(kind, subject.into(), Vec::new()) }
                .idempotency_caller("digest")
        };
        for kind in [ActorKind::Person, ActorKind::Service] {
            assert_ne!(caller(kind, "a", "jana"), caller(kind, "b", "jana"));
            // The separator can be part of an issuer and of a subject.
            assert_ne!(caller(kind, "a", "b:jana"), caller(kind, "a:b", "jana"));
            assert_eq!(caller(kind, "a", "jana"), caller(kind, "a", "jana"));
        }
        assert_ne!(caller(ActorKind::Person, "a", "jana"), caller(ActorKind::Service, "a", "jana"));
    }
}
