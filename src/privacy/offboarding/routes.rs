//! `/v1/people/{id}/deactivate`, `/v1/people/{id}/reactivate`, `/v1/people/{id}/offboarding-report` and
//! `/v1/people/{id}/offboard`.

use actix_web::{HttpRequest, get, post, web};
use serde_json::json;

use super::dto::{DeactivatePerson, OffboardingReport, ReactivatePerson};
use super::offboard_dto::{OffboardPerson, OffboardingResult};
use super::{offboard, report, service};
use crate::directory::people::{Person, PersonBody};
use crate::kernel::audit::{self, PersonalDataRead};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::PersonId;
use crate::kernel::request::{self, Call};
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(deactivate_person)
        .service(reactivate_person)
        .service(get_offboarding_report)
        .service(offboard_person);
}

/// Deactivate a person
///
/// Records that a person has left the company. Their sponsor roles become vacant, their memberships end, and their open
/// invitations are withdrawn. Their tokens are refused within five seconds (401 `person_deactivated`). Nothing is
/// reassigned: areas stay assigned to the person until you transfer them. Get the offboarding report first.
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "Identifier of the person.")),
    request_body = DeactivatePerson,
    responses(
        (status = 200, description = "The updated person.", body = PersonBody),
        (status = 404, description = "`not_found`: the person does not exist."),
        (status = 409, description = "`illegal_transition`: the person is already deactivated."),
    ),
)]
#[post("/v1/people/{id}/deactivate")]
pub async fn deactivate_person(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(PersonId,)>,
    Call { actor, body, meta }: Call<DeactivatePerson>,
) -> Result<Response, Error> {
    let response = app.write(actor, meta, move |tx| respond(service::deactivate(tx, id, &body.reason)?)).await?;
    app.discard_person(id);
    Ok(response)
}

/// Reactivate a person
///
/// Records that a deactivated person works for the company again. Their tokens are accepted again. The person becomes
/// the sponsor again of every side that has no new sponsor. Memberships that ended stay ended.
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "Identifier of the person.")),
    request_body = ReactivatePerson,
    responses(
        (status = 200, description = "The updated person.", body = PersonBody),
        (status = 404, description = "`not_found`: the person does not exist."),
        (status = 409, description = "`illegal_transition`: the person is not deactivated, or is erased."),
    ),
)]
#[post("/v1/people/{id}/reactivate")]
pub async fn reactivate_person(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(PersonId,)>,
    Call { actor, body, meta }: Call<ReactivatePerson>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(service::reactivate(tx, id, &body.reason)?)).await
}

/// Get the offboarding report of a person
///
/// Lists everything that names a person and that another person has to take over if they leave today: sponsor roles,
/// areas and departments (with possible successors), projects led, delegations, transfers, open approvals, decisions
/// and disputes, managed people, the roster, callback requests and memberships. Use it before you deactivate a person.
/// It changes no data, and every call has an entry in the audit trail.
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "Identifier of the person.")),
    responses(
        (status = 200, description = "The report.", body = OffboardingReport),
        (status = 404, description = "`not_found`: the person does not exist."),
    ),
)]
#[get("/v1/people/{id}/offboarding-report")]
pub async fn get_offboarding_report(
    app: web::Data<AppState>,
    request: HttpRequest,
    actor: Actor,
    FromPath((id,)): FromPath<(PersonId,)>,
) -> Result<Response, Error> {
    let (caller, now) = (actor.clone(), app.environment.now());
    let report = app.db.read(move |conn| report::report(conn, &actor, id, now)).await?;
    let read = PersonalDataRead {
        operation: "get_offboarding_report",
        person: Some(id.to_string()),
        read: json!({ "person": id }),
    };
    audit::record_read(&app, caller, request::request_id(&request), read).await?;
    Ok(Response::ok(&report)?.no_store())
}

/// Hand over what a person is responsible for
///
/// Hands over the responsibilities of a person who leaves to the named successors, in one transaction: areas of all
/// responsibilities (from today), departments that the person heads, managed people, and open callback requests, which
/// go to another agent or return to the queue. A successor of a sponsor is only proposed (`sponsor.proposed`).
/// `remaining` lists everything else that names the person, and who has to act. Repeating a request changes nothing.
///
/// This operation never makes a decision that belongs to the sides of a project. A proposed sponsor has to accept, and
/// the head of the department has to confirm. A new lead and a new panel need an amendment of the charter. It does not
/// deactivate the person.
///
/// A managed person keeps the regular position up to the day before `valid_from`, and gets one with the new manager
/// from that day on (`home_position.ended`, `home_position.created`). Only a position that has not begun by then gets
/// the new manager itself (`home_position.updated`).
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "Identifier of the person.")),
    request_body = OffboardPerson,
    responses(
        (status = 200, description = "What was handed over, and what remains.", body = OffboardingResult),
        (status = 404, description = "`not_found`: the person does not exist."),
        (status = 409, description = "`illegal_transition`: the person is erased, or a project has ended. `conflict`: an area is disputed, the successor already has it, the proposed sponsor is the lead, a member or the sponsor of another side, or the head of the department has recently changed. `already_exists`: the successor already has this responsibility on some of the days. `conflicting_field` is the item of the request."),
    ),
)]
#[post("/v1/people/{id}/offboard")]
pub async fn offboard_person(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(PersonId,)>,
    Call { actor, body, meta }: Call<OffboardPerson>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| Ok(Response::ok(&offboard::offboard(tx, id, &body)?)?.no_store())).await
}

fn respond(person: Person) -> Result<Response, Error> {
    let (id, version) = (person.id, person.version);
    Ok(Response::ok(&PersonBody::from(person))?.version(version).no_store().about(id))
}
