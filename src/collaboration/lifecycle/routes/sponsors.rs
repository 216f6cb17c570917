//! The sponsors of the sides.

use actix_web::{post, put, web};

use super::respond;
use crate::collaboration::lifecycle::dto::{Reason, SponsorAssignment, SponsorConfirmation};
use crate::collaboration::lifecycle::sponsors;
use crate::collaboration::projects::dto::ProjectBody;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

/// Propose a sponsor
///
/// Proposes a person as the sponsor of a side, in place of any person who was named before. Until the person has
/// accepted and the head of the department has confirmed, they can only read the project. A person who proposes
/// themselves has accepted, and a head who proposes a sponsor for their own department has confirmed. Send the `ETag`
/// of the project in `If-Match`.
///
/// The sponsor in office can name a successor, and the head of the department and administrators can always propose a
/// sponsor. While the project is `draft` or `proposed`, the other sponsors can do this, too, and the person who drafts
/// the project can while it is `draft`, unless the department has already confirmed a sponsor. After the head of the
/// department has changed, neither the head nor an administrator can replace a sponsor for `response_days` business
/// days. If the head of a department whose side has no sponsor in office changes again and again, an administrator
/// waits for at most three times this time.
///
/// A sponsor in office stays in office until the proposed person (`successor_person_id`) has accepted and is confirmed.
/// To withdraw the proposal, propose the sponsor in office.
///
/// A person can be the sponsor of one side only, and cannot be the lead or a member of the project. When the sponsor
/// changes, the delegations of the side are revoked and its responses to open approvals are superseded, so the new
/// sponsor has to respond again. If no charter is in force yet, the new sponsor must also sign the charter again, even
/// if all sides had signed it.
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
        (status = 409, description = "`conflict`: the person is the lead or a member of the project or the sponsor of another side, the head of the department has recently changed, or with this person, an arbiter would no longer be neutral while a dispute, a question or a silent side waits for one. `illegal_transition`: the project is closed or cancelled."),
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

/// Accept the role of a sponsor
///
/// Accepts the role of the sponsor of a side, for which you were proposed. You are in office once the head of the
/// department has confirmed. If you are the head, you are in office at once. Accepting again changes nothing.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "Identifier of the project."),
        ("department_id" = DepartmentId, Path, description = "Identifier of the department of the side."),
    ),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The project.", body = ProjectBody),
        (status = 404, description = "`not_found`: the project does not exist, you do not have access to it, or the department is not one of its sides."),
        (status = 409, description = "`not_ready`: your regular position today is not in the department of the side. `conflict`: another person was proposed in the meantime, or with you, an arbiter would no longer be neutral while a dispute, a question or a silent side waits for one. `illegal_transition`: the project is closed or cancelled."),
    ),
)]
#[post("/v1/projects/{id}/sides/{department_id}/sponsor/accept")]
pub async fn accept_sponsor(
    app: web::Data<AppState>,
    FromPath((id, side)): FromPath<(ProjectId, DepartmentId)>,
    Call { actor, body: EmptyBody {}, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(&sponsors::accept(tx, id, side)?)).await
}

/// Decline the role of a sponsor
///
/// Declines the role of the sponsor of a side, for which you were proposed, even after you have accepted it. A sponsor
/// in office stays in office; otherwise, the role is vacant. If you are in office yourself, propose a successor
/// instead.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "Identifier of the project."),
        ("department_id" = DepartmentId, Path, description = "Identifier of the department of the side."),
    ),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The project.", body = ProjectBody),
        (status = 404, description = "`not_found`: the project does not exist, you do not have access to it, or the department is not one of its sides."),
        (status = 409, description = "`illegal_transition`: you are in office, or the project is closed or cancelled. `conflict`: another person was proposed in the meantime."),
    ),
)]
#[post("/v1/projects/{id}/sides/{department_id}/sponsor/decline")]
pub async fn decline_sponsor(
    app: web::Data<AppState>,
    FromPath((id, side)): FromPath<(ProjectId, DepartmentId)>,
    Call { actor, body: EmptyBody {}, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(&sponsors::decline(tx, id, side)?)).await
}

/// Confirm a sponsor
///
/// Confirms the proposed sponsor of a side on behalf of its department. Only the head of the department can do this. If
/// it has no head, or its first head was named recently, an administrator can confirm and must give a `reason`. The
/// administrator must have no role in the project and no regular position in any of its departments. After any other
/// change of the head, no one can confirm for `response_days` business days. If the side has no sponsor in office and
/// the head changes again during this time, an administrator waits for at most three times as long as after one change.
/// Confirming again changes nothing.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "Identifier of the project."),
        ("department_id" = DepartmentId, Path, description = "Identifier of the department of the side."),
    ),
    request_body = SponsorConfirmation,
    responses(
        (status = 200, description = "The project.", body = ProjectBody),
        (status = 404, description = "`not_found`: the project does not exist, you do not have access to it, or the department is not one of its sides."),
        (status = 409, description = "`conflict`: the head of the department has recently changed, you are also the head of another side, another person was proposed in the meantime, or with this person, an arbiter would no longer be neutral while a dispute, a question or a silent side waits for one. `not_ready`: the regular position of the person today is not in the department. `illegal_transition`: no one is proposed, or the project is closed or cancelled."),
    ),
)]
#[post("/v1/projects/{id}/sides/{department_id}/sponsor/confirm")]
pub async fn confirm_sponsor(
    app: web::Data<AppState>,
    FromPath((id, side)): FromPath<(ProjectId, DepartmentId)>,
    Call { actor, body, meta }: Call<SponsorConfirmation>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(&sponsors::confirm(tx, id, side, body.reason.as_deref())?)).await
}

/// Remove a sponsor
///
/// Removes the sponsor of a side without naming a successor. Only administrators can remove a sponsor. Use this if the
/// successor is not known yet; a sponsor who steps down proposes a successor instead. The delegations of the side are
/// revoked and its responses to open approvals are superseded. While a side of an `active`, `on_hold` or `closing`
/// project has no sponsor in office, approvals cannot be requested or responded to. After 10 business days of the
/// calendar, an `active` project is put on hold.
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
