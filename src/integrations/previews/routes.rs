//! `/v1/callback-requests/{id}/projections` and `/v1/webhook-endpoints/{id}/projections`.

use actix_web::{get, web};
use utoipa::ToSchema;

use super::service;
use crate::integrations::projections::{Projection, ProjectionFormat, ProjectionQuery};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{CallbackRequestId, WebhookEndpointId};
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(get_callback_projection).service(get_endpoint_projection);
}

/// Preview the CRM or ITSM record of a callback request
///
/// Returns the body that would be sent to a CRM or ITSM tool for this callback request; nothing is sent. Requests with
/// the intent `sales` have the CRM formats `salesforce-lead` and `hubspot-contact`; requests with the intent
/// `technical_support` have the ITSM formats. To send such records, create a webhook endpoint with the format: it
/// creates the record with this body, and later changes it. Every record contains the ID of the request, so that the
/// tool can detect duplicates.
#[utoipa::path(
    tag = "Callbacks",
    params(
        ("id" = CallbackRequestId, Path, description = "Identifier of the callback request."),
        ("format" = ProjectionFormat, Path, description = "The tool and the kind of record."),
        ProjectionQuery,
    ),
    responses(
        (status = 200, description = "The body of the record.", body = Projection),
        (status = 404, description = "`not_found`: the request or the format does not exist, or the personal data of the request was erased."),
        (status = 409, description = "`wrong_intent`: the format does not accept requests with this intent; `formats` lists those that do. `conflict`: the request is quarantined."),
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

/// A record for another system, with the field names of the endpoint's `mapping`.
#[derive(ToSchema)]
#[schema(value_type = Object, example = json!({"LastName": "Novák", "Company": "[not provided]", "Phone": "+420601123456"}))]
pub struct MappedRecord(#[allow(dead_code, reason = "describes the response, never constructed")] serde_json::Value);

/// Preview the record that a webhook endpoint would receive
///
/// Returns the body that would be sent to this webhook endpoint for a callback request, with the field names of the
/// endpoint's `mapping`; nothing is sent. Use it to check a mapping before you enable the endpoint. You also need the
/// scope `callbacks:read`.
#[utoipa::path(
    tag = "Webhooks",
    params(
        ("id" = WebhookEndpointId, Path, description = "Identifier of a webhook endpoint with the format of a CRM or ITSM tool."),
        ("request_id" = CallbackRequestId, Path, description = "Identifier of the callback request."),
    ),
    responses(
        (status = 200, description = "The body of the record.", body = MappedRecord),
        (status = 404, description = "`not_found`: the endpoint or the request does not exist, or the personal data of the request was erased."),
        (status = 409, description = "`wrong_intent`: the format of the endpoint does not accept requests with this intent. `conflict`: the endpoint receives events, not records, or the request is quarantined."),
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
