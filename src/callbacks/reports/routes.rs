//! `/v1/reports/callbacks` and `/v1/reports/callbacks.csv`.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, get, web};
use utoipa::ToSchema;

use super::dto::{CallbackReport, CallbackReportQuery};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(get_callback_report).service(export_callback_report);
}

/// Get the callback report
///
/// Returns how many promised calls were made on time, as exact counts, and how long visitors waited for the first
/// call. A promise belongs to the day on which it is due. Linked requests are one call and count once. Without
/// `from` and `to` the report covers the last 30 days, including today. `visitors` has what the visitors said about the
/// same calls (`POST /v1/callback-requests/{id}/feedback`), and where it differs. With `group_by`, the counts are also
/// returned for each day, queue, agent or campaign.
#[utoipa::path(
    tag = "Callbacks",
    params(CallbackReportQuery),
    responses(
        (status = 200, description = "The report.", body = CallbackReport),
        (
            status = 422,
            description = "`validation_failed`: `to` is not after `from`, a day is after the year 9998, or the period \
                           is too long for the grouping.",
        ),
    ),
)]
#[get("/v1/reports/callbacks")]
pub async fn get_callback_report(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<CallbackReportQuery>,
) -> Result<Response, Error> {
    let (query, now) = (from.0, app.environment.now());
    Response::ok(&app.db.read_slowly(move |conn| service::report(conn, &actor, now, &query)).await?)
}

/// The callback report as CSV (RFC 4180). The first line contains the column names.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 1_000_000, pattern = r"^[^\x00]*$", example = "starts_on,ends_on,day,queue_id,queue,agent_id,campaign,kept\r\n")]
pub struct CallbackReportCsv(#[allow(dead_code, reason = "describes the text, never constructed")] String);

/// Export the callback report
///
/// Returns the counts of `GET /v1/reports/callbacks` as CSV in UTF-8 with a byte order mark: one line for each group,
/// or one line without `group_by`. Fields that a spreadsheet program would interpret as formulas are prefixed with an
/// apostrophe.
#[utoipa::path(
    tag = "Callbacks",
    params(CallbackReportQuery),
    responses(
        (status = 200, description = "The report as CSV.", body = CallbackReportCsv, content_type = "text/csv"),
        (
            status = 422,
            description = "`validation_failed`: `to` is not after `from`, a day is after the year 9998, or the period \
                           is too long for the grouping.",
        ),
    ),
)]
#[get("/v1/reports/callbacks.csv")]
pub async fn export_callback_report(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<CallbackReportQuery>,
) -> Result<HttpResponse, Error> {
    let (query, now) = (from.0, app.environment.now());
    let text = app.db.read_slowly(move |conn| service::csv(conn, &actor, now, &query)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"callbacks.csv\""))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .body(text))
}
