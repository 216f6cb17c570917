//! What belongs to the receipt of a request: its calendar entry, and the slots to which the visitor can move the call.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::visitor::manager;
use crate::calendar::SlotList;
use crate::callbacks::requests::{manage, receipt_calendar};
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::state::AppState;

/// Parameters of the calendar entry.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReceiptCalendarQuery {
    /// URL of the page on which the visitor manages the request, without a fragment. The link in the entry is this URL
    /// with `#id=...&token=...`. Always send it: if it is absent, the entry has only the path of the page of this
    /// service, which a calendar program cannot open.
    #[serde(default)]
    #[schema(
        nullable = false,
        max_length = 500,
        pattern = r"^https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~%/-]*)?(\?[A-Za-z0-9._~%=&-]*)?$"
    )]
    #[param(
        nullable = false,
        max_length = 500,
        pattern = r"^https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~%/-]*)?(\?[A-Za-z0-9._~%=&-]*)?$",
        example = "https://entente.example.com/callback/manage"
    )]
    pub manage_page: Option<String>,
}

/// The promised call as an iCalendar file (RFC 5545).
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 10_000, pattern = r"^BEGIN:VCALENDAR[^\x00]*$", example = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")]
pub struct ReceiptCalendarText(#[allow(dead_code, reason = "describes the text, never constructed")] String);

/// Get the calendar entry of a callback request
///
/// Returns the promised call as an iCalendar file for the visitor's calendar, in the language of the visitor. Visitors
/// authenticate with their `Manage-Token`; the entry then contains the link with which they manage the request, so it
/// is as secret as the token. Agents authenticate with a bearer token and get the entry without the link. In calendar
/// programs, an entry with the same `UID` replaces the previous one, for example after the call was rescheduled. The
/// entry of a cancelled request has the status `CANCELLED` and no link. The entry contains no name and no phone number.
#[utoipa::path(
    tag = "Callbacks",
    security(("manage_token" = []), ("bearer" = [])),
    params(
        ("id" = CallbackRequestId, Path, description = "Identifier of the callback request."),
        ReceiptCalendarQuery,
    ),
    responses(
        (
            status = 200,
            description = "The calendar entry.",
            body = ReceiptCalendarText,
            content_type = "text/calendar",
        ),
        (
            status = 404,
            description = "`not_found`: the request does not exist, the token belongs to another request, or the \
                           personal data was erased.",
        ),
    ),
)]
#[get("/v1/callback-requests/{id}/receipt.ics")]
pub async fn get_callback_receipt_calendar(
    app: web::Data<AppState>,
    request: HttpRequest,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    from: FromQuery<ReceiptCalendarQuery>,
) -> Result<HttpResponse, Error> {
    let (actor, manager) = manager(&request).await?;
    let (now, page) = (app.environment.now(), from.0.manage_page);
    let (text, lang) = app
        .db
        .read(move |conn| receipt_calendar::receipt_calendar(conn, &actor, now, id, &manager, page.as_deref()))
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"callback.ics\""))
        .insert_header((CONTENT_LANGUAGE, lang.as_str()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text))
}

/// List the slots for a callback request
///
/// Returns the slots to which a callback request can be rescheduled: those of its queue. Use it to let visitors choose
/// another time. Unlike `GET /v1/slots`, it also returns the slots of a queue that is not public.
/// Visitors authenticate with their `Manage-Token`, agents with a bearer token.
#[utoipa::path(
    tag = "Callbacks",
    security(("manage_token" = []), ("bearer" = [])),
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    responses(
        (
            status = 200,
            description = "The slots; empty if all days are closed or outside the booking horizon.",
            body = SlotList,
        ),
        (
            status = 404,
            description = "`not_found`: the request does not exist, the token belongs to another request, or the \
                           personal data was erased.",
        ),
    ),
)]
#[get("/v1/callback-requests/{id}/slots")]
pub async fn list_callback_slots(
    app: web::Data<AppState>,
    request: HttpRequest,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
) -> Result<Response, Error> {
    let (actor, manager) = manager(&request).await?;
    let now = app.environment.now();
    let slots = app.db.read(move |conn| manage::list_slots(conn, &actor, now, id, &manager)).await?;
    Response::ok(&slots).map(Response::no_store)
}
