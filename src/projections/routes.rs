//! `/v1/callback-requests/{id}/projections`.

use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::formats::{Projection, ProjectionFormat, ProjectionQuery};
use super::service;
use crate::auth::Actor;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::path::FromPath;
use crate::http::query::FromQuery;
use crate::ids::CallbackRequestId;
use crate::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(get_callback_projection);
}

/// Preview a request for a CRM or ITSM tool
///
/// The body that the tool would be sent; nothing is sent. Sales requests have CRM formats
/// (`salesforce-lead`, `hubspot-contact`), support questions ITSM formats; reroute a request to see it on
/// the other side. Our id always travels, so that the tool can tell a repetition. A webhook endpoint with such a
/// format sends it (`POST`; `PATCH` with our id in the path for Salesforce), under the names of its `mapping`.
#[utoipa::path(
    tag = "Callbacks",
    params(
        ("id" = CallbackRequestId, Path, description = "The request."),
        ("format" = inline(ProjectionFormat), Path, description = "The system and the kind of record."),
        ProjectionQuery,
    ),
    responses(
        (status = 200, description = "The body.", body = Projection),
        (status = 404, description = "There is no such request or format, or the person was erased."),
        (status = 422, description = "`validation_failed`: there is no such endpoint, or it has another format."),
        (status = 409, description = "`wrong_intent`: the request is none of this tool's business; `formats` lists those it has. `conflict`: it is kept back."),
    ),
)]
#[get("/v1/callback-requests/{id}/projections/{format}")]
pub async fn get_callback_projection(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(CallbackRequestId, ProjectionFormat)>,
    from: FromQuery<ProjectionQuery>,
) -> Result<Answer, Error> {
    let FromPath((id, format)) = path;
    let query = from.query;
    let body = app.db.read(move |conn| service::preview(conn, &actor, id, format, &query)).await?;
    Ok(Answer::ok(&body)?.no_store())
}
