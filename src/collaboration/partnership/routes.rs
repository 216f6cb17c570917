//! The partnership report as figures and as a picture.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{PartnershipPicture, Report};
use super::{chart, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::ProjectId;
use crate::kernel::request;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(get_partnership).service(draw_partnership);
}

/// Read how the partnership works
///
/// Who answers how fast (business time, only while the own answer is missing), who asks, who refuses,
/// who owns, who is there; how the milestones have slipped and whether every area is covered.
#[utoipa::path(
    tag = "Partnership",
    params(("id" = ProjectId, Path, description = "The project.")),
    responses(
        (status = 200, description = "The report.", body = Report),
        (status = 404, description = "There is no such project, or you have no part in it."),
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

/// Draw the partnership
///
/// The report as a picture, to be put into a presentation or a wiki: latency, balance and the
/// coverage of the areas over time. It needs nothing from elsewhere.
#[utoipa::path(
    tag = "Partnership",
    params(("id" = ProjectId, Path, description = "The project.")),
    responses(
        (status = 200, description = "The picture.", body = PartnershipPicture, content_type = "image/svg+xml"),
        (status = 404, description = "There is no such project, or you have no part in it."),
    ),
)]
#[get("/v1/projects/{id}/partnership.svg")]
pub async fn draw_partnership(
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
        // Opened by itself in a browser it runs and loads nothing.
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"))
        .body(chart::draw(&report, lang)))
}
