//! The charter, its sponsors and its milestones.

use actix_web::{get, post, put, web};

use super::answer;
use crate::collaboration::lifecycle::dto::{CharterText, Reason, SeatTaker};
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

/// Revise the charter
///
/// Writes the next version, which all sides have to sign; the same text again changes nothing. The
/// sides of a proposed project are asked anew. A running project gets an amendment: it stays on the
/// version in force until all sides have signed. Send the `ETag` of the project in `If-Match`.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = CharterText,
    responses(
        (status = 200, description = "The charter as it is now.", body = CharterBody),
        (status = 404, description = "There is no such project."),
        (status = 409, description = "`illegal_transition`: the project is closing or over; `not_ready`: the amendment lacks a goal, a milestone or fitting dates, or a seat is vacant."),
    ),
)]
#[put("/v1/projects/{id}/charter")]
pub async fn replace_charter(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<CharterText>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (charter, version) = revise_charter::revise(tx, id, &body)?;
        Ok(Response::ok(&charter)?.version(version))
    })
    .await
}

/// Seat a sponsor
///
/// Fills the seat of a side, or gives it to somebody else, who answers anew what is still open. One
/// person never sits for two sides, and no member sits. A taken seat is given on by its holder; a
/// vacant one of a running project is filled by an administrator. Send the `ETag` of the project in
/// `If-Match`.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "The project."),
        ("department_id" = DepartmentId, Path, description = "The side."),
    ),
    request_body = SeatTaker,
    responses(
        (status = 200, description = "The project as it is now.", body = ProjectBody),
        (status = 404, description = "There is no such project, or the department is no side of it."),
        (status = 409, description = "`conflict`: the person sits for another side or is a member; `illegal_transition`: the project is over."),
    ),
)]
#[put("/v1/projects/{id}/sides/{department_id}/sponsor")]
pub async fn seat_sponsor(
    app: web::Data<AppState>,
    FromPath((id, side)): FromPath<(ProjectId, DepartmentId)>,
    Call { actor, body, meta }: Call<SeatTaker>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(&sponsors::assign(tx, id, side, body.person_id)?)).await
}

/// Vacate a seat
///
/// For administrators, when nobody can take the seat at once. A sponsor who leaves names a
/// successor instead. While a seat of a running project is vacant nothing can be agreed upon, and
/// after 10 business days the project is put on hold.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "The project."),
        ("department_id" = DepartmentId, Path, description = "The side."),
    ),
    request_body = Reason,
    responses(
        (status = 200, description = "The project as it is now.", body = ProjectBody),
        (status = 404, description = "There is no such project, or the department is no side of it."),
        (status = 409, description = "`illegal_transition`: the seat is empty already, or the project is over."),
    ),
)]
#[post("/v1/projects/{id}/sides/{department_id}/vacate")]
pub async fn vacate_seat(
    app: web::Data<AppState>,
    FromPath((id, side)): FromPath<(ProjectId, DepartmentId)>,
    Call { actor, body, meta }: Call<Reason>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(&sponsors::remove(tx, id, side, &body.reason)?)).await
}

/// Read how milestones slip
///
/// Each milestone of the charter with every date that all sides signed, and by how many days it
/// has slipped since the first.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    responses(
        (status = 200, description = "The milestones.", body = MilestoneList),
        (status = 404, description = "There is no such project."),
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
