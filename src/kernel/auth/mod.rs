//! Who is calling: a bearer token becomes an [`Actor`].
//!
//! Rules: the token says who and which scopes; what somebody may do on which thing is decided
//! from the database, at each request, in `authz`.

mod jwks;
mod jwt;

pub use jwt::{Claims, Verifier, mint};

/// What a token may be used for at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Scope {
    #[value(name = "projects:read")]
    ProjectsRead,
    #[value(name = "projects:write")]
    ProjectsWrite,
    #[value(name = "callbacks:read")]
    CallbacksRead,
    #[value(name = "callbacks:work")]
    CallbacksWork,
    #[value(name = "webhooks:manage")]
    WebhooksManage,
    #[value(name = "audit:read")]
    AuditRead,
    #[value(name = "admin")]
    Admin,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 7] = [
        Self::ProjectsRead,
        Self::ProjectsWrite,
        Self::CallbacksRead,
        Self::CallbacksWork,
        Self::WebhooksManage,
        Self::AuditRead,
        Self::Admin,
    ];

    /// As it stands in a token.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProjectsRead => "projects:read",
            Self::ProjectsWrite => "projects:write",
            Self::CallbacksRead => "callbacks:read",
            Self::CallbacksWork => "callbacks:work",
            Self::WebhooksManage => "webhooks:manage",
            Self::AuditRead => "audit:read",
            Self::Admin => "admin",
        }
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
