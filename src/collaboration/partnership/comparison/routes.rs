//! `/v1/reports/partnership` and `/v1/reports/partnership.csv`.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, get, web};

use super::dto::{ComparisonCsv, ComparisonQuery, PartnershipComparison};
use super::{csv_text, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(compare_departments).service(export_department_comparison);
}

/// Compare two departments
///
/// Compares two departments over all activated projects in which both are sides, per calendar quarter: response times
/// to approvals, questions and disputes raised, days of members, rulings of arbiters, and the slip of milestones. The
/// heads of the two departments, applications and administrators can call it. Quarters and days are in UTC.
#[utoipa::path(
    tag = "Partnership",
    params(ComparisonQuery),
    responses(
        (status = 200, description = "The comparison.", body = PartnershipComparison),
        (status = 422, description = "`validation_failed`: a department does not exist, both are the same, or the period is not valid."),
    ),
)]
#[get("/v1/reports/partnership")]
pub async fn compare_departments(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<ComparisonQuery>,
) -> Result<Response, Error> {
    let (query, now) = (from.0, app.environment.now());
    Response::ok(&app.db.read_slowly(move |conn| service::compare(conn, &actor, &query, now)).await?)
}

/// Export the comparison of two departments
///
/// Returns the comparison of two departments as CSV (RFC 4180) in UTF-8 with a byte order mark, with one line for each
/// quarter and department. A figure that is null in JSON is empty.
#[utoipa::path(
    tag = "Partnership",
    params(ComparisonQuery),
    responses(
        (status = 200, description = "The comparison as CSV.", body = ComparisonCsv, content_type = "text/csv"),
        (status = 422, description = "`validation_failed`: a department does not exist, both are the same, or the period is not valid."),
    ),
)]
#[get("/v1/reports/partnership.csv")]
pub async fn export_department_comparison(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<ComparisonQuery>,
) -> Result<HttpResponse, Error> {
    let (query, now) = (from.0, app.environment.now());
    let text = app.db.read_slowly(move |conn| csv_text::written(&service::compare(conn, &actor, &query, now)?)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"partnership.csv\""))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .body(text))
}
