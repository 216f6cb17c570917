//! Checks people who call.
//!
//! Rules: the token of a deactivated person is refused, also after an erasure, and so is one that was issued before
//! `tokens_not_before`. What was
//! read is remembered for less than five seconds, so that most requests need no statement for it; a refusal is always
//! based on what the database contains now. A person who never had a login gets the one of the first token with their
//! e-mail address ([`link`]).

mod link;
mod recent;

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::rows::Standing;
use super::{refused_logins, service, store};
use crate::kernel::auth::{Actor, People, refused_token};
use crate::kernel::db::{Db, WriteOptions};
use crate::kernel::environment::Environment;
use crate::kernel::error::{Code, Error};
use crate::kernel::ids::PersonId;
use crate::kernel::installation_key::InstallationKey;
use crate::kernel::state::Announce;
use crate::kernel::tx::{Meta, Tx};
use recent::Recent;

/// The part of the service that links people, in the audit trail.
const LINKING: &str = "login";

/// The people in the database.
pub struct StoredPeople {
    db: Db,
    environment: Environment,
    /// Notified after a person was linked, which is an event.
    committed: Arc<Notify>,
    /// The key of the hashes of refused logins.
    key: Arc<InstallationKey>,
    /// Announces that a person was linked elsewhere, like every write.
    announce: Announce,
    recent: Mutex<Recent>,
}

impl StoredPeople {
    #[must_use]
    pub fn new(
        db: Db,
        environment: Environment,
        committed: Arc<Notify>,
        key: Arc<InstallationKey>,
        announce: Announce,
    ) -> Self {
        Self { db, environment, committed, key, announce, recent: Mutex::default() }
    }

    async fn check_caller(&self, actor: &Actor, must_be_known: bool, request_id: &str) -> Result<(), Error> {
        let (Some(issuer), Some(_)) = (actor.issuer.clone(), actor.login()) else { return Ok(()) };
        let (key, now) = ((issuer, actor.subject.clone()), self.environment.now());
        let (generation, remembered) = self.recent().get(&key, now);
        if remembered.is_some_and(|standing| is_accepted(standing, actor, must_be_known)) {
            return Ok(());
        }
        let standing = self.read(actor, request_id).await?;
        if standing.is_none() && self.has_left(actor).await? {
            return Err(refused_token(Code::PersonDeactivated));
        }
        self.recent().insert(generation, key, now, standing);
        match standing {
            Some(standing) => refusal(&standing, actor.issued_at).map_or(Ok(()), |code| Err(refused_token(code))),
            None if must_be_known => Err(service::person_unknown()),
            None => Ok(()),
        }
    }

    /// Reads the standing of the caller, who is linked first if possible; `None` for a person who is not in the
    /// directory.
    async fn read(&self, actor: &Actor, request_id: &str) -> Result<Option<Standing>, Error> {
        let caller = actor.clone();
        let read = self.db.read(move |conn| {
            let Some(login) = caller.login() else { return Ok((None, None)) };
            match (store::standing(conn, login)?, link::address(&caller)) {
                (None, Some(email)) => Ok((None, Some(store::is_linkable(conn, &email)?))),
                (standing, _) => Ok((standing, None)),
            }
        });
        match read.await? {
            (standing, None) => return Ok(standing),
            (_, Some(true)) => self.link(actor, request_id).await?,
            (_, Some(false)) => {}
        }
        // Another request can have linked the caller between the two statements.
        let caller = actor.clone();
        self.db.read(move |conn| caller.login().map_or(Ok(None), |login| store::standing(conn, login))).await
    }

    /// Returns whether a caller whose login is not in the directory is a person who has left: one who was erased, or
    /// who was deactivated before the first sign-in.
    async fn has_left(&self, actor: &Actor) -> Result<bool, Error> {
        let (key, caller) = (self.key.find().await?, actor.clone());
        self.db
            .read(move |conn| {
                let Some(login) = caller.login() else { return Ok(false) };
                // Without a key, no login was ever refused.
                if let Some(key) = &key
                    && refused_logins::is_refused(conn, key, login)?
                {
                    return Ok(true);
                }
                link::address(&caller).map_or(Ok(false), |email| store::has_left(conn, &email))
            })
            .await
    }

    /// Links the caller, unless another request has changed the person in the meantime.
    async fn link(&self, actor: &Actor, request_id: &str) -> Result<(), Error> {
        let (caller, environment) = (actor.clone(), self.environment.clone());
        let meta = Meta { request_id: request_id.to_owned(), ..Meta::background(LINKING) };
        let options = WriteOptions { urgent: true, repeatable: false };
        let announce = self.announce;
        let linked = self.db.write_with(options, move |conn| {
            let service = Actor::system(LINKING);
            Tx::run(conn, &service, &meta, &environment, |tx| {
                let linked = link::link(tx, &caller)?;
                announce(tx)?;
                Ok(linked)
            })
        });
        match linked.await {
            Ok(true) => self.committed.notify_one(),
            Ok(false) => {}
            // Another person got this login.
            Err(Error::Problem(problem)) if problem.code == Code::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl People for StoredPeople {
    fn check<'a>(
        &'a self,
        actor: &'a Actor,
        must_be_known: bool,
        request_id: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>> {
        Box::pin(self.check_caller(actor, must_be_known, request_id))
    }

    fn discard(&self, id: PersonId) {
        self.recent().discard(id);
    }
}

/// Returns whether the caller is accepted according to what is remembered, without another read.
fn is_accepted(standing: Option<Standing>, actor: &Actor, must_be_known: bool) -> bool {
    match standing {
        Some(standing) => refusal(&standing, actor.issued_at).is_none(),
        // The caller can have been added to the directory since, or can be linked.
        None => !must_be_known && actor.verified_email.is_none(),
    }
}

/// Returns why a token is refused that was issued at this time, in seconds since the Unix epoch; `None` if it is
/// accepted.
fn refusal(standing: &Standing, issued_at: Option<i64>) -> Option<Code> {
    if standing.deactivated_at.is_some() {
        return Some(Code::PersonDeactivated);
    }
    let not_before = standing.tokens_not_before?.unix_micros();
    let is_earlier = issued_at.is_none_or(|seconds| seconds.saturating_mul(1_000_000) < not_before);
    is_earlier.then_some(Code::TokenRevoked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::UtcTime;

    #[test]
    fn a_token_is_refused_after_a_deactivation_or_if_it_was_issued_before_the_limit() {
        let at = UtcTime::from_unix_micros;
        let standing =
            |deactivated_at, tokens_not_before| Standing { id: PersonId::demo(1), deactivated_at, tokens_not_before };
        for (deactivated_at, limit, issued_at, expected) in [
            (None, None, None, None),
            (None, None, Some(0), None),
            (Some(at(1)), None, Some(100), Some(Code::PersonDeactivated)),
            (Some(at(1)), Some(at(0)), Some(100), Some(Code::PersonDeactivated)),
            (None, Some(at(7_000_000)), Some(7), None),
            (None, Some(at(7_000_001)), Some(7), Some(Code::TokenRevoked)),
            (None, Some(at(7_000_001)), Some(8), None),
            (None, Some(at(7_000_000)), Some(6), Some(Code::TokenRevoked)),
            (None, Some(at(7_000_000)), None, Some(Code::TokenRevoked)),
            (None, Some(at(7_000_000)), Some(i64::MIN), Some(Code::TokenRevoked)),
            (None, Some(at(7_000_000)), Some(i64::MAX), None),
        ] {
            assert_eq!(refusal(&standing(deactivated_at, limit), issued_at), expected, "{limit:?} {issued_at:?}");
        }
    }
}
