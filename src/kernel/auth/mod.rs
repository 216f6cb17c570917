//! Who is calling: a bearer token becomes an [`Actor`].
//!
//! Rules: the token says who and which scopes; what somebody may do on which thing is decided
//! from the database, at each request, in `authz`.

mod jwks;
mod jwt;

pub use jwt::{Claims, Verifier, mint};

/// What a token may be used for at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::EnumString, strum::VariantArray)]
pub enum Scope {
    #[strum(serialize = "projects:read")]
    ProjectsRead,
    #[strum(serialize = "projects:write")]
    ProjectsWrite,
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

    /// As it stands in a token.
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

/// A person has seats in projects; a service acts for an organisation's own software.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    Anonymous,
    Person,
    Service,
    /// The service itself: scheduler and dispatcher.
    System,
}

/// Somebody who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    /// `sub` of the token; matches `Person.subject` for people.
    pub subject: String,
    pub scopes: Vec<Scope>,
}

impl Actor {
    /// A visitor without an account.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { kind: ActorKind::Anonymous, subject: "anonymous".into(), scopes: Vec::new() }
    }

    /// The service itself, under the name of the part that acts.
    #[must_use]
    pub fn system(part: &str) -> Self {
        Self { kind: ActorKind::System, subject: format!("system:{part}"), scopes: Vec::new() }
    }

    /// In whose name an idempotency key is kept. Visitors share no namespace: one visitor's key says
    /// nothing about another's request.
    #[must_use]
    pub fn idempotency_caller(&self, digest: &str) -> String {
        match self.kind {
            ActorKind::Anonymous => format!("anonymous:{digest}"),
            ActorKind::Person => format!("person:{}", self.subject),
            ActorKind::Service => format!("service:{}", self.subject),
            ActorKind::System => format!("system:{}", self.subject),
        }
    }

    /// Whether the token carries the scope; `admin` includes every other one.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }
}
