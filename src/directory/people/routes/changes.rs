//! Importing people, ending positions.

use actix_web::{post, web};

use crate::directory::people::dto::{HomePositionBody, HomePositionEnd, PeopleBatch, PeopleBatchAnswer};
use crate::directory::people::import;
use crate::directory::people::service;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::HomePositionId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

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
    FromPath((id,)): FromPath<(HomePositionId,)>,
    Call { actor, body, meta }: Call<HomePositionEnd>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let ended = service::end_home_position(tx, id, body.on)?;
        Ok(Response::ok(&HomePositionBody::from(ended))?.no_store())
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
pub async fn import_people(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<PeopleBatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let data = import::import(tx, &body)?;
        Ok(Response::ok(&PeopleBatchAnswer { data })?.no_store().about(import::KEPT_ANSWERS))
    })
    .await
}
