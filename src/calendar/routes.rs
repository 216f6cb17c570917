//! `/v1/calendars`.

use actix_web::{get, patch, post, web};

use super::dto::{CalendarBody, CalendarPatch, CalendarQuery, NewCalendar};
use super::reference::CalendarRef;
use super::service::{self, HoursObserver};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(list_calendars).service(create_calendar).service(get_calendar).service(update_calendar);
}

/// List calendars
///
/// Returns the calendars with the settings that are in force now. One of them is the company calendar. Queues can use
/// any calendar.
#[utoipa::path(
    tag = "Calendar",
    params(PageQuery),
    responses((status = 200, description = "A page of calendars.", body = PageBody<CalendarBody>)),
)]
#[get("/v1/calendars")]
pub async fn list_calendars(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { page, links, .. }: ListRequest<NoFilter>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let calendars = app.db.read(move |conn| service::list(conn, &actor, &page, now)).await?;
    links.respond(calendars, |calendar| calendar.id.to_string(), |calendar| calendar)
}

/// Create a calendar
///
/// Creates a calendar that queues can use. Projects always use the company calendar, which exists from the start. A
/// calendar cannot be deleted; one that no queue uses has no effect. Creates the event `calendar.created`.
#[utoipa::path(
    tag = "Calendar",
    request_body = NewCalendar,
    responses((status = 201, description = "The calendar.", body = CalendarBody)),
)]
#[post("/v1/calendars")]
pub async fn create_calendar(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewCalendar>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (calendar, etag) = service::create(tx, &body)?;
        Ok(Response::created(format!("/v1/calendars/{}", calendar.id), &calendar)?.tag(etag))
    })
    .await
}

/// Get a calendar
///
/// Returns the opening hours of a calendar, now or on the day in `as_of`. `default` is the company calendar.
#[utoipa::path(
    tag = "Calendar",
    params(("calendar_id" = CalendarRef, Path, description = "Identifier of the calendar, or `default`.", example = "default"), CalendarQuery),
    responses(
        (status = 200, description = "The calendar.", body = CalendarBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
    ),
)]
#[get("/v1/calendars/{calendar_id}")]
pub async fn get_calendar(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((calendar,)): FromPath<(CalendarRef,)>,
    from: FromQuery<CalendarQuery>,
) -> Result<Response, Error> {
    let (as_of, now) = (from.0.as_of, app.environment.now());
    let (calendar, etag) = app.db.read(move |conn| service::get(conn, &actor, calendar, as_of, now)).await?;
    Ok(Response::ok(&calendar)?.tag(etag))
}

/// Update a calendar
///
/// Changes the opening hours or the name of a calendar. Send only the fields to change (JSON Merge Patch) and the
/// current `ETag` in `If-Match`. The change applies from now on, or from the day in `valid_from`. The windows of every
/// queue with the calendar must fit into the new opening hours. Existing callback requests keep their promised time; if
/// it is outside the new opening hours, they get the flag `closed_day`. Response times that were measured before the
/// change do not change. Creates the event `calendar.updated`.
#[utoipa::path(
    tag = "Calendar",
    params(("calendar_id" = CalendarRef, Path, description = "Identifier of the calendar, or `default`.", example = "default")),
    request_body(content = CalendarPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The updated calendar.", body = CalendarBody)),
)]
#[patch("/v1/calendars/{calendar_id}")]
pub async fn update_calendar(
    app: web::Data<AppState>,
    observer: web::Data<HoursObserver>,
    FromPath((calendar,)): FromPath<(CalendarRef,)>,
    Call { actor, body, meta }: Call<CalendarPatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (calendar, etag) = service::update(tx, **observer, calendar, &body)?;
        Ok(Response::ok(&calendar)?.tag(etag))
    })
    .await
}
