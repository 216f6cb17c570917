//! `/v1/me/inbox`.

use actix_web::{get, web};

use super::dto::{InboxQuery, InboxWithIncluded};
use super::service;
use crate::directory::expand;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(get_inbox);
}

/// Get your inbox
///
/// Returns your pending actions across all projects, the most urgent first: approvals that your side has not responded
/// to, invitations, transfers offered to you, disputes and decisions that you have to decide, and returns to confirm.
/// Only people in the directory have an inbox: other people receive 403 `person_unknown`, applications 404.
#[utoipa::path(
    tag = "Partnership",
    params(InboxQuery),
    responses(
        (status = 200, description = "The pending actions.", body = InboxWithIncluded),
        (status = 404, description = "`not_found`: the token represents an application."),
    ),
)]
#[get("/v1/me/inbox")]
pub async fn get_inbox(app: web::Data<AppState>, actor: Actor, from: FromQuery<InboxQuery>) -> Result<Response, Error> {
    let InboxQuery { limit, expand } = from.0;
    let (limit, now) = (limit.unwrap_or(100).clamp(1, 100) as usize, app.environment.now());
    app.db
        .read(move |conn| {
            let inbox = service::inbox(conn, &actor, limit, now)?;
            Ok(expand::respond(conn, &actor, expand.as_deref(), inbox)?.no_store())
        })
        .await
}
