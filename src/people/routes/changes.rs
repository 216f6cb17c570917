//! Importing people, ending positions, leaving the company.

use actix_web::{get, post, web};

use crate::auth::Actor;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::path::FromPath;
use crate::ids::{HomePositionId, PersonId};
use crate::people::dto::{
    Departure, HomePositionBody, HomePositionEnd, LeaverReport, PeopleBatch, PeopleBatchAnswer, PersonBody,
};
use crate::people::service::{self, Person};
use crate::people::{import, leaving};
use crate::state::AppState;

/// End a home position
///
/// When a person moves: the next position may begin on the day on which this one ends.
#[utoipa::path(
    tag = "Directory",
    params(("id" = HomePositionId, Path, description = "The home position.")),
    request_body = HomePositionEnd,
    responses(
        (status = 200, description = "The home position as it is now.", body = HomePositionBody),
        (status = 404, description = "There is no such home position."),
    ),
)]
#[post("/v1/home-positions/{id}/end")]
pub async fn end_home_position(
    app: web::Data<AppState>,
    path: FromPath<(HomePositionId,)>,
    call: Call<HomePositionEnd>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| {
        let ended = service::end_home_position(tx, id, body.on)?;
        Ok(Answer::ok(&HomePositionBody::from(ended))?.no_store())
    })
    .await
}

/// Import people
///
/// Adds those who are new and changes those who are known, by subject, else by e-mail address; all or
/// none. The same import again changes nothing.
#[utoipa::path(
    tag = "Directory",
    request_body = PeopleBatch,
    responses(
        (status = 200, description = "The people, in the order of the items.", body = PeopleBatchAnswer),
        (status = 409, description = "`conflict`: subject and e-mail address belong to two people, or a later position is recorded; `already_exists`: an address is taken."),
    ),
)]
#[post("/v1/people/import")]
pub async fn import_people(app: web::Data<AppState>, call: Call<PeopleBatch>) -> Result<Answer, Error> {
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| {
        let data = import::import(tx, &body)?;
        Ok(Answer::ok(&PeopleBatchAnswer { data })?.no_store().about(import::KEPT_ANSWERS))
    })
    .await
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
    path: FromPath<(PersonId,)>,
    call: Call<Departure>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| answer(leaving::deactivate(tx, id, &body.reason)?)).await
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
    path: FromPath<(PersonId,)>,
    call: Call<Departure>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| answer(leaving::reactivate(tx, id, &body.reason)?)).await
}

/// Read what a person would leave behind
///
/// Seats, areas, open questions, callback requests and memberships that would be orphaned if they left
/// today, with people who could take over.
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "The person.")),
    responses(
        (status = 200, description = "The report.", body = LeaverReport),
        (status = 404, description = "There is no such person."),
    ),
)]
#[get("/v1/people/{id}/leaver-report")]
pub async fn get_leaver_report(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(PersonId,)>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let now = app.world.now();
    let report = app.db.read(move |conn| leaving::report(conn, &actor, id, now)).await?;
    Ok(Answer::ok(&report)?.no_store())
}

fn answer(person: Person) -> Result<Answer, Error> {
    let (id, version) = (person.id, person.version);
    Ok(Answer::ok(&PersonBody::from(person))?.version(version).no_store().about(id))
}
