//! `/v1/reports/callbacks`.

use actix_web::{get, web};

use super::dto::{CallbackReport, CallbackReportQuery};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(get_callback_report);
}

/// Get the callback report
///
/// Returns how many promised calls were made on time, as exact counts, and how long visitors waited for the first
/// call. A promise belongs to the day on which it is due. Linked requests are one call and count once. Without
/// `from` and `to` the report covers the last 30 days, including today.
#[utoipa::path(
    tag = "Callbacks",
    params(CallbackReportQuery),
    responses(
        (status = 200, description = "The report.", body = CallbackReport),
        (status = 422, description = "`validation_failed`: `to` is not after `from`, or a day is after the year 9998."),
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
