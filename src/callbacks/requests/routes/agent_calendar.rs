//! `/v1/agent-calendars`: the open requests of an agent, for calendar programs.

use std::str::FromStr;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::callbacks::requests::agent_calendar;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::routes::Routes;
use crate::kernel::request;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(get_agent_calendar);
}

/// The secret in the link to an agent's calendar.
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

/// The calendar of an agent as an iCalendar file (RFC 5545).
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 1_000_000, pattern = r"^BEGIN:VCALENDAR[^\x00]*$", example = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")]
pub struct AgentCalendarText(#[allow(dead_code, reason = "describes the text, never constructed")] String);

/// Get an agent calendar
///
/// Returns the open callback requests that are assigned to an agent as an iCalendar feed, for calendar programs. The
/// link from `POST /v1/agents/{id}/calendar-link` contains the secret, so no other authentication is needed. An event
/// contains the time of the call and the path of the request, but no personal data. `Accept-Language` selects the
/// language of its title; the default is the one of the service.
#[utoipa::path(
    tag = "Callbacks",
    security(()),
    params(("feed" = inline(CalendarFeed), Path, description = "The secret in the calendar link.")),
    responses(
        (status = 200, description = "The calendar.", body = AgentCalendarText, content_type = "text/calendar"),
        (status = 404, description = "`not_found`: the link is invalid, was replaced, or its agent was deleted."),
    ),
)]
#[get("/v1/agent-calendars/{feed}")]
pub async fn get_agent_calendar(
    app: web::Data<AppState>,
    request: HttpRequest,
    FromPath((feed,)): FromPath<(CalendarFeed,)>,
) -> Result<HttpResponse, Error> {
    let lang = request::visitor_lang(&request);
    let text = app.db.read(move |conn| agent_calendar::feed(conn, &feed.0, lang)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text))
}
