//! Leaving a project before the agreed day.

use actix_web::{post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{MembershipEnd, MembershipEndBatch};
use super::{end, release};
use crate::collaboration::approvals::ConsentBody;
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

/// End a membership early
///
/// While the project is prepared, the lead and the sponsor of the side can. From a running project
/// a member is released by all sides (`release`); only administrators record what has happened
/// anyway. Nobody leaves an area without an accountable person: name the successors.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "The membership.")),
    request_body = MembershipEnd,
    responses(
        (status = 200, description = "The membership as it is now.", body = MembershipBody),
        (status = 404, description = "There is no such membership, or you have no part in its project."),
        (status = 409, description = "`conflict`: accountable beyond that day, for the areas in `areas`; `consent_required`: the project is running; `illegal_transition`: not accepted, or over."),
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

/// End up to 50 memberships at once
///
/// All or none: if one cannot end, none does, and the problem says which.
#[utoipa::path(
    tag = "Members",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = MembershipEndBatch,
    responses(
        (status = 200, description = "The memberships, in the order of the items.", body = MembershipBatch),
        (status = 404, description = "There is no such project, or you have no part in it."),
        (status = 409, description = "`conflict`: accountable beyond that day, for the areas in `areas`; `consent_required`: the project is running; `illegal_transition`: one is not accepted, or over."),
    ),
)]
#[post("/v1/projects/{id}/memberships/end")]
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

/// Ask to release a member
///
/// Before the agreed day, from a running project: all sides have to agree, because all of them
/// agreed to the team. A sponsor who asks has agreed by that.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "The membership.")),
    request_body = MembershipEnd,
    responses(
        (status = 201, description = "What the sides are asked.", body = ConsentBody),
        (status = 404, description = "There is no such membership, or you have no part in its project."),
        (status = 409, description = "`conflict`: accountable beyond that day, for the areas in `areas`, or nobody needs to agree; `already_exists`: the sides are being asked; `illegal_transition`: not accepted, or over; `not_ready`: a seat is vacant."),
    ),
)]
#[post("/v1/memberships/{id}/release")]
pub async fn release_member(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(MembershipId,)>,
    Call { actor, body, meta }: Call<MembershipEnd>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let asked = release::ask_release(tx, id, &body)?;
        let location = format!("/v1/consents/{}", asked.row.id);
        Ok(Response::created(location, &ConsentBody::try_from(&asked)?)?.version(asked.row.version))
    })
    .await
}
