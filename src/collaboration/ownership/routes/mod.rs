//! `/v1/projects/{id}/areas`, `/v1/areas`, `/v1/assignments` and the ownership coverage of a project.

use actix_web::{get, post, web};

mod reading;

use super::dto::{
    AreaBody, AreaQuery, AssignmentBody, AssignmentCorrection, AssignmentEnd, Coverage, CoverageQuery, NewAssignment,
};
use super::filter::AssignmentQuery;
use super::store::Assignment;
use super::{assign, check_coverage, handover, service};
use crate::directory::expand::{self, PageWithIncluded};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{AreaId, AssignmentId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(list_areas)
        .service(create_assignment)
        .service(list_assignments)
        .service(get_assignment)
        .service(end_assignment)
        .service(correct_assignment)
        .service(get_ownership_coverage)
        .service(reading::list_ownership)
        .service(reading::list_person_assignments)
        .service(reading::list_data_conflicts)
        .service(reading::list_data_owners)
        .configure(super::transfers::configure)
        .configure(super::disputes::configure);
}

/// List the areas of a project
///
/// Returns the areas of a project, oldest first, including areas that were removed from the charter. Each area includes
/// the assignment of the person who is accountable today, or on the day given in `as_of`.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), AreaQuery, PageQuery),
    responses(
        (status = 200, description = "A page of areas.", body = PageWithIncluded<AreaBody>),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/projects/{id}/areas")]
pub async fn list_areas(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    ListRequest { query, page, links }: ListRequest<AreaQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    app.db
        .read(move |conn| {
            let areas = service::areas(conn, &actor, id, query.as_of, now, &page)?;
            let listed = links.page(areas, |area| area.id.to_string(), |area| area)?;
            expand::respond_with_page(conn, &actor, query.expand.as_deref(), listed)
        })
        .await
}

/// Create an assignment
///
/// Assigns a responsibility for an area to a member of the project. The sponsor of the side that owns the area or their
/// delegate can assign. Accountable and responsible people must be members of that side on all days of the assignment.
/// Only one person at a time can be accountable: to hand an area over, end the current assignment and name a successor,
/// or offer a transfer. If the current assignment already has an end, you can also create the next one, starting on its
/// `valid_to`.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AreaId, Path, description = "Identifier of the area.")),
    request_body = NewAssignment,
    responses(
        (status = 201, description = "The assignment.", body = AssignmentBody),
        (status = 404, description = "`not_found`: the area does not exist, or you do not have access to it."),
        (status = 409, description = "`conflict`: another person is accountable on some of the days (see `owner`), the area is disputed, or it was removed from the charter. `already_exists`: the person already has this responsibility on some of the days. `illegal_transition`: the project is closed or cancelled."),
    ),
)]
#[post("/v1/areas/{id}/assignments")]
pub async fn create_assignment(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AreaId,)>,
    Call { actor, body, meta }: Call<NewAssignment>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let assignment = assign::assign(tx, id, &body)?;
        let location = format!("/v1/assignments/{}", assignment.id);
        let version = assignment.version;
        Ok(Response::created(location, &AssignmentBody::from(assignment))?.version(version))
    })
    .await
}

/// List the assignments of an area
///
/// Returns the past, current and planned assignments of an area, oldest first. Use `as_of` for the assignments on a
/// given day, and `known_at` for the assignments as they were recorded at a given time.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AreaId, Path, description = "Identifier of the area."), AssignmentQuery, PageQuery),
    responses(
        (status = 200, description = "A page of assignments.", body = PageBody<AssignmentBody>),
        (status = 404, description = "`not_found`: the area does not exist, or you do not have access to it."),
        (status = 422, description = "`validation_failed`: `known_at` is in the future."),
    ),
)]
#[get("/v1/areas/{id}/assignments")]
pub async fn list_assignments(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(AreaId,)>,
    ListRequest { query, page, links }: ListRequest<AssignmentQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::list(conn, &actor, id, &query, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), AssignmentBody::from)
}

/// Get an assignment
///
/// Returns the current version of an assignment: the person, their responsibility for the area, and the days.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AssignmentId, Path, description = "Identifier of the assignment.")),
    responses(
        (status = 200, description = "The assignment.", body = AssignmentBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the assignment does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/assignments/{id}")]
pub async fn get_assignment(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(AssignmentId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let assignment = app.db.read(move |conn| service::get(conn, &actor, id, now)).await?;
    respond(assignment)
}

/// End an assignment
///
/// Ends an assignment on a given day, today or later. The sponsor of the side that owns the area or their delegate can
/// end it. If you end a planned assignment on its first day, it never takes effect. If a successor is named, they take
/// over on that day. A successor is required if the project was activated and the area would otherwise have no
/// accountable person. To let the successor accept first, offer a transfer instead.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AssignmentId, Path, description = "Identifier of the assignment.")),
    request_body = AssignmentEnd,
    responses(
        (status = 200, description = "The updated assignment.", body = AssignmentBody),
        (status = 404, description = "`not_found`: the assignment does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the assignment has ended, or the project is closed or cancelled. `conflict`: the area would have no accountable person, the successor is already accountable, or the area is disputed."),
    ),
)]
#[post("/v1/assignments/{id}/end")]
pub async fn end_assignment(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AssignmentId,)>,
    Call { actor, body, meta }: Call<AssignmentEnd>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(handover::end(tx, id, &body)?)).await
}

/// Correct an assignment
///
/// Corrects the dates of an assignment that were recorded incorrectly, including past dates. Earlier versions are
/// kept and can be read with `known_at`. Once the project is activated, a correction cannot leave an area without an
/// accountable person from today on.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AssignmentId, Path, description = "Identifier of the assignment.")),
    request_body = AssignmentCorrection,
    responses(
        (status = 200, description = "The updated assignment.", body = AssignmentBody),
        (status = 404, description = "`not_found`: the assignment does not exist, or you do not have access to it."),
        (status = 409, description = "`conflict`: another person is accountable on some of the days, the area would have no accountable person, or it is disputed. `already_exists`: the person already has this responsibility on some of the days. `illegal_transition`: the project is closed or cancelled."),
    ),
)]
#[post("/v1/assignments/{id}/correct")]
pub async fn correct_assignment(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AssignmentId,)>,
    Call { actor, body, meta }: Call<AssignmentCorrection>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(handover::correct(tx, id, &body)?)).await
}

/// Get the ownership coverage of a project
///
/// Checks the ownership of every area of a project, in the past and in the future. For each area it returns the days
/// without an accountable person (`gaps`), the days on which the accountable person is not a member (`orphans`) or
/// works for another side (`side_mismatches`), and the days for which open proposals name different people
/// (`overlaps`).
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), CoverageQuery),
    responses(
        (status = 200, description = "The ownership problems of each area.", body = Coverage),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 422, description = "`validation_failed`: there is no day of the project between `from` and `to`."),
    ),
)]
#[get("/v1/projects/{id}/ownership/coverage")]
pub async fn get_ownership_coverage(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    from: FromQuery<CoverageQuery>,
) -> Result<Response, Error> {
    let (query, now) = (from.0, app.environment.now());
    let coverage = app.db.read(move |conn| check_coverage::coverage(conn, &actor, id, &query, now)).await?;
    Response::ok(&coverage)
}

fn respond(assignment: Assignment) -> Result<Response, Error> {
    let version = assignment.version;
    Ok(Response::ok(&AssignmentBody::from(assignment))?.version(version))
}
