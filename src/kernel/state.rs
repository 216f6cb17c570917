//! The state that handlers share, with the two operations they all need: authentication and transactional writes.

use std::sync::Arc;

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, web};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Notify;

use crate::kernel::actors::Pseudonyms;
use crate::kernel::auth::{API_KEY_PREFIX, Actor, ActorKind, ApiKeys, LoginIssuers, People, Scope, Verifier};
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::{Db, DbConn, WriteOptions};
use crate::kernel::environment::Environment;
use crate::kernel::error::{Code, Error, StoredResponse};
use crate::kernel::http::idempotency::{self, Key};
use crate::kernel::http::response::Response;
use crate::kernel::ids::PersonId;
use crate::kernel::readiness::Readiness;
use crate::kernel::tx::{Meta, Tx};
use crate::kernel::vault::Vault;

/// Records what follows from the changes of a transaction in other components.
pub type Announce = fn(&mut Tx<'_>) -> Result<(), Error>;

/// The state that handlers share.
pub struct AppState {
    pub db: Db,
    pub environment: Environment,
    pub verifier: Verifier,
    /// Verifies API keys; set by `app::context`.
    pub api_keys: Option<Arc<dyn ApiKeys>>,
    /// How the audit trail names the people who acted recently.
    pub pseudonyms: Pseudonyms,
    /// Runs at the end of every write, to announce its changes elsewhere; set by `app::context`.
    pub announce: Option<Announce>,
    /// Checks people who call; set by `app::context`.
    pub people: Option<Arc<dyn People>>,
    /// The issuers that logins can have.
    pub login_issuers: LoginIssuers,
    pub metrics: PrometheusHandle,
    /// Whether the process is ready for requests.
    pub readiness: Readiness,
    /// Encrypts and decrypts data at rest.
    pub vault: Arc<Vault>,
    /// Notified after a commit that recorded an event, so that the dispatcher does not wait for its next poll.
    pub committed: Arc<Notify>,
}

impl AppState {
    /// Returns the state of the app that serves `request`.
    ///
    /// # Errors
    /// 500 when the state is not registered with the app.
    pub fn of(request: &HttpRequest) -> Result<&web::Data<Self>, Error> {
        request.app_data::<web::Data<Self>>().ok_or_else(|| Error::internal("the app has no state"))
    }

    /// Runs a write in one transaction: the change, its events, its audit entries and the idempotency record.
    ///
    /// # Errors
    /// The error of `work`; 503 when the database is busy, or when it is unknown whether the transaction was committed.
    /// With an idempotency key, that is settled here if the database can be reached.
    pub async fn write<F>(&self, actor: Actor, meta: Meta, mut work: F) -> Result<Response, Error>
    where
        F: FnMut(&mut Tx<'_>) -> Result<Response, Error> + Send + 'static,
    {
        let urgent = actor.kind == ActorKind::Anonymous;
        // Another run of a request with a key ends with the stored response.
        let options = WriteOptions { urgent, repeatable: meta.idempotency.is_some() };
        let (environment, vault, announce) = (self.environment.clone(), self.vault.clone(), self.announce);
        let (caller, key) = (actor.clone(), meta.idempotency.clone());
        let began = environment.now();
        let known = self.pseudonyms.get(&actor, began);
        let outcome = self
            .db
            .write_with(options, move |conn| {
                Tx::run(conn, &actor, &meta, &environment, |tx| {
                    tx.pseudonym = known;
                    let response = work(tx)?;
                    if let Some(announce) = announce {
                        announce(tx)?;
                    }
                    if let Some(key) = &meta.idempotency {
                        let caller = actor.idempotency_caller(&key.digest);
                        // Encrypted, because a response can contain a secret that is shown only once.
                        let body = vault.seal_text(&environment, &key.record(&caller), &response.body)?;
                        idempotency::store(tx.conn, &caller, key, &Response { body, ..response.clone() }, tx.now)?;
                    }
                    tx.write_changes()?;
                    Ok((response, tx.recorded, tx.pseudonym, tx.take_counts()))
                })
            })
            .await;
        match outcome {
            Ok((response, recorded, pseudonym, counts)) => {
                // After the commit, because the row of a transaction that is rolled back does not exist.
                self.pseudonyms.keep(&caller, pseudonym.filter(|_| known.is_none()), began);
                counts.record();
                if recorded {
                    self.committed.notify_one();
                }
                Ok(response)
            }
            Err(Error::Replay(stored)) => Response::replayed(self.decrypt(&caller, key.as_ref(), *stored)?),
            Err(error) => Err(error),
        }
    }

    /// Decrypts the body of a stored response.
    fn decrypt(&self, actor: &Actor, key: Option<&Key>, stored: StoredResponse) -> Result<StoredResponse, Error> {
        let record = key.map(|key| key.record(&actor.idempotency_caller(&key.digest))).unwrap_or_default();
        Ok(StoredResponse { body: self.vault.open_text(&record, &stored.body)?, ..stored })
    }

    /// Authorises and deduplicates an action outside the database, and reads its input.
    ///
    /// # Errors
    /// 403 without permission, a replay of the stored response for a repeated request, or the error of `work`.
    pub async fn begin<T, F>(&self, actor: &Actor, meta: &Meta, action: Action, mut work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static,
    {
        let (caller, key) = (actor.clone(), meta.idempotency.clone());
        let outcome = self
            .db
            .read(move |conn| {
                authz::require(&caller, action, &Relations::default())?;
                if let Some(key) = &key {
                    idempotency::deduplicate(conn, &caller.idempotency_caller(&key.digest), key)?;
                }
                work(conn)
            })
            .await;
        match outcome {
            Err(Error::Replay(stored)) => {
                Err(Error::Replay(Box::new(self.decrypt(actor, meta.idempotency.as_ref(), *stored)?)))
            }
            outcome => outcome,
        }
    }

    /// Authenticates the caller by the API key or the token of the request.
    ///
    /// # Errors
    /// 401 when the credentials are missing or not valid. The challenge tells the two cases apart (RFC 6750). 503 when
    /// the keys of the issuer cannot be fetched.
    pub async fn authenticate(&self, request: &HttpRequest) -> Result<Actor, Error> {
        let token = bearer(request).ok_or(Code::Unauthenticated)?;
        match self.api_keys.as_deref().filter(|_| token.starts_with(API_KEY_PREFIX)) {
            Some(keys) => keys.verify(token).await,
            None => Ok(self.verifier.verify(token, self.environment.now()).await?),
        }
    }

    /// Checks that the token of a person is accepted; does nothing for other callers.
    ///
    /// # Errors
    /// 401 for a deactivated person or a revoked token; 403 `person_unknown` for a person who is not in the directory,
    /// if the action needs a relation.
    pub async fn check_person(&self, actor: &Actor, action: Option<Action>, request_id: &str) -> Result<(), Error> {
        let Some(people) = self.people.as_deref() else { return Ok(()) };
        let needs_relation = action.is_some_and(|action| action.permission().needs_relation());
        people.check(actor, needs_relation && !actor.has(Scope::Admin), request_id).await
    }

    /// Discards what this process remembers of a person, after a change that can refuse their tokens.
    pub fn discard_person(&self, id: PersonId) {
        if let Some(people) = &self.people {
            people.discard(id);
        }
    }
}

/// Returns whether the request has a bearer token or an API key, valid or not.
#[must_use]
pub fn has_bearer(request: &HttpRequest) -> bool {
    let scheme = request.headers().get(AUTHORIZATION).and_then(|value| value.as_bytes().get(.."bearer".len()));
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
}

/// Returns the bearer token of a request (RFC 6750 section 2.1).
fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
