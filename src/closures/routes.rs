//! `/v1/calendar/closures`.

use actix_web::{delete, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{CalendarText, ClosureBody, ClosureQuery, ImportedClosures, NewClosure};
use super::service;
use crate::auth::Actor;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::body::Nothing;
use crate::http::call::{CalendarCall, Call};
use crate::http::page::{Page, PageRequest};
use crate::http::path::FromPath;
use crate::http::query::FromQuery;
use crate::ids::ClosureId;
use crate::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(create_closure)
        .service(import_closures)
        .service(list_closures)
        .service(get_closure)
        .service(delete_closure);
}

/// Close a day
///
/// From now on no window of that day can be booked, and no business time passes in it. What is
/// booked already stays booked, and the requests get the flag `closed_day`.
#[utoipa::path(
    tag = "Calendar",
    request_body = NewClosure,
    responses(
        (status = 201, description = "The closure.", body = ClosureBody),
        (status = 409, description = "`already_exists`: the day is closed already."),
    ),
)]
#[post("/v1/calendar/closures")]
pub async fn create_closure(app: web::Data<AppState>, call: Call<NewClosure>) -> Result<Answer, Error> {
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| {
        let closure = service::close(tx, &body)?;
        Answer::created(format!("/v1/calendar/closures/{}", closure.id), &ClosureBody::from(closure))
    })
    .await
}

/// Import closures from a calendar
///
/// An iCalendar file (RFC 5545), as calendars export it: each day of its all-day events is closed.
/// Days that are closed already stay as they are, so the same file can be sent again. Events with
/// a time of day and recurring ones are refused; then nothing is imported. Cancelled events are
/// passed over.
#[utoipa::path(
    tag = "Calendar",
    request_body(content = CalendarText, content_type = "text/calendar"),
    responses((status = 200, description = "What was closed.", body = ImportedClosures)),
)]
#[post("/v1/calendar/closures/import")]
pub async fn import_closures(app: web::Data<AppState>, call: CalendarCall) -> Result<Answer, Error> {
    let CalendarCall(Call { actor, body, meta }) = call;
    app.write(actor, meta, move |tx| Answer::ok(&service::import(tx, &body)?)).await
}

/// List closures
///
/// In the order in which they were added.
#[utoipa::path(
    tag = "Calendar",
    params(ClosureQuery),
    responses((status = 200, description = "A page of closures.", body = Page<ClosureBody>)),
)]
#[get("/v1/calendar/closures")]
pub async fn list_closures(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<ClosureQuery>,
) -> Result<Answer, Error> {
    let page = PageRequest::new(&from, from.query.limit, from.query.cursor.as_deref())?;
    let wanted = page.clone();
    let rows = app.db.read(move |conn| service::list_closures(conn, &actor, &wanted)).await?;
    page.answer(rows, |row| (String::new(), row.id.to_string()), ClosureBody::from)
}

/// Read a closure
///
/// A closure does not change; it can be removed.
#[utoipa::path(
    tag = "Calendar",
    params(("id" = ClosureId, Path, description = "The closure.")),
    responses(
        (status = 200, description = "The closure.", body = ClosureBody),
        (status = 404, description = "There is no such closure."),
    ),
)]
#[get("/v1/calendar/closures/{id}")]
pub async fn get_closure(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(ClosureId,)>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let closure = app.db.read(move |conn| service::get_closure(conn, &actor, id)).await?;
    Answer::ok(&ClosureBody::from(closure))
}

/// Remove a closure
///
/// The day is open again, unless it is a weekend or a public holiday.
#[utoipa::path(
    tag = "Calendar",
    params(("id" = ClosureId, Path, description = "The closure.")),
    responses(
        (status = 204, description = "The day is no longer closed."),
        (status = 404, description = "There is no such closure."),
    ),
)]
#[delete("/v1/calendar/closures/{id}")]
pub async fn delete_closure(
    app: web::Data<AppState>,
    path: FromPath<(ClosureId,)>,
    call: Call<Nothing>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, body: _, meta } = call;
    app.write(actor, meta, move |tx| {
        service::reopen(tx, id)?;
        Ok(Answer::no_content())
    })
    .await
}
