//! What handlers share, and the two things they all do with it: find out who calls, and write.

use std::sync::Arc;

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, web};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Notify;

use crate::kernel::auth::{Actor, Verifier};
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::{Db, DbConn};
use crate::kernel::environment::Environment;
use crate::kernel::error::{Code, Error, Problem, StoredResponse};
use crate::kernel::http::idempotency::{self, Key};
use crate::kernel::http::response::Response;
use crate::kernel::tx::{Meta, Tx};
use crate::kernel::vault::Vault;

/// What handlers share.
pub struct AppState {
    pub db: Db,
    pub environment: Environment,
    pub verifier: Verifier,
    pub metrics: PrometheusHandle,
    /// Opens and seals what is stored encrypted.
    pub vault: Arc<Vault>,
    /// Rung after each commit, so that the dispatcher does not wait for its next round.
    pub committed: Arc<Notify>,
}

impl AppState {
    /// The state of the app that serves `request`.
    ///
    /// # Errors
    /// When the app was put together wrongly.
    pub fn of(request: &HttpRequest) -> Result<&web::Data<Self>, Error> {
        request.app_data::<web::Data<Self>>().ok_or_else(|| Error::internal("the app has no state"))
    }

    /// Runs a write: one transaction with the change, its events, its audit entries and the kept
    /// answer for a repetition.
    ///
    /// # Errors
    /// What `work` returns, 503 when the database is busy.
    pub async fn write<F>(&self, actor: Actor, meta: Meta, mut work: F) -> Result<Response, Error>
    where
        F: FnMut(&mut Tx<'_>) -> Result<Response, Error> + Send + 'static,
    {
        let (environment, vault) = (self.environment.clone(), self.vault.clone());
        let (caller, kept) = (actor.clone(), meta.idempotency.clone());
        let outcome = self
            .db
            .write(move |conn| {
                let mut tx = Tx { conn, now: environment.now(), actor: &actor, meta: &meta, environment: &environment };
                let answer = work(&mut tx)?;
                if let Some(key) = &meta.idempotency {
                    let caller = actor.idempotency_caller(&key.digest);
                    // What is shown once is not to be read in the database.
                    let body = vault.seal_text(&environment, &key.record(&caller), &answer.body)?;
                    idempotency::keep(tx.conn, &caller, key, &Response { body, ..answer.clone() }, tx.now)?;
                }
                Ok(answer)
            })
            .await;
        match outcome {
            Ok(answer) => {
                self.committed.notify_one();
                Ok(answer)
            }
            Err(Error::Replay(stored)) => Response::replayed(self.decrypt(&caller, kept.as_ref(), *stored)?),
            Err(error) => Err(error),
        }
    }

    /// A stored response with its body as it was sent.
    fn decrypt(&self, actor: &Actor, key: Option<&Key>, stored: StoredResponse) -> Result<StoredResponse, Error> {
        let record = key.map(|key| key.record(&actor.idempotency_caller(&key.digest))).unwrap_or_default();
        Ok(StoredResponse { body: self.vault.open_text(&record, &stored.body)?, ..stored })
    }

    /// Reads what an action outside the database begins with; a repetition of an earlier request ends here.
    ///
    /// # Errors
    /// 403; a replay of the kept answer; what `work` returns.
    pub async fn begin<T, F>(&self, actor: &Actor, meta: &Meta, action: Action, mut work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static,
    {
        let (caller, key) = (actor.clone(), meta.idempotency.clone());
        let outcome = self
            .db
            .read(move |conn| {
                authz::require(&caller, action, &Facts::default())?;
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

    /// The caller, by the bearer token of the request.
    ///
    /// # Errors
    /// 401 without a valid token; the challenge says which of the two it was (RFC 6750).
    pub fn authenticate(&self, request: &HttpRequest) -> Result<Actor, Error> {
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some((scheme, token)) = header.and_then(|value| value.split_once(' ')) else {
            return Err(Code::Unauthenticated.into());
        };
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Code::Unauthenticated.into());
        }
        self.verifier.verify(token.trim(), self.environment.now()).map_err(|reason| {
            Problem::new(Code::Unauthenticated)
                .because(
                    format!("The token is not valid: {reason}."),
                    "Token není platný; důvod je v hlavičce WWW-Authenticate.",
                )
                .header(
                    "WWW-Authenticate",
                    format!("Bearer realm=\"entente\", error=\"invalid_token\", error_description=\"{reason}\""),
                )
                .into()
        })
    }
}
