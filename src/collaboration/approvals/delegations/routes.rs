//! Handlers of `/v1/projects/{id}/delegations` and `/v1/delegations`.

use actix_web::{get, post, web};

use super::create;
use super::dto::{DelegationBody, NewDelegation, NewSponsorDelegation};
use super::filter::DelegationQuery;
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{DelegationId, DepartmentId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(create_delegation)
        .service(create_sponsor_delegation)
        .service(list_delegations)
        .service(revoke_delegation);
}

/// Create a delegation
///
/// Lets a person of your department respond to approvals for you during a period, for example your holidays. Only the
/// sponsor of the side can create a delegation, for at most 90 days, while the project is `proposed`, `active`,
/// `on_hold` or `closing`. A delegate cannot delegate further. A delegation is revoked when the side changes its
/// sponsor. `Location` is the list of the delegations of the project.
#[utoipa::path(
    tag = "Approvals",
    params(
        ("id" = ProjectId, Path, description = "Identifier of the project."),
        ("department_id" = DepartmentId, Path, description = "Identifier of the department of your side."),
    ),
    request_body = NewDelegation,
    responses(
        (status = 201, description = "The delegation.", body = DelegationBody),
        (status = 404, description = "`not_found`: the project does not exist, you do not have access to it, or the department is not one of its sides."),
        (status = 409, description = "`already_exists`: your side already has a delegate on some of these days. `conflict`: the person is a sponsor in the project, or a delegate of another department on some of these days. `illegal_transition`: the project is a draft, closed or cancelled."),
    ),
)]
#[post("/v1/projects/{id}/sides/{department_id}/delegations")]
pub async fn create_delegation(
    app: web::Data<AppState>,
    FromPath((id, side)): FromPath<(ProjectId, DepartmentId)>,
    Call { actor, body, meta }: Call<NewDelegation>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let created = create::in_side(tx, id, side, &body)?;
        Response::created(format!("/v1/projects/{id}/delegations"), &DelegationBody::from(created))
    })
    .await
}

/// Create a delegation for a sponsor
///
/// Lets a person of your department respond to approvals for you for at most 90 days, in one project or, without a
/// `project_id`, in all projects in which you are the sponsor of your department. If your side has a delegate of its
/// own in a project, that delegate responds instead.
///
/// A delegate cannot delegate further, and never responds for two sides. The person must not be a sponsor in any of
/// these projects, nor a delegate of another department on any of these days. If they become a sponsor later, they
/// respond only for their own side. `Location` is the list of the delegations of the project, or of one of the
/// projects.
#[utoipa::path(
    tag = "Approvals",
    request_body = NewSponsorDelegation,
    responses(
        (status = 201, description = "The delegation.", body = DelegationBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`already_exists`: your side already has a delegate on some of these days, or you already have one for all projects. `conflict`: the person is a sponsor in the project or in one of the projects (see `project_id`), or a delegate of another department on some of these days; or you are the sponsor of your department in no project. `illegal_transition`: the project is a draft, closed or cancelled."),
    ),
)]
#[post("/v1/delegations")]
pub async fn create_sponsor_delegation(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewSponsorDelegation>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (created, project) = create::by_sponsor(tx, &body)?;
        Response::created(format!("/v1/projects/{project}/delegations"), &DelegationBody::from(created))
    })
    .await
}

/// List the delegations of a project
///
/// Returns the delegations of a project, oldest first, including expired and revoked ones, and those of its sponsors
/// for all of their projects.
#[utoipa::path(
    tag = "Approvals",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), DelegationQuery, PageQuery),
    responses(
        (status = 200, description = "A page of delegations.", body = PageBody<DelegationBody>),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/projects/{id}/delegations")]
pub async fn list_delegations(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    ListRequest { query, page, links }: ListRequest<DelegationQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::list(conn, &actor, id, &query, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), DelegationBody::from)
}

/// Revoke a delegation
///
/// Revokes a delegation with immediate effect. Only the sponsor who created it can do this. Responses that the delegate
/// has already given stay valid.
#[utoipa::path(
    tag = "Approvals",
    params(("id" = DelegationId, Path, description = "Identifier of the delegation.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The revoked delegation.", body = DelegationBody),
        (status = 404, description = "`not_found`: the delegation does not exist, or you do not have access to its project."),
        (status = 409, description = "`illegal_transition`: the delegation has expired or is already revoked, or the project is closed or cancelled."),
    ),
)]
#[post("/v1/delegations/{id}/revoke")]
pub async fn revoke_delegation(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DelegationId,)>,
    Call { actor, body: EmptyBody {}, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| Response::ok(&DelegationBody::from(service::revoke(tx, id)?))).await
}
