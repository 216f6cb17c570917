//! `/v1/callback-requests/{id}/projections` and `/v1/webhook-endpoints/{id}/projections`.

use actix_web::{get, web};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::service;
use crate::integrations::projections::{Projection, ProjectionFormat, ProjectionQuery};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{CallbackRequestId, WebhookEndpointId};
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(get_callback_projection).service(get_endpoint_projection);
}

/// Preview a request for a CRM or ITSM tool
///
/// The body that the tool would be sent; nothing is sent. Sales requests have CRM formats
/// (`salesforce-lead`, `hubspot-contact`), support questions ITSM formats; reroute a request to see it on
/// the other side. Our id always travels, so that the tool can tell a repetition. A webhook endpoint with such a
/// format sends it: by `POST`, or by `PATCH` with our id in the path for Salesforce.
#[utoipa::path(
    tag = "Callbacks",
    params(
        ("id" = CallbackRequestId, Path, description = "The request."),
        ("format" = ProjectionFormat, Path, description = "The system and the kind of record."),
        ProjectionQuery,
    ),
    responses(
        (status = 200, description = "The body.", body = Projection),
        (status = 404, description = "There is no such request or format, or the person was erased."),
        (status = 409, description = "`wrong_intent`: the request is none of this tool's business; `formats` lists those it has. `conflict`: it is kept back."),
    ),
)]
#[get("/v1/callback-requests/{id}/projections/{format}")]
pub async fn get_callback_projection(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id, format)): FromPath<(CallbackRequestId, ProjectionFormat)>,
    from: FromQuery<ProjectionQuery>,
) -> Result<Response, Error> {
    let query = from.0;
    let body = app.db.read(move |conn| service::preview(conn, &actor, id, format, &query)).await?;
    Ok(Response::ok(&body)?.no_store())
}

/// A record of another system, under the names that its company uses.
#[derive(ToSchema)]
#[schema(value_type = Object, example = json!({"LastName": "Novák", "Company": "[not provided]", "Phone": "+420601123456"}))]
pub struct MappedRecord(#[allow(dead_code, reason = "describes the response, never constructed")] serde_json::Value);

/// Preview a request for a webhook endpoint
///
/// The body that this endpoint would be sent for the request, under the names of its `mapping`; nothing is sent. Needs the
/// scope `callbacks:read`, too.
#[utoipa::path(
    tag = "Webhooks",
    params(
        ("id" = WebhookEndpointId, Path, description = "An endpoint with the format of another system."),
        ("request_id" = CallbackRequestId, Path, description = "The request."),
    ),
    responses(
        (status = 200, description = "The body.", body = MappedRecord),
        (status = 404, description = "There is no such endpoint or request, or the person was erased."),
        (status = 409, description = "`wrong_intent`: the request is none of this tool's business. `conflict`: the endpoint is sent events, or the request is kept back."),
    ),
)]
#[get("/v1/webhook-endpoints/{id}/projections/{request_id}")]
pub async fn get_endpoint_projection(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((endpoint, id)): FromPath<(WebhookEndpointId, CallbackRequestId)>,
) -> Result<Response, Error> {
    let body = app.db.read(move |conn| service::preview_for(conn, &actor, endpoint, id)).await?;
    Ok(Response::ok(&body)?.no_store())
}
