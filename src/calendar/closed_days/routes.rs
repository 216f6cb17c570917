//! `/v1/calendar/closures`.

use actix_web::{delete, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{CalendarText, ClosureBody, ImportedClosures, NewClosure};
use super::service::{self, Observer};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::ClosureId;
use crate::kernel::request::{CalendarCall, Call};
use crate::kernel::state::AppState;

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
pub async fn create_closure(
    app: web::Data<AppState>,
    observer: web::Data<Observer>,
    Call { actor, body, meta }: Call<NewClosure>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let closure = service::close(tx, **observer, &body)?;
        Response::created(format!("/v1/calendar/closures/{}", closure.id), &ClosureBody::from(closure))
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
pub async fn import_closures(
    app: web::Data<AppState>,
    observer: web::Data<Observer>,
    CalendarCall(Call { actor, body, meta }): CalendarCall,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| Response::ok(&service::import(tx, **observer, &body)?)).await
}

/// List closures
///
/// In the order in which they were added.
#[utoipa::path(
    tag = "Calendar",
    params(PageQuery),
    responses((status = 200, description = "A page of closures.", body = PageBody<ClosureBody>)),
)]
#[get("/v1/calendar/closures")]
pub async fn list_closures(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { page, links, .. }: ListRequest<NoFilter>,
) -> Result<Response, Error> {
    let rows = app.db.read(move |conn| service::list_closures(conn, &actor, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), ClosureBody::from)
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
    FromPath((id,)): FromPath<(ClosureId,)>,
) -> Result<Response, Error> {
    let closure = app.db.read(move |conn| service::get_closure(conn, &actor, id)).await?;
    Response::ok(&ClosureBody::from(closure))
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
    observer: web::Data<Observer>,
    FromPath((id,)): FromPath<(ClosureId,)>,
    Call { actor, body: _, meta }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        service::reopen(tx, **observer, id)?;
        Ok(Response::no_content())
    })
    .await
}
