//! Logins of people, and the interface to the component that stores people.
//!
//! Rule: a login is an issuer and a subject, so that an issuer cannot issue tokens for the people of another one.

use std::pin::Pin;
use std::sync::Arc;

use super::{Actor, ActorKind, AuthSettings};
use crate::kernel::error::Error;
use crate::kernel::ids::PersonId;

/// What identifies a person in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login<'a> {
    /// `iss` of the tokens.
    pub issuer: &'a str,
    /// `sub` of the tokens.
    pub subject: &'a str,
}

impl Actor {
    /// Returns the login of a person; `None` for every other caller, even if its subject equals that of a person.
    #[must_use]
    pub fn login(&self) -> Option<Login<'_>> {
        let issuer = self.issuer.as_deref().filter(|_| self.kind == ActorKind::Person)?;
        Some(Login { issuer, subject: &self.subject })
    }
}

/// The issuers whose tokens are accepted.
#[derive(Debug, Clone)]
pub struct LoginIssuers {
    first: Arc<str>,
    others: Arc<[Arc<str>]>,
}

impl LoginIssuers {
    /// Creates the list of issuers, in the order of the settings.
    #[must_use]
    pub fn of(first: &str, others: &[&str]) -> Self {
        Self { first: first.into(), others: others.iter().map(|issuer| Arc::from(*issuer)).collect() }
    }

    /// Returns the issuer of logins that name none.
    #[must_use]
    pub fn first(&self) -> &str {
        &self.first
    }

    /// Returns whether tokens of this issuer are accepted.
    #[must_use]
    pub fn contains(&self, issuer: &str) -> bool {
        self.names().any(|name| name == issuer)
    }

    /// Returns all issuers.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.first).chain(self.others.iter().map(|issuer| &**issuer))
    }
}

impl From<&AuthSettings> for LoginIssuers {
    /// The identity providers in the order of the settings; then the issuer of development tokens, which is the only
    /// one if there is no identity provider.
    fn from(settings: &AuthSettings) -> Self {
        let mut issuers: Vec<&str> = settings.issuers.iter().map(|issuer| &*issuer.claims.issuer).collect();
        if issuers.is_empty() || settings.secret.is_some() {
            issuers.push(&settings.issuer);
        }
        Self::of(issuers[0], &issuers[1..])
    }
}

/// Checks people who call, in the directory.
pub trait People: Send + Sync {
    /// Checks that the token of a person is accepted; does nothing for other callers. Links the person in the directory
    /// who has the verified e-mail address of the caller and never had a login.
    ///
    /// # Errors
    /// 401 `person_deactivated`; 401 `token_revoked`; 403 `person_unknown` if `must_be_known` and no person in the
    /// directory has the login.
    fn check<'a>(
        &'a self,
        actor: &'a Actor,
        must_be_known: bool,
        request_id: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

    /// Discards what this process remembers of a person, so that the next request reads it again.
    fn discard(&self, id: PersonId);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(kind: ActorKind, issuer: Option<&str>) -> Actor {
        Actor { kind, issuer: issuer.map(Arc::from), subject: "jana".into(), ..Actor::anonymous() }
    }

    #[test]
    fn only_people_have_a_login() {
        let jana = actor(ActorKind::Person, Some("a"));
        assert_eq!(jana.login(), Some(Login { issuer: "a", subject: "jana" }));
        assert_eq!(actor(ActorKind::Service, Some("a")).login(), None);
        assert_eq!(actor(ActorKind::Person, None).login(), None);
        assert_eq!(Actor::system("login").login(), None);
    }

    #[test]
    fn the_first_issuer_is_that_of_logins_without_one() {
        let issuers = LoginIssuers::of("a", &["b"]);
        assert_eq!((issuers.first(), issuers.names().collect::<Vec<_>>()), ("a", vec!["a", "b"]));
        assert!(issuers.contains("b") && !issuers.contains("A") && !issuers.contains(""));
    }
}
