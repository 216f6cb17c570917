//! Handlers for ending memberships early.

use actix_web::{post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{MembershipEnd, MembershipEndBatch};
use super::{end, release};
use crate::collaboration::approvals::ApprovalBody;
use crate::collaboration::memberships::member::Member;
use crate::collaboration::memberships::{MembershipBatch, MembershipBody};
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{MembershipId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(end_membership).service(end_memberships).service(release_member);
}

/// End a membership
///
/// Ends an accepted or active membership before its last day. Until the project is running, the sponsor of the side,
/// the lead and administrators can do this. In a running project, request a release instead, which needs the approval
/// of all sides; only administrators can still end the membership directly.
///
/// If the person is accountable for areas on or after `ends_on`, name a successor for each of them.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "The membership.")),
    request_body = MembershipEnd,
    responses(
        (status = 200, description = "The membership with its new end.", body = MembershipBody),
        (status = 404, description = "The membership does not exist, or you do not have access to its project."),
        (status = 409, description = "`conflict`: the person is accountable for the areas in `areas` and no successor is named, or an area is disputed; `approval_required`: the project is running, so request a release; `illegal_transition`: the membership is neither accepted nor active, or the project has ended."),
    ),
)]
#[post("/v1/memberships/{id}/end")]
pub async fn end_membership(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(MembershipId,)>,
    Call { actor, body, meta }: Call<MembershipEnd>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let member = end::end(tx, id, &body)?;
        Ok(Response::ok(&member.body())?.tag(member.etag()))
    })
    .await
}

/// End several memberships
///
/// Ends up to 50 memberships of a project in one transaction, under the rules for ending a single one. If one of them
/// cannot end, none does.
#[utoipa::path(
    tag = "Members",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = MembershipEndBatch,
    responses(
        (status = 200, description = "The memberships with their new ends, in the order of `items`.", body = MembershipBatch),
        (status = 404, description = "The project does not exist, or you do not have access to it."),
        (status = 409, description = "`conflict`: a person is accountable for the areas in `areas` and no successor is named, or an area is disputed; `approval_required`: the project is running, so request releases; `illegal_transition`: a membership is neither accepted nor active, or the project has ended."),
    ),
)]
#[post("/v1/projects/{id}/memberships/batch-end")]
pub async fn end_memberships(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<MembershipEndBatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let ended = end::end_batch(tx, id, &body)?;
        Response::ok(&MembershipBatch { data: ended.iter().map(Member::body).collect() })
    })
    .await
}

/// Request member release
///
/// Requests the approval of all sides to end a membership of a running project before its last day. The sponsor of the
/// side, the lead and administrators can do this. If you represent a side, your request counts as its approval. When
/// the last side has approved, the membership ends on `ends_on`, or today if that day has passed, and the successors
/// become accountable for the areas.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "The membership.")),
    request_body = MembershipEnd,
    responses(
        (status = 201, description = "The approval that was requested.", body = ApprovalBody),
        (status = 404, description = "The membership does not exist, or you do not have access to its project."),
        (status = 409, description = "`conflict`: the person is accountable for the areas in `areas` and no successor is named, or no approval is needed because the project is not running or the membership already ends on that day; `already_exists`: the same approval is already open; `illegal_transition`: the membership is neither accepted nor active, or the project has ended; `not_ready`: a side has no sponsor."),
    ),
)]
#[post("/v1/memberships/{id}/release")]
pub async fn release_member(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(MembershipId,)>,
    Call { actor, body, meta }: Call<MembershipEnd>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let approval = release::request_release(tx, id, &body)?;
        let location = format!("/v1/approvals/{}", approval.row.id);
        Ok(Response::created(location, &ApprovalBody::try_from(&approval)?)?.version(approval.row.version))
    })
    .await
}
