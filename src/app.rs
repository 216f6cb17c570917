//! The one list of routes, and what every handler can reach.
//!
//! [`configure`] is used by the server, the tests and the `openapi` command, which needs no
//! database: what is served and what is documented cannot differ.

use actix_web::{HttpRequest, web};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Notify;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::{Actor, Verifier};
use crate::clock::World;
use crate::db::Db;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::call::Meta;
use crate::http::idempotency;
use crate::tx::Tx;
use crate::{calendar, callbacks, departments, events, memberships, operations, ownership, people, projects, webhooks};

/// Every documented route, in the order of the story that the document tells.
pub fn configure(config: &mut ServiceConfig) {
    config
        .configure(departments::configure)
        .configure(people::configure)
        .configure(projects::configure)
        .configure(memberships::configure)
        .configure(ownership::configure)
        .configure(calendar::configure)
        .configure(callbacks::configure)
        .configure(events::configure)
        .configure(webhooks::configure)
        .configure(operations::configure);
}

/// The paths and schemas of [`configure`].
#[must_use]
pub fn collect() -> utoipa::openapi::OpenApi {
    actix_web::App::new().into_utoipa_app().configure(configure).split_for_parts().1
}

/// What handlers share.
pub struct AppState {
    pub db: Db,
    pub world: World,
    pub verifier: Verifier,
    pub metrics: PrometheusHandle,
    pub egress: crate::webhooks::sender::HttpSender,
    /// Rung after each commit, so that the dispatcher does not wait for its next round.
    pub committed: Notify,
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
    pub async fn write<F>(&self, actor: Actor, meta: Meta, mut work: F) -> Result<Answer, Error>
    where
        F: FnMut(&mut Tx<'_>) -> Result<Answer, Error> + Send + 'static,
    {
        let world = self.world.clone();
        let outcome = self
            .db
            .write(move |conn| {
                let mut tx = Tx { conn, now: world.now(), actor: &actor, meta: &meta, world: &world };
                let answer = work(&mut tx)?;
                if let Some(key) = &meta.idempotency {
                    idempotency::keep(tx.conn, &actor.subject, key, &answer, tx.now)?;
                }
                Ok(answer)
            })
            .await;
        match outcome {
            Ok(answer) => {
                self.committed.notify_one();
                Ok(answer)
            }
            Err(Error::Replay(answer)) => Ok(*answer),
            Err(error) => Err(error),
        }
    }
}
