//! `/v1/calendars/{calendar_id}` and `/v1/slots`.

use actix_web::{get, patch, web};

use super::dto::{CalendarBody, CalendarPatch, CalendarQuery, SlotList, SlotQuery};
use super::reference::CalendarRef;
use super::{capacity, service};
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(get_calendar).service(update_calendar).service(list_slots);
}

/// Get a calendar
///
/// Returns the opening hours, the callback windows and the booking rules of a calendar, now or on the day in `as_of`.
/// There is one calendar, `default`.
#[utoipa::path(
    tag = "Calendar",
    security(()),
    params(("calendar_id" = CalendarRef, Path, description = "Identifier of the calendar, or `default`.", example = "default"), CalendarQuery),
    responses(
        (status = 200, description = "The calendar.", body = CalendarBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
    ),
)]
#[get("/v1/calendars/{calendar_id}")]
pub async fn get_calendar(
    app: web::Data<AppState>,
    FromPath((calendar,)): FromPath<(CalendarRef,)>,
    from: FromQuery<CalendarQuery>,
) -> Result<Response, Error> {
    let (as_of, now) = (from.0.as_of, app.environment.now());
    let (calendar, etag) = app.db.read(move |conn| service::get(conn, calendar, as_of, now)).await?;
    Ok(Response::ok(&calendar)?.tag(etag))
}

/// Update a calendar
///
/// Changes the opening hours or booking rules of a calendar. Send only the fields to change (JSON Merge Patch) and the
/// current `ETag` in `If-Match`. The change applies from now on, or from the day in `valid_from`. Existing callback
/// requests keep their promised time, and response times that were measured before the change do not change.
#[utoipa::path(
    tag = "Calendar",
    params(("calendar_id" = CalendarRef, Path, description = "Identifier of the calendar, or `default`.", example = "default")),
    request_body(content = CalendarPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The updated calendar.", body = CalendarBody)),
)]
#[patch("/v1/calendars/{calendar_id}")]
pub async fn update_calendar(
    app: web::Data<AppState>,
    FromPath((calendar,)): FromPath<(CalendarRef,)>,
    Call { actor, body, meta }: Call<CalendarPatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (calendar, etag) = service::update(tx, calendar, &body)?;
        Ok(Response::ok(&calendar)?.tag(etag))
    })
    .await
}

/// List slots
///
/// Returns the slots that start after the minimum notice and within the booking horizon, earliest first, in one
/// response. Full slots are included with `available` set to false, so that a form can show them as disabled. Book a
/// slot by sending its `slot_id` with a callback request.
#[utoipa::path(
    tag = "Calendar",
    security(()),
    params(SlotQuery),
    responses((
        status = 200,
        description = "The slots; empty if the days are closed or outside the booking horizon.",
        body = SlotList,
    )),
)]
#[get("/v1/slots")]
pub async fn list_slots(app: web::Data<AppState>, from: FromQuery<SlotQuery>) -> Result<Response, Error> {
    let (query, now) = (from.0, app.environment.now());
    let slots = app.db.read(move |conn| capacity::list_slots(conn, now, query)).await?;
    Response::ok(&slots)
}
