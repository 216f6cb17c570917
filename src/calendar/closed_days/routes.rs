//! `/v1/calendars/{calendar_id}/closed-days`.

use actix_web::{delete, get, post, web};

use super::dto::{CalendarText, ClosedDayBody, ClosedDayImport, NewClosedDay};
use super::service::{self, Observer};
use crate::calendar::CalendarRef;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::ClosedDayId;
use crate::kernel::request::{CalendarCall, Call};
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(create_closed_day)
        .service(import_closed_days)
        .service(list_closed_days)
        .service(get_closed_day)
        .service(delete_closed_day);
}

/// Create a closed day
///
/// Closes a day of a calendar in addition to weekends and public holidays. Each day can be closed once, also one that
/// is a weekend or a public holiday. From then on its windows cannot be booked, and it is not a business day. Callback
/// requests that are already booked on that day keep their slot and get the flag `closed_day`. Creates the event
/// `closed_day.created`.
#[utoipa::path(
    tag = "Calendar",
    params(("calendar_id" = CalendarRef, Path, description = "Identifier of the calendar, or `default`.", example = "default")),
    request_body = NewClosedDay,
    responses(
        (status = 201, description = "The closed day.", body = ClosedDayBody),
        (status = 409, description = "`already_exists`: the calendar already has a closed day with this date."),
    ),
)]
#[post("/v1/calendars/{calendar_id}/closed-days")]
pub async fn create_closed_day(
    app: web::Data<AppState>,
    observer: web::Data<Observer>,
    FromPath((calendar,)): FromPath<(CalendarRef,)>,
    Call { actor, body, meta }: Call<NewClosedDay>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let closed_day = service::close(tx, **observer, calendar, &body)?;
        Response::created(
            format!("/v1/calendars/{calendar}/closed-days/{}", closed_day.id),
            &ClosedDayBody::from(closed_day),
        )
    })
    .await
}

/// Import closed days
///
/// Creates closed days from an iCalendar file (RFC 5545): each day of its all-day events is closed, and the summary of
/// the event becomes the reason. Days that are already closed stay unchanged, so you can send the same file again.
/// Cancelled events are ignored. If the file contains an event with a time of day, a `DURATION` or a recurrence,
/// nothing is imported and the response lists the violations.
#[utoipa::path(
    tag = "Calendar",
    params(("calendar_id" = CalendarRef, Path, description = "Identifier of the calendar, or `default`.", example = "default")),
    request_body(content = CalendarText, content_type = "text/calendar"),
    responses((status = 200, description = "The created closed days, and the days that were already closed.", body = ClosedDayImport)),
)]
#[post("/v1/calendars/{calendar_id}/closed-days/import")]
pub async fn import_closed_days(
    app: web::Data<AppState>,
    observer: web::Data<Observer>,
    FromPath((calendar,)): FromPath<(CalendarRef,)>,
    CalendarCall(Call { actor, body, meta }): CalendarCall,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| Response::ok(&service::import(tx, **observer, calendar, &body)?)).await
}

/// List closed days
///
/// Returns the closed days of a calendar, oldest entry first. Weekends and public holidays are not included.
#[utoipa::path(
    tag = "Calendar",
    params(("calendar_id" = CalendarRef, Path, description = "Identifier of the calendar, or `default`.", example = "default"), PageQuery),
    responses((status = 200, description = "A page of closed days.", body = PageBody<ClosedDayBody>)),
)]
#[get("/v1/calendars/{calendar_id}/closed-days")]
pub async fn list_closed_days(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((calendar,)): FromPath<(CalendarRef,)>,
    ListRequest { page, links, .. }: ListRequest<NoFilter>,
) -> Result<Response, Error> {
    let rows = app.db.read(move |conn| service::list(conn, &actor, calendar, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), ClosedDayBody::from)
}

/// Get a closed day
///
/// Returns a closed day with its reason. A closed day cannot be changed; delete it and create another one instead.
#[utoipa::path(
    tag = "Calendar",
    params(
        ("calendar_id" = CalendarRef, Path, description = "Identifier of the calendar, or `default`.", example = "default"),
        ("id" = ClosedDayId, Path, description = "Identifier of the closed day."),
    ),
    responses(
        (status = 200, description = "The closed day.", body = ClosedDayBody),
        (status = 404, description = "`not_found`: the calendar or the closed day does not exist."),
    ),
)]
#[get("/v1/calendars/{calendar_id}/closed-days/{id}")]
pub async fn get_closed_day(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((calendar, id)): FromPath<(CalendarRef, ClosedDayId)>,
) -> Result<Response, Error> {
    let closed_day = app.db.read(move |conn| service::get(conn, &actor, calendar, id)).await?;
    Response::ok(&ClosedDayBody::from(closed_day))
}

/// Delete a closed day
///
/// Reopens the day, unless it is a weekend or a public holiday. Its windows can be booked again, and the flag
/// `closed_day` of callback requests whose window is open again is removed. Creates the event `closed_day.deleted`.
#[utoipa::path(
    tag = "Calendar",
    params(
        ("calendar_id" = CalendarRef, Path, description = "Identifier of the calendar, or `default`.", example = "default"),
        ("id" = ClosedDayId, Path, description = "Identifier of the closed day."),
    ),
    responses(
        (status = 204, description = "The closed day was deleted."),
        (status = 404, description = "`not_found`: the calendar or the closed day does not exist."),
    ),
)]
#[delete("/v1/calendars/{calendar_id}/closed-days/{id}")]
pub async fn delete_closed_day(
    app: web::Data<AppState>,
    observer: web::Data<Observer>,
    FromPath((calendar, id)): FromPath<(CalendarRef, ClosedDayId)>,
    Call { actor, body: _, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        service::reopen(tx, **observer, calendar, id)?;
        Ok(Response::no_content())
    })
    .await
}
