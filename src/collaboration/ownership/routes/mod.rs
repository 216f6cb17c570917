//! `/v1/projects/{id}/areas`, `/v1/areas`, `/v1/assignments` and the coverage of a project.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

mod reading;

use super::dto::{
    AreaBody, AreaQuery, AssignmentBody, AssignmentCorrection, AssignmentEnd, Coverage, CoverageQuery, NewAssignment,
};
use super::filter::AssignmentQuery;
use super::store::Assignment;
use super::{assign, check_coverage, handover, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{AreaId, AssignmentId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(list_areas)
        .service(create_assignment)
        .service(list_assignments)
        .service(get_assignment)
        .service(end_assignment)
        .service(correct_assignment)
        .service(get_ownership_coverage)
        .service(reading::list_ownership)
        .service(reading::list_assignments_of_person)
        .service(reading::list_data_conflicts)
        .configure(super::transfers::configure)
        .configure(super::disputes::configure);
}

/// List the areas of a project
///
/// Each with who is accountable for it, today or on another day.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "The project."), AreaQuery, PageQuery),
    responses(
        (status = 200, description = "A page of areas.", body = PageBody<AreaBody>),
        (status = 404, description = "There is no such project, or you have no part in it."),
    ),
)]
#[get("/v1/projects/{id}/areas")]
pub async fn list_areas(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    ListRequest { query, page, links }: ListRequest<AreaQuery>,
) -> Result<Response, Error> {
    let (as_of, now) = (query.as_of, app.environment.now());
    let areas = app.db.read(move |conn| service::areas(conn, &actor, id, as_of, now, &page)).await?;
    links.respond(areas, |area| area.id.to_string(), |area| area)
}

/// Assign a person to an area
///
/// Sponsors and the lead assign. One person at a time is accountable; to hand over, end the
/// present assignment on a day and begin the next one on the same day.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AreaId, Path, description = "The area.")),
    request_body = NewAssignment,
    responses(
        (status = 201, description = "The assignment.", body = AssignmentBody),
        (status = 404, description = "There is no such area, or you have no part in its project."),
        (status = 409, description = "`conflict`: somebody is accountable already, see `owner`, or the area is disputed; `already_exists`: the person has this responsibility; `illegal_transition`: the project is over."),
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
/// Past, present and planned ones, in the order in which they were made.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AreaId, Path, description = "The area."), AssignmentQuery, PageQuery),
    responses(
        (status = 200, description = "A page of assignments.", body = PageBody<AssignmentBody>),
        (status = 404, description = "There is no such area, or you have no part in its project."),
        (status = 422, description = "`known_at` is to come."),
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

/// Read an assignment
///
/// Who has which responsibility for an area, and on which days.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AssignmentId, Path, description = "The assignment.")),
    responses(
        (status = 200, description = "The assignment.", body = AssignmentBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such assignment, or you have no part in its project."),
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
    answer(assignment)
}

/// End an assignment
///
/// The day may be today or later. An assignment that has not begun can be ended on its first day,
/// and then never takes effect. An area of a running project keeps an accountable person: name the
/// successor, who takes over on that day.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AssignmentId, Path, description = "The assignment.")),
    request_body = AssignmentEnd,
    responses(
        (status = 200, description = "The assignment as it is now.", body = AssignmentBody),
        (status = 404, description = "There is no such assignment, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: the assignment or the project is over; `conflict`: nobody would be accountable, or the area is disputed."),
    ),
)]
#[post("/v1/assignments/{id}/end")]
pub async fn end_assignment(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AssignmentId,)>,
    Call { actor, body, meta }: Call<AssignmentEnd>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(handover::end(tx, id, &body)?)).await
}

/// Correct an assignment
///
/// When its days were recorded wrongly, past ones included. What was known before is kept and can be
/// read with `known_at`.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AssignmentId, Path, description = "The assignment.")),
    request_body = AssignmentCorrection,
    responses(
        (status = 200, description = "The assignment as it is now.", body = AssignmentBody),
        (status = 404, description = "There is no such assignment, or you have no part in its project."),
        (status = 409, description = "`conflict`, `already_exists`: the days clash with another assignment, or the area is disputed; `illegal_transition`: the project is over."),
    ),
)]
#[post("/v1/assignments/{id}/correct")]
pub async fn correct_assignment(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AssignmentId,)>,
    Call { actor, body, meta }: Call<AssignmentCorrection>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(handover::correct(tx, id, &body)?)).await
}

/// Check who covers what
///
/// For every area: days on which nobody is accountable, on which the accountable person is no
/// member or works for another side, and days for which proposals exclude each other; in the past
/// and in the future.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "The project."), CoverageQuery),
    responses(
        (status = 200, description = "What is wrong with each area, if anything.", body = Coverage),
        (status = 404, description = "There is no such project, or you have no part in it."),
        (status = 422, description = "No day of the project is between `from` and `to`."),
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

fn answer(assignment: Assignment) -> Result<Response, Error> {
    let version = assignment.version;
    Ok(Response::ok(&AssignmentBody::from(assignment))?.version(version))
}
