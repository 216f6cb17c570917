//! Handlers for ending memberships early.

use actix_web::{post, web};

use super::dto::{MembershipEnd, MembershipEndBatch};
use super::{end, release};
use crate::collaboration::approvals::ApprovalBody;
use crate::collaboration::memberships::member::Member;
use crate::collaboration::memberships::{MembershipBatch, MembershipBody};
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{MembershipId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(end_membership).service(end_memberships).service(release_member);
}

/// End a membership
///
/// Ends an accepted or active membership earlier than planned. While the project is `draft` or `proposed`, the sponsor
/// of the side, their delegate or an administrator can do this. Once the project is activated, request a release
/// instead, which needs the approval of all sides; only administrators can still end the membership directly. The event
/// `membership.ended` is sent at once, and `membership.returning` when the end is reached. A membership that ends on or
/// before its first day never begins: it is `withdrawn`, and `membership.withdrawn` is sent instead.
///
/// If the person is accountable for areas on or after `ends_on`, name a successor for each of them.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "Identifier of the membership.")),
    request_body = MembershipEnd,
    responses(
        (status = 200, description = "The membership with its new end.", body = MembershipBody),
        (status = 404, description = "`not_found`: the membership does not exist, or you do not have access to its project."),
        (status = 409, description = "`conflict`: the person is accountable for the areas in `areas` and no successor is named, or an area is disputed. `approval_required`: the project was activated, so request a release. `illegal_transition`: the membership is neither accepted nor active, or the project has ended."),
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
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = MembershipEndBatch,
    responses(
        (status = 200, description = "The memberships with their new ends, in the order of `items`.", body = MembershipBatch),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`conflict`: a person is accountable for the areas in `areas` and no successor is named, or an area is disputed. `approval_required`: the project was activated, so request releases. `illegal_transition`: a membership is neither accepted nor active, or the project has ended."),
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

/// Request to release a member
///
/// Requests the approval of all sides to end an accepted or active membership earlier than planned, in a project that
/// was activated and has not ended. The sponsor of the side, their delegate or an administrator can request it. If you
/// represent a side, your request counts as its approval. When the last side has approved, the membership ends on
/// `ends_on`, or today if that day has passed, and the successors become accountable for the areas.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "Identifier of the membership.")),
    request_body = MembershipEnd,
    responses(
        (status = 201, description = "The approval that was requested.", body = ApprovalBody),
        (status = 404, description = "`not_found`: the membership does not exist, or you do not have access to its project."),
        (status = 409, description = "`conflict`: the person is accountable for the areas in `areas` and no successor is named, or no approval is needed because the project has not been activated yet or the membership already ends on that day. `already_exists`: the same approval is already open. `illegal_transition`: the membership is neither accepted nor active, or the project has ended."),
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
