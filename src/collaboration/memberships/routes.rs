//! `/v1/projects/{id}/memberships` and `/v1/memberships`.

use actix_web::{get, patch, post, web};

use super::dto::{
    MembershipBatch, MembershipBody, MembershipPatch, MembershipQuery, MembershipWithIncluded, NewMembership,
    NewMembershipBatch, Parity, ParityQuery, PersonMembershipQuery,
};
use super::member::Member;
use super::{invite, respond, returning, service, update};
use crate::directory::expand::{self, ExpandQuery, PageWithIncluded};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::list::{ListRequest, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{MembershipId, PersonId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;
use crate::kernel::tx::Tx;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(invite_member)
        .service(invite_members)
        .service(list_memberships)
        .service(get_parity)
        .service(get_membership)
        .service(update_membership)
        .service(accept_membership)
        .service(decline_membership)
        .service(withdraw_membership);
}

/// Adds the operations that follow the releases in the OpenAPI document.
pub fn configure_returns(routes: &mut impl Routes) {
    routes.service(return_member).service(list_person_memberships);
}

/// Invite a person to a project
///
/// Invites a person to work in a project for one side. The sponsor of the side or their delegate can invite people for
/// it. The side must be the department of the person's regular position on the first day; a copy of that position is
/// stored with the invitation. The person becomes a member only after accepting the invitation, which expires after 14
/// days.
#[utoipa::path(
    tag = "Members",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = NewMembership,
    responses(
        (status = 201, description = "The membership, in state `invited`.", body = MembershipBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`already_exists`: the person is already a member or invited on some of the days. `illegal_transition`: the project is closing, closed or cancelled."),
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
        let member = invited.first().ok_or_else(|| Error::internal("an invitation created no membership"))?;
        Ok(Response::created(format!("/v1/memberships/{}", member.row.id), &member.body())?.tag(member.etag()))
    })
    .await
}

/// Invite several people to a project
///
/// Invites up to 50 people in one transaction, under the same conditions as a single invitation. If one item is
/// invalid, no invitation is created, and `errors` lists every violation with the JSON Pointer of its item, for example
/// `/items/3/person_id`.
#[utoipa::path(
    tag = "Members",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = NewMembershipBatch,
    responses(
        (status = 201, description = "The memberships, in the order of the items.", body = MembershipBatch),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`already_exists`: some of the people are already members or invited on some of the days. `illegal_transition`: the project is closing, closed or cancelled."),
    ),
)]
#[post("/v1/projects/{id}/memberships/batch-invite")]
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
/// Returns the memberships of a project, oldest invitation first, including declined, expired and ended ones. Use
/// `state`, `department_id` and `as_of` to filter.
#[utoipa::path(
    tag = "Members",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), MembershipQuery, PageQuery),
    responses(
        (status = 200, description = "A page of memberships.", body = PageWithIncluded<MembershipBody>),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
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
    app.db
        .read(move |conn| {
            let rows = service::list(conn, &actor, id, &query, now, &page)?;
            let listed = links.page(rows, |member| member.row.id.to_string(), |member| member.body())?;
            expand::respond_with_page(conn, &actor, query.expand.as_deref(), listed)
        })
        .await
}

/// Get the parity of a project
///
/// Compares how many people the sides contribute to a project on a given day, by number of members and by full-time
/// equivalents (FTE). Neutral roles are not counted. Until the project is activated and its first day is reached,
/// accepted memberships count as well. For any day other than today, all accepted memberships that include it count.
#[utoipa::path(
    tag = "Members",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), ParityQuery),
    responses(
        (status = 200, description = "The staffing of each side, and whether the sides are in parity.", body = Parity),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
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

/// List the memberships of a person
///
/// Returns the memberships of a person in the projects that you have access to, oldest invitation first. You can always
/// list all of your own memberships.
#[utoipa::path(
    tag = "Members",
    params(("id" = PersonId, Path, description = "Identifier of the person."), PersonMembershipQuery, PageQuery),
    responses(
        (status = 200, description = "A page of memberships.", body = PageWithIncluded<MembershipBody>),
        (status = 404, description = "`not_found`: the person does not exist."),
    ),
)]
#[get("/v1/people/{id}/memberships")]
pub async fn list_person_memberships(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(PersonId,)>,
    ListRequest { query, page, links }: ListRequest<PersonMembershipQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    app.db
        .read(move |conn| {
            let rows = service::of_person(conn, &actor, id, query.as_of, now, &page)?;
            let listed = links.page(rows, |member| member.row.id.to_string(), |member| member.body())?;
            expand::respond_with_page(conn, &actor, query.expand.as_deref(), listed)
        })
        .await
}

/// Get a membership
///
/// Returns a membership with its current state and the sponsors that the member reports to. People can always read
/// their own memberships.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "Identifier of the membership."), ExpandQuery),
    responses(
        (status = 200, description = "The membership.", body = MembershipWithIncluded),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`. Never with `expand`."),
        (status = 404, description = "`not_found`: the membership does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/memberships/{id}")]
pub async fn get_membership(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(MembershipId,)>,
    from: FromQuery<ExpandQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    app.db
        .read(move |conn| {
            let member = service::get(conn, &actor, id, now)?;
            let response = expand::respond(conn, &actor, from.0.expand.as_deref(), member.body())?;
            Ok(response.tag(member.etag()))
        })
        .await
}

/// Update a membership
///
/// Changes the role or the working time of an accepted or active member. Send only the fields to change (JSON Merge
/// Patch) and the current `ETag` in `If-Match`. Only the sponsor of the side that the member works for and their
/// delegate can do this. A change of the working time can change the parity of the project.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "Identifier of the membership.")),
    request_body(content = MembershipPatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The updated membership.", body = MembershipBody),
        (status = 404, description = "`not_found`: the membership does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the membership is neither accepted nor active, or the project has ended."),
    ),
)]
#[patch("/v1/memberships/{id}")]
pub async fn update_membership(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(MembershipId,)>,
    Call { actor, body, meta }: Call<MembershipPatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(&update::update(tx, id, &body)?)).await
}

/// Accept an invitation
///
/// Accepts the role and the dates of an invitation. Only the invitee can accept. The membership becomes `accepted`, and
/// `active` when its first day is reached and the project is active.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "Identifier of the membership.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The membership after the change.", body = MembershipBody),
        (status = 404, description = "`not_found`: the membership does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the invitation is no longer open. `conflict`: the invitee has become a sponsor of the project."),
    ),
)]
#[post("/v1/memberships/{id}/accept")]
pub async fn accept_membership(
    app: web::Data<AppState>,
    path: FromPath<(MembershipId,)>,
    call: Call<EmptyBody>,
) -> Result<Response, Error> {
    transition(app, path, call, respond::accept).await
}

/// Decline an invitation
///
/// Declines an invitation. Only the invitee can decline. A declined invitation cannot be accepted later, but the person
/// can be invited again.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "Identifier of the membership.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The membership after the change.", body = MembershipBody),
        (status = 404, description = "`not_found`: the membership does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the invitation is no longer open."),
    ),
)]
#[post("/v1/memberships/{id}/decline")]
pub async fn decline_membership(
    app: web::Data<AppState>,
    path: FromPath<(MembershipId,)>,
    call: Call<EmptyBody>,
) -> Result<Response, Error> {
    transition(app, path, call, respond::decline).await
}

/// Withdraw an invitation
///
/// Withdraws an invitation that the invitee has not responded to. The sponsor of the side or their delegate can
/// withdraw it.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "Identifier of the membership.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The membership after the change.", body = MembershipBody),
        (status = 404, description = "`not_found`: the membership does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the invitation is no longer open."),
    ),
)]
#[post("/v1/memberships/{id}/withdraw")]
pub async fn withdraw_membership(
    app: web::Data<AppState>,
    path: FromPath<(MembershipId,)>,
    call: Call<EmptyBody>,
) -> Result<Response, Error> {
    transition(app, path, call, respond::withdraw).await
}

/// Confirm the return of a member
///
/// Confirms that a member has returned to their regular position. The membership must be `returning`, and the person
/// must have a regular position today (in UTC). The member, the sponsor of the side, their delegate or an administrator
/// can confirm. When the last member of a closing project returns and the closure report has been submitted, the
/// project is closed.
#[utoipa::path(
    tag = "Members",
    params(("id" = MembershipId, Path, description = "Identifier of the membership.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The membership after the change.", body = MembershipBody),
        (status = 404, description = "`not_found`: the membership does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the member is not returning, or has no regular position to return to."),
    ),
)]
#[post("/v1/memberships/{id}/return")]
pub async fn return_member(
    app: web::Data<AppState>,
    path: FromPath<(MembershipId,)>,
    call: Call<EmptyBody>,
) -> Result<Response, Error> {
    transition(app, path, call, returning::confirm_return).await
}

async fn transition(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(MembershipId,)>,
    call: Call<EmptyBody>,
    step: fn(&mut Tx<'_>, MembershipId) -> Result<Member, Error>,
) -> Result<Response, Error> {
    app.write(call.actor, call.meta, move |tx| respond(&step(tx, id)?)).await
}

fn respond(member: &Member) -> Result<Response, Error> {
    Ok(Response::ok(&member.body())?.tag(member.etag()))
}
