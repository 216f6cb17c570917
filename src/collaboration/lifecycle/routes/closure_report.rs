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

/// Write the closure report
///
/// Which goals were met, and what the next shared project should know. It can be written anew until
/// the project is closed. Send `*` in `If-Match` for the first one, later its `ETag`.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = NewClosureReport,
    responses(
        (status = 200, description = "The report.", body = ClosureReportBody),
        (status = 404, description = "There is no such project."),
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
        let (report, version) = closure_report::submit(tx, id, &body)?;
        Ok(Response::ok(&report)?.version(version))
    })
    .await
}

/// Read the closure report
///
/// As it was written last.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    responses(
        (status = 200, description = "The report.", body = ClosureReportBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such project, or no report of it."),
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
