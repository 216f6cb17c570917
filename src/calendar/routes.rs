//! `/v1/calendar` and `/v1/slots`.

use actix_web::{get, patch, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{CalendarBody, CalendarPatch, SlotList, SlotQuery};
use super::{capacity, service};
use crate::kernel::error::Error;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(get_calendar).service(update_calendar).service(list_slots);
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
pub async fn get_calendar(app: web::Data<AppState>) -> Result<Response, Error> {
    let (calendar, version) = app.db.read(service::get).await?;
    Ok(Response::ok(&calendar)?.version(version))
}

/// Change the calendar
///
/// JSON Merge Patch: absent members stay. Send the ETag you have read in `If-Match`. What visitors
/// have booked already is not moved.
#[utoipa::path(
    tag = "Calendar",
    request_body(content = CalendarPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The calendar as it is now.", body = CalendarBody)),
)]
#[patch("/v1/calendar")]
pub async fn update_calendar(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<CalendarPatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (calendar, version) = service::update(tx, &body)?;
        Ok(Response::ok(&calendar)?.version(version))
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
pub async fn list_slots(app: web::Data<AppState>, from: FromQuery<SlotQuery>) -> Result<Response, Error> {
    let (query, now) = (from.0, app.environment.now());
    let slots = app.db.read(move |conn| capacity::list_slots(conn, now, query)).await?;
    Response::ok(&slots)
}
