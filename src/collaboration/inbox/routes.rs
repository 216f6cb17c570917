//! `/v1/me/inbox` and `/v1/inbox`.

use actix_web::{get, web};

use super::dto::{InboxQuery, InboxWithIncluded, PersonInboxQuery};
use super::service;
use crate::directory::expand;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(get_inbox).service(get_person_inbox);
}

/// Get your inbox
///
/// Returns your pending actions across all projects, the most urgent first: approvals that your side has not responded
/// to, invitations, transfers offered to you, disputes and decisions that you have to decide, and returns to confirm.
/// Also returns reminders about your projects, such as an area without an owner. A reminder leaves the inbox when it no
/// longer applies; a missed milestone leaves it after 10 business days.
///
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

/// Get the inbox of a person
///
/// Returns the pending actions of a person, exactly as `GET /v1/me/inbox` returns them to that person. Use this in an
/// application such as a chat bot.
#[utoipa::path(
    tag = "Partnership",
    params(PersonInboxQuery),
    responses(
        (status = 200, description = "The pending actions.", body = InboxWithIncluded),
        (status = 404, description = "`not_found`: the person does not exist."),
    ),
)]
#[get("/v1/inbox")]
pub async fn get_person_inbox(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<PersonInboxQuery>,
) -> Result<Response, Error> {
    let PersonInboxQuery { person_id, limit, expand } = from.0;
    let (limit, now) = (limit.unwrap_or(100).clamp(1, 100) as usize, app.environment.now());
    app.db
        .read(move |conn| {
            let inbox = service::inbox_of(conn, &actor, person_id, limit, now)?;
            Ok(expand::respond(conn, &actor, expand.as_deref(), inbox)?.no_store())
        })
        .await
}
