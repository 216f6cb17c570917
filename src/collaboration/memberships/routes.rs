//! `/v1/projects/{id}/memberships` and `/v1/memberships`.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{
    MembershipBatch, MembershipBody, MembershipQuery, NewMembership, NewMembershipBatch, Parity, ParityQuery,
    PersonMembershipQuery,
};
use super::member::Member;
use super::{invite, respond, returning, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{MembershipId, PersonId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;
use crate::kernel::tx::Tx;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(invite_member)
        .service(invite_members)
        .service(list_memberships)
        .service(get_parity)
        .service(get_membership)
        .service(accept_membership)
        .service(decline_membership)
        .service(withdraw_membership);
}

/// What comes after the releases in the document.
pub fn configure_returns(config: &mut ServiceConfig) {
    config.service(return_member).service(list_memberships_of_person);
}

/// Invite a person to a project
///
/// Sponsors and the lead invite. The person works for the side of their home position, which is
/// remembered with the invitation, and is a member only after accepting role and dates within
/// 14 days.
#[utoipa::path(
    tag = "Members",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = NewMembership,
    responses(
        (status = 201, description = "The invitation.", body = MembershipBody),
        (status = 404, description = "There is no such project, or you have no part in it."),
        (status = 409, description = "`already_exists`: a member or invited on some of the days; `illegal_transition`: the project takes nobody on any more."),
    ),
)]
#[post("/v1/projects/{id}/memberships")]
pub async fn invite_member(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<NewMembership>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let invited = invite::invite(tx, id, std::slice::from_ref(&body), |_| String::new())?;
        let member = invited.first().ok_or_else(|| Error::internal("an invitation left no membership"))?;
        Ok(Response::created(format!("/v1/memberships/{}", member.row.id), &member.body())?.tag(member.etag()))
    })
    .await
}

/// Invite up to 50 people at once
///
/// All or nobody: if one invitation cannot be sent, none is, and `errors` names every bad item by
/// its place, such as `/items/3/person_id`.
#[utoipa::path(
    tag = "Members",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = NewMembershipBatch,
    responses(
        (status = 201, description = "The invitations, in the order of the items.", body = MembershipBatch),
        (status = 404, description = "There is no such project, or you have no part in it."),
        (status = 409, description = "`already_exists`: some are members or invited on some of the days; `illegal_transition`: the project takes nobody on any more."),
    ),
)]
#[post("/v1/projects/{id}/memberships/batch")]
pub async fn invite_members(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<NewMembershipBatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let invited = invite::invite(tx, id, &body.items, |index| format!("/items/{index}"))?;
        let batch = MembershipBatch { data: invited.iter().map(Member::body).collect() };
        Response::created(format!("/v1/projects/{id}/memberships"), &batch)
    })
    .await
}

/// List the memberships of a project
///
/// In the order of the invitations, past ones included.
#[utoipa::path(
    tag = "Members",
    params(("id" = ProjectId, Path, description = "The project."), MembershipQuery, PageQuery),
    responses(
        (status = 200, description = "A page of memberships.", body = PageBody<MembershipBody>),
        (status = 404, description = "There is no such project, or you have no part in it."),
    ),
)]
#[get("/v1/projects/{id}/memberships")]
pub async fn list_memberships(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    ListRequest { query, page, links }: ListRequest<MembershipQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::list(conn, &actor, id, &query, now, &page)).await?;
    links.respond(rows, |member| member.row.id.to_string(), |member| member.body())
}

/// Compare the strength of the sides
///
/// Counts who is on the team on a day, leaving neutral roles out, in heads and in shares of a
/// full-time job. Before activation, and before the first day of the project, those count who have accepted.
#[utoipa::path(
    tag = "Members",
    params(("id" = ProjectId, Path, description = "The project."), ParityQuery),
    responses(
        (status = 200, description = "The strength of each side, and whether they are in parity.", body = Parity),
        (status = 404, description = "There is no such project, or you have no part in it."),
    ),
)]
#[get("/v1/projects/{id}/parity")]
pub async fn get_parity(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    from: FromQuery<ParityQuery>,
) -> Result<Response, Error> {
    let (as_of, now) = (from.0.as_of, app.environment.now());
    let parity = app.db.read(move |conn| service::parity(conn, &actor, id, as_of, now)).await?;
    Response::ok(&parity)
}

/// List where a person works
///
/// Their memberships in the projects that you may see, in the order of the invitations; you see all
/// of your own.
#[utoipa::path(
    tag = "Members",
    params(("id" = PersonId, Path, description = "The person."), PersonMembershipQuery, PageQuery),
    responses(
        (status = 200, description = "A page of memberships.", body = PageBody<MembershipBody>),
        (status = 404, description = "There is no such person."),
    ),
)]
#[get("/v1/people/{id}/memberships")]
pub async fn list_memberships_of_person(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(PersonId,)>,
    ListRequest { query, page, links }: ListRequest<PersonMembershipQuery>,
) -> Result<Response, Error> {
    let (as_of, now) = (query.as_of, app.environment.now());
    let rows = app.db.read(move |conn| service::of_person(conn, &actor, id, as_of, now, &page)).await?;
    links.respond(rows, |member| member.row.id.to_string(), |member| member.body())
}

/// Read a membership
///
/// With its state at this moment and the sponsors that the member answers to.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "The membership.")),
    responses(
        (status = 200, description = "The membership.", body = MembershipBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such membership, or you have no part in its project."),
    ),
)]
#[get("/v1/memberships/{id}")]
pub async fn get_membership(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(MembershipId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let member = app.db.read(move |conn| service::get(conn, &actor, id, now)).await?;
    answer(&member)
}

/// Accept an invitation
///
/// Only the invitee can. From the first day on, and once the project is active, they are an
/// active member.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "The membership.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The membership as it is now.", body = MembershipBody),
        (status = 404, description = "There is no such membership, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: the invitation is not open any more; `conflict`: the invitee has become a sponsor."),
    ),
)]
#[post("/v1/memberships/{id}/accept")]
pub async fn accept_membership(
    app: web::Data<AppState>,
    path: FromPath<(MembershipId,)>,
    call: Call<Nothing>,
) -> Result<Response, Error> {
    transition(app, path, call, respond::accept).await
}

/// Decline an invitation
///
/// Only the invitee can.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "The membership.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The membership as it is now.", body = MembershipBody),
        (status = 404, description = "There is no such membership, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: the invitation is not open any more."),
    ),
)]
#[post("/v1/memberships/{id}/decline")]
pub async fn decline_membership(
    app: web::Data<AppState>,
    path: FromPath<(MembershipId,)>,
    call: Call<Nothing>,
) -> Result<Response, Error> {
    transition(app, path, call, respond::decline).await
}

/// Withdraw an invitation
///
/// Sponsors and the lead can, until the invitee has answered.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "The membership.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The membership as it is now.", body = MembershipBody),
        (status = 404, description = "There is no such membership, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: the invitation is not open any more."),
    ),
)]
#[post("/v1/memberships/{id}/withdraw")]
pub async fn withdraw_membership(
    app: web::Data<AppState>,
    path: FromPath<(MembershipId,)>,
    call: Call<Nothing>,
) -> Result<Response, Error> {
    transition(app, path, call, respond::withdraw).await
}

/// Confirm a return
///
/// The member is back in their home position. The member, the lead and the sponsor of the side can.
/// The last return closes a closing project whose report is written.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "The membership.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The membership as it is now.", body = MembershipBody),
        (status = 404, description = "There is no such membership, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: the member is not returning, or has no home position to return to."),
    ),
)]
#[post("/v1/memberships/{id}/return")]
pub async fn return_member(
    app: web::Data<AppState>,
    path: FromPath<(MembershipId,)>,
    call: Call<Nothing>,
) -> Result<Response, Error> {
    transition(app, path, call, returning::confirm_return).await
}

async fn transition(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(MembershipId,)>,
    call: Call<Nothing>,
    step: fn(&mut Tx<'_>, MembershipId) -> Result<Member, Error>,
) -> Result<Response, Error> {
    app.write(call.actor, call.meta, move |tx| answer(&step(tx, id)?)).await
}

fn answer(member: &Member) -> Result<Response, Error> {
    Ok(Response::ok(&member.body())?.tag(member.etag()))
}
