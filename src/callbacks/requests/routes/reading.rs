//! Reading in bulk: the export, and the calendars of agents.

use std::str::FromStr;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, get, web};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::callbacks::requests::dto::CallbackRequestExportQuery;
use crate::callbacks::requests::{agent_calendar, export};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::state::AppState;

/// Lines of a CSV file (RFC 4180), the first one with the names of the columns.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 1_000_000_000, pattern = r"^[^\x00]*$", example = "id,created_at,state\r\n")]
pub struct CsvText(#[allow(dead_code, reason = "describes the text, never built")] String);

/// Export callback requests
///
/// As CSV in UTF-8 with a byte order mark, so that spreadsheets read names rightly, with the filters of the
/// list, oldest first. It is streamed: an answer that ends
/// early is not whole. Fields that a spreadsheet would take for formulas begin with an apostrophe,
/// telephone numbers among them.
#[utoipa::path(
    tag = "Callbacks",
    params(CallbackRequestExportQuery),
    responses(
        (status = 200, description = "All requests that pass the filters.", body = CsvText, content_type = "text/csv"),
        (status = 422, description = "`created_to` is not after `created_from`."),
    ),
)]
#[get("/v1/callback-requests/export")]
pub async fn export_callback_requests(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<CallbackRequestExportQuery>,
) -> Result<HttpResponse, Error> {
    let pages = export::export(app.db.clone(), &actor, &from.0)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"callback-requests.csv\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(pages.map_ok(Bytes::from)))
}

/// The secret in the address of an agent's calendar.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(
    min_length = 43,
    max_length = 43,
    pattern = "^[A-Za-z0-9_-]{43}$",
    example = "Xq0nTjYb3kPz8mWc5vRd1sLg7hFa2eUo9iKt4yNx6Bw"
)]
pub struct CalendarFeed(pub String);

impl FromStr for CalendarFeed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        (text.len() == 43 && letters)
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| "expected a secret of 43 letters".into())
    }
}

/// An iCalendar file (RFC 5545).
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 1_000_000, pattern = r"^BEGIN:VCALENDAR[^\x00]*$", example = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")]
pub struct AgentCalendarText(#[allow(dead_code, reason = "describes the text, never built")] String);

/// Read an agent's calendar
///
/// For calendar programs, by the secret address (`POST /v1/agents/{id}/calendar-link`): the open
/// calls in the agent's hands. It says when and which request, and nothing about the people.
#[utoipa::path(
    tag = "Callbacks",
    security(()),
    params(("feed" = inline(CalendarFeed), Path, description = "The secret part of the address.")),
    responses(
        (status = 200, description = "The calls.", body = AgentCalendarText, content_type = "text/calendar"),
        (status = 404, description = "There is no calendar under this address any more."),
    ),
)]
#[get("/v1/agent-calendars/{feed}")]
pub async fn get_agent_calendar(
    app: web::Data<AppState>,
    FromPath((feed,)): FromPath<(CalendarFeed,)>,
) -> Result<HttpResponse, Error> {
    let text = app.db.read(move |conn| agent_calendar::feed(conn, &feed.0)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text))
}
