//! Importing people and ending regular positions.

use actix_web::{post, web};

use crate::directory::people::dto::{HomePositionBody, HomePositionEnd, PeopleImport, PeopleImportResult};
use crate::directory::people::import;
use crate::directory::people::service;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::HomePositionId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

/// End a regular position
///
/// Sets `ends_on`, the first day on which the position no longer applies, as the `valid_to` of the position. Use it
/// when a person moves to another position, which can start on the same day. `ends_on` must be after `valid_from` and
/// not after the current `valid_to` (422 otherwise).
#[utoipa::path(
    tag = "Directory",
    params(("id" = HomePositionId, Path, description = "Identifier of the regular position.")),
    request_body = HomePositionEnd,
    responses(
        (status = 200, description = "The ended position.", body = HomePositionBody),
        (status = 404, description = "`not_found`: the position does not exist."),
    ),
)]
#[post("/v1/home-positions/{id}/end")]
pub async fn end_home_position(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(HomePositionId,)>,
    Call { actor, body, meta }: Call<HomePositionEnd>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let ended = service::end_home_position(tx, id, body.ends_on)?;
        Ok(Response::ok(&HomePositionBody::from(ended))?.no_store())
    })
    .await
}

/// Import people
///
/// Creates or updates up to 10,000 people in one transaction: either all items are applied or none. An existing person
/// is found by `employee_number`, or else by `login` with its issuer, or else by `email`. Use it to synchronise the
/// directory with an HR system; repeating an import changes nothing. The body can have 4 MiB.
///
/// With `dry_run`, nothing is changed, and the response is the same as that of the import, except for the identifiers
/// of new people. With `full`, the items are all people of the company, and the response lists the active people who
/// are absent. An import never deactivates a person.
#[utoipa::path(
    tag = "Directory",
    request_body = PeopleImport,
    responses(
        (status = 200, description = "One result per item, in the order of the items.", body = PeopleImportResult),
        (status = 409, description = "`conflict`: the employee number, the login and the e-mail address of an item belong to different people, an item changes the login of a deactivated person, or a later position is already recorded. `already_exists`: another person has the e-mail address, login or employee number."),
        (status = 413, description = "`payload_too_large`: the body is larger than 4 MiB."),
    ),
)]
#[post("/v1/people/import")]
pub async fn import_people(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<PeopleImport>,
) -> Result<Response, Error> {
    let issuers = app.login_issuers.clone();
    app.write(actor, meta, move |tx| {
        let result = import::import(tx, &issuers, &body)?;
        Ok(Response::ok(&result)?.no_store().about(import::IMPORT_RESPONSES))
    })
    .await
}
