//! `/v1/agents`.

use actix_web::{delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{AgentBody, AgentCalendarLink, AgentPatch, NewAgent};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::AgentId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(create_agent)
        .service(list_agents)
        .service(get_agent)
        .service(update_agent)
        .service(delete_agent)
        .service(link_agent_calendar);
}

/// Put an agent on the roster
///
/// From now on callback requests that fall into the agent's duty times are handed out to them, in
/// turn with the others.
#[utoipa::path(
    tag = "Callbacks",
    request_body = NewAgent,
    responses(
        (status = 201, description = "The agent.", body = AgentBody),
        (status = 409, description = "`already_exists`: the subject is on the roster."),
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

/// List the roster
///
/// In the order in which agents joined.
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
    let (agents, duties) = app.db.read(move |conn| service::list(conn, &actor, &page)).await?;
    links.respond(agents, |row| row.id.to_string(), |row| AgentBody::new(row, &duties))
}

/// Read an agent
///
/// With duty times.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = AgentId, Path, description = "The agent.")),
    responses(
        (status = 200, description = "The agent.", body = AgentBody),
        (status = 304, description = "You have the present version already."),
    ),
)]
#[get("/v1/agents/{id}")]
pub async fn get_agent(app: web::Data<AppState>, actor: Actor, path: FromPath<(AgentId,)>) -> Result<Response, Error> {
    let FromPath((id,)) = path;
    let (agent, version) = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    Ok(Response::ok(&agent)?.version(version))
}

/// Change an agent
///
/// JSON Merge Patch. What the agent has already stays with them.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = AgentId, Path, description = "The agent.")),
    request_body(content = AgentPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The agent as it is now.", body = AgentBody)),
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

/// Take an agent off the roster
///
/// What the agent has already stays with them; give it to somebody else with `assign`.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = AgentId, Path, description = "The agent.")),
    responses((status = 204, description = "The agent is off the roster.")),
)]
#[delete("/v1/agents/{id}")]
pub async fn delete_agent(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AgentId,)>,
    Call { actor, body: _, meta }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        service::remove(tx, id)?;
        Ok(Response::no_content())
    })
    .await
}

/// Make the address of an agent's calendar
///
/// For the agent, and for administrators. Subscribe to it in any calendar program: it lists the
/// agent's calls, with their ids and without the people. A new address makes the one before useless.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = AgentId, Path, description = "The agent.")),
    request_body = Nothing,
    responses((status = 200, description = "The address; shown here only.", body = AgentCalendarLink)),
)]
#[post("/v1/agents/{id}/calendar-link")]
pub async fn link_agent_calendar(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AgentId,)>,
    Call { actor, body: _, meta }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| Ok(Response::ok(&service::link_calendar(tx, id)?)?.no_store())).await
}
