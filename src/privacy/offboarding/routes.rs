//! `/v1/people/{id}/deactivate`, `reactivate` and the offboarding report.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{Departure, OffboardingReport};
use super::service;
use crate::directory::people::{Person, PersonBody};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::PersonId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(deactivate_person).service(reactivate_person).service(get_leaver_report);
}

/// Record that a person has left
///
/// Their seats count as vacant and their memberships end; nothing is reassigned. Read the leaver
/// report first.
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "The person.")),
    request_body = Departure,
    responses(
        (status = 200, description = "The person as it is now.", body = PersonBody),
        (status = 404, description = "There is no such person."),
        (status = 409, description = "`illegal_transition`: they have left already."),
    ),
)]
#[post("/v1/people/{id}/deactivate")]
pub async fn deactivate_person(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(PersonId,)>,
    Call { actor, body, meta }: Call<Departure>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(service::deactivate(tx, id, &body.reason)?)).await
}

/// Record that a person is back
///
/// Seats that nobody has taken are theirs again; memberships are not.
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "The person.")),
    request_body = Departure,
    responses(
        (status = 200, description = "The person as it is now.", body = PersonBody),
        (status = 404, description = "There is no such person."),
        (status = 409, description = "`illegal_transition`: they have not left."),
    ),
)]
#[post("/v1/people/{id}/reactivate")]
pub async fn reactivate_person(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(PersonId,)>,
    Call { actor, body, meta }: Call<Departure>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(service::reactivate(tx, id, &body.reason)?)).await
}

/// Read what a person would leave behind
///
/// Seats, areas, open questions, callback requests and memberships that would be orphaned if they left
/// today, with people who could take over.
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "The person.")),
    responses(
        (status = 200, description = "The report.", body = OffboardingReport),
        (status = 404, description = "There is no such person."),
    ),
)]
#[get("/v1/people/{id}/leaver-report")]
pub async fn get_leaver_report(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(PersonId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let report = app.db.read(move |conn| service::report(conn, &actor, id, now)).await?;
    Ok(Response::ok(&report)?.no_store())
}

fn answer(person: Person) -> Result<Response, Error> {
    let (id, version) = (person.id, person.version);
    Ok(Response::ok(&PersonBody::from(person))?.version(version).no_store().about(id))
}
