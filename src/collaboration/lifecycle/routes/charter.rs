//! The charter, its sponsors and its milestones.

use actix_web::{get, post, put, web};

use super::respond;
use crate::collaboration::lifecycle::dto::{NewCharterVersion, Reason, SponsorAssignment};
use crate::collaboration::lifecycle::{revise_charter, sponsors};
use crate::collaboration::projects::dto::{CharterBody, MilestoneList, ProjectBody};
use crate::collaboration::projects::service as projects;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

/// Replace a charter
///
/// Creates the next version of the charter. It is also how you rename a project or move its dates. Identical content
/// changes nothing, unless the newest version was rejected or its approval was withdrawn. Any sponsor, the project lead
/// or an administrator can replace the charter while the project is `draft`, `proposed`, `active` or `on_hold`. Send
/// the `ETag` of the project in `If-Match`.
///
/// If the project is `proposed`, the open approval of the previous version lapses and all sides are requested to sign
/// the new one. If it is `active` or `on_hold`, the new version is an amendment: an approval of kind `charter` is
/// requested and the project runs on the version in force until all sides have signed. An amendment cannot change
/// `starts_on` and cannot move an area to another side; use a transfer for that.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = NewCharterVersion,
    responses(
        (status = 200, description = "The charter in its newest version.", body = CharterBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the project is closing, closed or cancelled. `conflict`: the amendment leaves out an area that is disputed. `not_ready`: the amendment lacks a goal or a milestone, a date is out of range, or a side has no sponsor."),
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

/// Assign a sponsor
///
/// Assigns or replaces the sponsor of a side. The current sponsor can name a successor, and an administrator can always
/// assign a sponsor. While the project is `draft` or `proposed`, any sponsor and the project lead can also assign a
/// sponsor to a vacant side. Send the `ETag` of the project in `If-Match`.
///
/// A person can be the sponsor of one side only and cannot be a member of the project. When the sponsor changes, the
/// delegations of the side are revoked and its responses to open approvals are superseded, so the new sponsor has to
/// respond again. If no charter is in force yet, the new sponsor must also sign the charter again, even if all sides
/// had signed it.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "Identifier of the project."),
        ("department_id" = DepartmentId, Path, description = "Identifier of the department of the side."),
    ),
    request_body = SponsorAssignment,
    responses(
        (status = 200, description = "The project.", body = ProjectBody),
        (status = 404, description = "`not_found`: the project does not exist, you do not have access to it, or the department is not one of its sides."),
        (status = 409, description = "`conflict`: the person is a member of the project or the sponsor of another side. `illegal_transition`: the project is closed or cancelled."),
    ),
)]
#[put("/v1/projects/{id}/sides/{department_id}/sponsor")]
pub async fn assign_sponsor(
    app: web::Data<AppState>,
    FromPath((id, side)): FromPath<(ProjectId, DepartmentId)>,
    Call { actor, body, meta }: Call<SponsorAssignment>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(&sponsors::assign(tx, id, side, body.person_id)?)).await
}

/// Remove a sponsor
///
/// Removes the sponsor of a side without naming a successor. Only administrators can remove a sponsor. Use this if the
/// successor is not known yet; a sponsor who steps down assigns a successor instead. The delegations of the side are
/// revoked and its responses to open approvals are superseded. While a side of an `active`, `on_hold` or `closing`
/// project has no sponsor, approvals cannot be requested or responded to. After 10 business days of the calendar, an
/// `active` project is put on hold.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "Identifier of the project."),
        ("department_id" = DepartmentId, Path, description = "Identifier of the department of the side."),
    ),
    request_body = Reason,
    responses(
        (status = 200, description = "The project.", body = ProjectBody),
        (status = 404, description = "`not_found`: the project does not exist, you do not have access to it, or the department is not one of its sides."),
        (status = 409, description = "`illegal_transition`: the side has no sponsor, or the project is closed or cancelled."),
    ),
)]
#[post("/v1/projects/{id}/sides/{department_id}/sponsor/remove")]
pub async fn remove_sponsor(
    app: web::Data<AppState>,
    FromPath((id, side)): FromPath<(ProjectId, DepartmentId)>,
    Call { actor, body, meta }: Call<Reason>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(&sponsors::remove(tx, id, side, &body.reason)?)).await
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
