//! `/v1/projects/{id}/partnership` and `/v1/projects/{id}/partnership.svg`.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, web};

use super::dto::{PartnershipChart, Report};
use super::{chart, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::ProjectId;
use crate::kernel::request;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(get_partnership).service(get_partnership_chart).configure(super::comparison::configure);
}

/// Get the partnership report
///
/// Returns figures on how the sides of a project work together. For each side: how long it takes to respond to
/// approvals, and its share of the decisions raised, first responses, rejections, areas and members. For the project:
/// the parity between the sides, the slip of the milestones, and the ownership coverage. Time in which a side waits for
/// other sides does not add to its response time.
#[utoipa::path(
    tag = "Partnership",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    responses(
        (status = 200, description = "The report.", body = Report),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/projects/{id}/partnership")]
pub async fn get_partnership(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    Response::ok(&app.db.read(move |conn| service::report(conn, &actor, id, now)).await?)
}

/// Get the partnership chart
///
/// Returns the partnership report as a picture for a presentation or a wiki page: response times, shares of the sides,
/// and the ownership coverage over time with the milestones. The SVG is self-contained: it uses no external fonts,
/// images, styles or scripts. Its labels follow `Accept-Language`.
#[utoipa::path(
    tag = "Partnership",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    responses(
        (status = 200, description = "The chart as an SVG document.", body = PartnershipChart, content_type = "image/svg+xml"),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/projects/{id}/partnership.svg")]
pub async fn get_partnership_chart(
    app: web::Data<AppState>,
    request: HttpRequest,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
) -> Result<HttpResponse, Error> {
    let (lang, now) = (request::lang(&request), app.environment.now());
    let report = app.db.read(move |conn| service::report(conn, &actor, id, now)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "image/svg+xml"))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        // Prevents the SVG from running scripts or loading resources when it is opened in a browser.
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"))
        .body(chart::draw(&report, lang)))
}
