//! `/v1/calendar` and `/v1/slots`.

use actix_web::{delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{CalendarBody, CalendarPatch, ClosureBody, ClosureQuery, NewClosure, SlotList, SlotQuery};
use super::service;
use crate::auth::Actor;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::page::{Page, PageRequest};
use crate::http::path::FromPath;
use crate::http::query::FromQuery;
use crate::ids::ClosureId;
use crate::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(get_calendar)
        .service(update_calendar)
        .service(create_closure)
        .service(list_closures)
        .service(get_closure)
        .service(delete_closure)
        .service(list_slots);
}

/// Read the calendar
///
/// When agents call, how windows are cut, and how far ahead they can be booked.
#[utoipa::path(
    tag = "Calendar",
    security(()),
    responses(
        (status = 200, description = "The calendar.", body = CalendarBody),
        (status = 304, description = "You have the present version already."),
    ),
)]
#[get("/v1/calendar")]
pub async fn get_calendar(app: web::Data<AppState>) -> Result<Answer, Error> {
    let (calendar, version) = app.db.read(service::get).await?;
    Ok(Answer::ok(&calendar)?.version(version))
}

/// Change the calendar
///
/// JSON Merge Patch: absent members stay. Send the ETag you have read in `If-Match`. What visitors
/// have booked already is not moved.
#[utoipa::path(
    tag = "Calendar",
    request_body(content((CalendarPatch = "application/merge-patch+json"), (CalendarPatch = "application/json"))),
    responses((status = 200, description = "The calendar as it is now.", body = CalendarBody)),
)]
#[patch("/v1/calendar")]
pub async fn update_calendar(app: web::Data<AppState>, call: Call<CalendarPatch>) -> Result<Answer, Error> {
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| {
        let (calendar, version) = service::update(tx, &body)?;
        Ok(Answer::ok(&calendar)?.version(version))
    })
    .await
}

/// Close a day
///
/// From now on no window of that day can be booked, and no business time passes in it. What is
/// booked already stays booked.
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
    call: Call<crate::http::body::Nothing>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, body: _, meta } = call;
    app.write(actor, meta, move |tx| {
        service::reopen(tx, id)?;
        Ok(Answer::no_content())
    })
    .await
}

/// List the slots that can be booked
///
/// The windows of the next business days with their real dates, earliest first. A full window is
/// in the list with `available: false`, so that a form can show it disabled.
#[utoipa::path(
    tag = "Calendar",
    security(()),
    params(SlotQuery),
    responses((status = 200, description = "The slots; none when the days are closed or outside the horizon.", body = SlotList)),
)]
#[get("/v1/slots")]
pub async fn list_slots(app: web::Data<AppState>, from: FromQuery<SlotQuery>) -> Result<Answer, Error> {
    let (query, now) = (from.query, app.world.now());
    let slots = app.db.read(move |conn| service::list_slots(conn, now, query)).await?;
    Answer::ok(&slots)
}
