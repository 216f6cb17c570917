//! `/v1/people` and `/v1/me`.

use actix_web::{get, patch, post, web};

mod changes;

use super::dto::{
    HomePositionBody, HomePositionQuery, NewHomePosition, NewPerson, PersonBody, PersonPatch, PersonQuery,
};
use super::filter::PersonFilter;
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::PersonId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(get_me)
        .service(create_person)
        .service(list_people)
        .service(get_person)
        .service(update_person)
        .service(create_home_position)
        .service(list_home_positions)
        .service(changes::end_home_position)
        .service(changes::import_people);
}

/// Get the current person
///
/// Returns the person in the directory whose `login` and `login_issuer` are the subject and the issuer of your token;
/// 403 `person_unknown` if there is none. Applications have no entry in the directory, so their tokens receive 404.
#[utoipa::path(
    tag = "Directory",
    responses(
        (status = 200, description = "The current person.", body = PersonBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the token represents an application."),
    ),
)]
#[get("/v1/me")]
pub async fn get_me(app: web::Data<AppState>, actor: Actor) -> Result<Response, Error> {
    let person = app.db.read(move |conn| service::me(conn, &actor)).await?;
    let version = person.version;
    Ok(Response::ok(&PersonBody::from(person))?.version(version).no_store())
}

/// Create a person
///
/// Adds a person to the directory. The e-mail address, the login and the employee number must not belong to another
/// person. Without a `login`, the person cannot sign in, unless the service is configured to link people by their
/// e-mail address.
#[utoipa::path(
    tag = "Directory",
    request_body = NewPerson,
    responses(
        (status = 201, description = "The new person.", body = PersonBody),
        (status = 409, description = "`already_exists`: another person has this e-mail address, login or employee number."),
    ),
)]
#[post("/v1/people")]
pub async fn create_person(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewPerson>,
) -> Result<Response, Error> {
    let issuers = app.login_issuers.clone();
    app.write(actor, meta, move |tx| {
        let person = service::create(tx, &issuers, &body)?;
        let (id, version) = (person.id, person.version);
        let location = format!("/v1/people/{id}");
        Ok(Response::created(location, &PersonBody::from(person))?.version(version).no_store().about(id))
    })
    .await
}

/// List people
///
/// Returns people, oldest entry first. Filter by login, department or deactivation.
#[utoipa::path(
    tag = "Directory",
    params(PersonQuery, PageQuery),
    responses((status = 200, description = "A page of people.", body = PageBody<PersonBody>)),
)]
#[get("/v1/people")]
pub async fn list_people(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { query, page, links }: ListRequest<PersonQuery>,
) -> Result<Response, Error> {
    let today = app.environment.now().day();
    let filter = PersonFilter::from(query);
    let rows = app.db.read(move |conn| service::list(conn, &actor, &filter, today, &page)).await?;
    Ok(links.respond(rows, |row| row.id.to_string(), PersonBody::from)?.no_store())
}

/// Get a person
///
/// Returns a person with the `ETag`. Send the `ETag` in `If-Match` when you update the person.
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "Identifier of the person.")),
    responses(
        (status = 200, description = "The person.", body = PersonBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the person does not exist."),
    ),
)]
#[get("/v1/people/{id}")]
pub async fn get_person(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(PersonId,)>,
) -> Result<Response, Error> {
    let FromPath((id,)) = path;
    let person = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let version = person.version;
    Ok(Response::ok(&PersonBody::from(person))?.version(version).no_store())
}

/// Update a person
///
/// Changes the fields that you send (JSON Merge Patch). Absent fields do not change; send null to clear a nullable
/// field. Send the `ETag` of the version you read in `If-Match`. To record that a person has left the company,
/// deactivate the person instead. To end all sessions of a person, set `tokens_not_before`.
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "Identifier of the person.")),
    request_body(content = PersonPatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The updated person.", body = PersonBody),
        (status = 404, description = "`not_found`: the person does not exist."),
        (status = 409, description = "`already_exists`: another person has this e-mail address, login or employee number. `illegal_transition`: the person is erased, or is deactivated and the login would change."),
    ),
)]
#[patch("/v1/people/{id}")]
pub async fn update_person(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(PersonId,)>,
    Call { actor, body, meta }: Call<PersonPatch>,
) -> Result<Response, Error> {
    let issuers = app.login_issuers.clone();
    let updated = app.write(actor, meta, move |tx| {
        let person = service::update(tx, &issuers, id, &body)?;
        let version = person.version;
        Ok(Response::ok(&PersonBody::from(person))?.version(version).no_store())
    });
    let response = updated.await?;
    app.discard_person(id);
    Ok(response)
}

/// Create a regular position
///
/// Records the regular position (home position) of a person: the department and the job outside shared projects, to
/// which the person returns when a project ends. A person has one position at a time, so the days must not overlap with
/// another position of the person. Creates the event `home_position.created`. `Location` is the list of the positions
/// of the person.
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "Identifier of the person.")),
    request_body = NewHomePosition,
    responses(
        (status = 201, description = "The new position.", body = HomePositionBody),
        (status = 404, description = "`not_found`: the person does not exist."),
        (status = 409, description = "`conflict`: the person has another position on some of these days."),
    ),
)]
#[post("/v1/people/{id}/home-positions")]
pub async fn create_home_position(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(PersonId,)>,
    Call { actor, body, meta }: Call<NewHomePosition>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let position = service::add_home_position(tx, id, &body)?;
        let location = format!("/v1/people/{id}/home-positions");
        Ok(Response::created(location, &HomePositionBody::from(position))?.no_store())
    })
    .await
}

/// List the regular positions of a person
///
/// Returns the past, current and future regular positions of a person, oldest entry first. Use `as_of` to get the
/// position on a given day.
#[utoipa::path(
    tag = "Directory",
    params(("id" = PersonId, Path, description = "Identifier of the person."), HomePositionQuery, PageQuery),
    responses(
        (status = 200, description = "A page of positions.", body = PageBody<HomePositionBody>),
        (status = 404, description = "`not_found`: the person does not exist."),
    ),
)]
#[get("/v1/people/{id}/home-positions")]
pub async fn list_home_positions(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(PersonId,)>,
    ListRequest { query, page, links }: ListRequest<HomePositionQuery>,
) -> Result<Response, Error> {
    let as_of = query.as_of;
    let rows = app.db.read(move |conn| service::home_positions(conn, &actor, id, as_of, &page)).await?;
    Ok(links.respond(rows, |row| row.id.to_string(), HomePositionBody::from)?.no_store())
}
