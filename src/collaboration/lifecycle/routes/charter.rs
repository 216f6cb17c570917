//! The charter and its milestones.

use actix_web::{get, put, web};

use crate::collaboration::lifecycle::dto::NewCharterVersion;
use crate::collaboration::lifecycle::revise_charter;
use crate::collaboration::projects::dto::{CharterBody, MilestoneList};
use crate::collaboration::projects::service as projects;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::ProjectId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

/// Replace a charter
///
/// Creates the next version of the charter. It is also how you rename a project or move its dates. Identical content
/// changes nothing, unless the newest version was rejected or its approval was withdrawn. While the project is `draft`,
/// the person who drafted it, any sponsor, the project lead or an administrator can replace the charter; while it is
/// `proposed`, only sponsors can; while it is `active` or `on_hold`, the sponsors, the lead and administrators can.
/// Send the `ETag` of the project in `If-Match`.
///
/// If the project is `proposed`, the open approval of the previous version lapses and all sides are requested to sign
/// the new one. If it is `active` or `on_hold`, the new version is an amendment: an approval of kind `charter` is
/// requested and the project runs on the version in force until all sides have signed. An amendment cannot change
/// `starts_on` and cannot move an area to another side; use a transfer for that.
///
/// Sides join and leave a running project with an amendment (`joining_sides`, `leaving_department_ids`). All sides sign
/// it, including those that join or leave. Before any side can respond, the proposed sponsor of each new side has to
/// accept, and the head of the department has to confirm. When the amendment comes into force, everything else that is
/// open ends: approvals, transfers and disputes lapse, and decisions are withdrawn.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = NewCharterVersion,
    responses(
        (status = 200, description = "The charter in its newest version.", body = CharterBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the project is closing, closed or cancelled. `conflict`: the amendment leaves out an area that is disputed, a side that leaves still has `members` or `areas`, or the sponsor of a new side is the lead or a member of the project. `not_ready`: the amendment lacks a goal or a milestone, a date is out of range, or a side has no sponsor."),
    ),
)]
#[put("/v1/projects/{id}/charter")]
pub async fn replace_charter(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<NewCharterVersion>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (charter, version) = revise_charter::revise(tx, id, &body)?;
        Ok(Response::ok(&charter)?.version(version))
    })
    .await
}

/// List the milestones of a project
///
/// Returns all milestones of the charter in force, or of the newest charter if none is in force yet, in one response.
/// Each has its current due date, every due date that all sides have signed, and its slip in days since the first
/// signed date. Milestones are matched across versions by name.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    responses(
        (status = 200, description = "The milestones.", body = MilestoneList),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/projects/{id}/milestones")]
pub async fn list_milestones(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    Response::ok(&app.db.read(move |conn| projects::milestones(conn, &actor, id, now)).await?)
}
