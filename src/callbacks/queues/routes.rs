//! `/v1/queues`.

use actix_web::{get, patch, post, web};

use super::dto::{NewQueue, QueueBody, QueuePatch, QueueQuery};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::QueueId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(create_queue).service(list_queues).service(get_queue).service(update_queue);
}

/// Create a queue
///
/// Creates a queue of callback requests. A public queue gets the requests of visitors with its intents. Any other queue
/// gets only requests that applications create for it, and requests that are rerouted to it. A queue cannot be deleted.
/// To retire one, set `public` to false and remove it from its agents; its requests stay in the reports. Creates the
/// event `queue.created`.
#[utoipa::path(
    tag = "Callbacks",
    request_body = NewQueue,
    responses(
        (status = 201, description = "The queue.", body = QueueBody),
        (
            status = 409,
            description = "`already_exists`: another queue has this key, or another public queue accepts one of the \
                           intents.",
        ),
    ),
)]
#[post("/v1/queues")]
pub async fn create_queue(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewQueue>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (queue, etag) = service::create(tx, &body)?;
        Ok(Response::created(format!("/v1/queues/{}", queue.id), &queue)?.tag(etag))
    })
    .await
}

/// List queues
///
/// Returns the queues with the settings that are in force now, oldest first. `sales` and `support` exist from the
/// start.
#[utoipa::path(
    tag = "Callbacks",
    params(PageQuery),
    responses((status = 200, description = "A page of queues.", body = PageBody<QueueBody>)),
)]
#[get("/v1/queues")]
pub async fn list_queues(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { page, links, .. }: ListRequest<NoFilter>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let queues = app.db.read(move |conn| service::list(conn, &actor, &page, now)).await?;
    links.respond(queues, |queue| queue.id.to_string(), |queue| queue)
}

/// Get a queue
///
/// Returns a queue with its settings, now or on the day in `as_of`.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = QueueId, Path, description = "Identifier of the queue."), QueueQuery),
    responses(
        (status = 200, description = "The queue.", body = QueueBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the queue does not exist."),
    ),
)]
#[get("/v1/queues/{id}")]
pub async fn get_queue(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(QueueId,)>,
    from: FromQuery<QueueQuery>,
) -> Result<Response, Error> {
    let (as_of, now) = (from.0.as_of, app.environment.now());
    let (queue, etag) = app.db.read(move |conn| service::get(conn, &actor, id, as_of, now)).await?;
    Ok(Response::ok(&queue)?.tag(etag))
}

/// Update a queue
///
/// Changes a queue. Send only the fields to change (JSON Merge Patch) and the current `ETag` in `If-Match`. Settings
/// apply from now on, or from the day in `valid_from`; `name`, `intents`, `public`, `calendar_id` and `default_region`
/// change at once. Existing callback requests keep their promised time. Creates the event `queue.updated`.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = QueueId, Path, description = "Identifier of the queue.")),
    request_body(content = QueuePatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The updated queue.", body = QueueBody),
        (status = 404, description = "`not_found`: the queue does not exist."),
        (status = 409, description = "`already_exists`: another public queue accepts one of the intents."),
    ),
)]
#[patch("/v1/queues/{id}")]
pub async fn update_queue(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(QueueId,)>,
    Call { actor, body, meta }: Call<QueuePatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (queue, etag) = service::update(tx, id, &body)?;
        Ok(Response::ok(&queue)?.tag(etag))
    })
    .await
}
