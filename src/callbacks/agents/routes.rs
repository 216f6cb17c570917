//! `/v1/agents`.

use actix_web::{delete, get, patch, post, web};

use super::dto::{AgentBody, AgentCalendarLink, AgentPatch, NewAgent};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::AgentId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(create_agent)
        .service(list_agents)
        .service(get_agent)
        .service(update_agent)
        .service(delete_agent)
        .service(create_agent_calendar_link);
}

/// Create an agent
///
/// Adds a person from the directory to the roster. The person must not be deactivated and must not be on the roster
/// already. The agent can then claim callback requests of their queues. Requests of a queue that are due during the
/// agent's duty times in it are assigned automatically, in turn with the other agents on duty; an agent without duty
/// times gets only the requests that they claim or that another agent assigns to them. Creates the event
/// `agent.created`.
#[utoipa::path(
    tag = "Callbacks",
    request_body = NewAgent,
    responses(
        (status = 201, description = "The agent.", body = AgentBody),
        (status = 409, description = "`already_exists`: the person is already on the roster."),
    ),
)]
#[post("/v1/agents")]
pub async fn create_agent(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewAgent>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (agent, version) = service::create(tx, &body)?;
        Ok(Response::created(format!("/v1/agents/{}", agent.id), &agent)?.version(version))
    })
    .await
}

/// List agents
///
/// Returns the agents on the roster with their queues, duty times and absences, oldest entry first.
#[utoipa::path(
    tag = "Callbacks",
    params(PageQuery),
    responses((status = 200, description = "A page of agents.", body = PageBody<AgentBody>)),
)]
#[get("/v1/agents")]
pub async fn list_agents(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { page, links, .. }: ListRequest<NoFilter>,
) -> Result<Response, Error> {
    let (agents, plan) = app.db.read(move |conn| service::list(conn, &actor, &page)).await?;
    links.respond(agents, |row| row.id.to_string(), |row| AgentBody::new(row, &plan))
}

/// Get an agent
///
/// Returns an agent on the roster with their duty times.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = AgentId, Path, description = "Identifier of the agent.")),
    responses(
        (status = 200, description = "The agent.", body = AgentBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
    ),
)]
#[get("/v1/agents/{id}")]
pub async fn get_agent(app: web::Data<AppState>, actor: Actor, path: FromPath<(AgentId,)>) -> Result<Response, Error> {
    let FromPath((id,)) = path;
    let (agent, version) = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    Ok(Response::ok(&agent)?.version(version))
}

/// Update an agent
///
/// Changes the duty times of an agent, or whether requests can be assigned to them. Send only the fields to change
/// (JSON Merge Patch) and the current `ETag` in `If-Match`. Requests that are already assigned to the agent stay
/// assigned to them.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = AgentId, Path, description = "Identifier of the agent.")),
    request_body(content = AgentPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The updated agent.", body = AgentBody)),
)]
#[patch("/v1/agents/{id}")]
pub async fn update_agent(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AgentId,)>,
    Call { actor, body, meta }: Call<AgentPatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (agent, version) = service::update(tx, id, &body)?;
        Ok(Response::ok(&agent)?.version(version))
    })
    .await
}

/// Delete an agent
///
/// Removes the agent from the roster; the person stays in the directory. No open callback request may be assigned to
/// the agent: assign their requests to another agent, or unassign them, first. Closed requests and recorded calls
/// keep the `agent_id`. Creates the event `agent.deleted`.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = AgentId, Path, description = "Identifier of the agent.")),
    responses(
        (status = 204, description = "The agent was removed from the roster."),
        (status = 409, description = "`conflict`: open callback requests are assigned to the agent."),
    ),
)]
#[delete("/v1/agents/{id}")]
pub async fn delete_agent(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AgentId,)>,
    Call { actor, body: _, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        service::remove(tx, id)?;
        Ok(Response::no_content())
    })
    .await
}

/// Create an agent calendar link
///
/// Creates a secret link to the agent's calendar and invalidates the previous one. Only the agent and administrators
/// can create it. Calendar programs can subscribe to the link: the feed contains the open requests that are assigned
/// to the agent, without personal data.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = AgentId, Path, description = "Identifier of the agent.")),
    request_body = EmptyBody,
    responses((status = 200, description = "The link, which is returned only once.", body = AgentCalendarLink)),
)]
#[post("/v1/agents/{id}/calendar-link")]
pub async fn create_agent_calendar_link(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AgentId,)>,
    Call { actor, body: _, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| Ok(Response::ok(&service::link_calendar(tx, id)?)?.no_store())).await
}
