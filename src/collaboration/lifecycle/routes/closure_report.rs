//! The closure report.

use actix_web::{get, put, web};

use crate::collaboration::lifecycle::closure_report;
use crate::collaboration::projects::closure_report as reports;
use crate::collaboration::projects::dto::{ClosureReportBody, NewClosureReport};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::ProjectId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

/// Replace a closure report
///
/// Creates or replaces the closure report: the outcome of every goal, and the lessons for future projects. Available to
/// the sponsors, the project lead and administrators while the project is `closing`. Send `If-None-Match: *` to create
/// the report, and its `ETag` in `If-Match` to replace it. If every member has returned, submitting the report closes
/// the project.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = NewClosureReport,
    responses(
        (status = 200, description = "The closure report was replaced.", body = ClosureReportBody),
        (status = 201, description = "The closure report was created.", body = ClosureReportBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the project is not closing."),
    ),
)]
#[put("/v1/projects/{id}/closure-report")]
pub async fn replace_closure_report(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<NewClosureReport>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (report, version, is_created) = closure_report::submit(tx, id, &body)?;
        let response = Response::ok(&report)?.version(version);
        Ok(if is_created { response.at(format!("/v1/projects/{id}/closure-report")) } else { response })
    })
    .await
}

/// Get a closure report
///
/// Returns the latest version of the closure report of a project.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    responses(
        (status = 200, description = "The closure report.", body = ClosureReportBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the project does not exist, you do not have access to it, or it has no closure report."),
    ),
)]
#[get("/v1/projects/{id}/closure-report")]
pub async fn get_closure_report(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let (report, version) = app.db.read(move |conn| reports::read(conn, &actor, id, now)).await?;
    Ok(Response::ok(&report)?.version(version))
}
