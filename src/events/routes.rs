//! `GET /v1/events`: the feed.

use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{EventBody, EventPage, EventQuery};
use super::store;
use crate::auth::Actor;
use crate::authz::{self, Action, Facts};
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::page::DEFAULT_LIMIT;
use crate::http::query::FromQuery;
use crate::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(list_events);
}

/// Read the event feed
///
/// Everything that happened, oldest first, without gaps: keep the `last_sequence` you were given,
/// ask with `after` set to it, and you will see each event exactly once. Polling this feed is a
/// full substitute for webhooks.
#[utoipa::path(
    tag = "Events",
    params(EventQuery),
    responses((status = 200, description = "The next events; an empty list when there are none yet.", body = EventPage)),
)]
#[get("/v1/events")]
pub async fn list_events(app: web::Data<AppState>, actor: Actor, from: FromQuery<EventQuery>) -> Result<Answer, Error> {
    authz::require(&actor, Action::ReadEvents, &Facts::default())?;
    let EventQuery { after, kinds, limit } = from.query;
    let after = after.unwrap_or(0);
    let kinds: Vec<String> = kinds.unwrap_or_default().into_iter().map(|name| name.0).collect();
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    let events = app.db.read(move |conn| store::feed(conn, after, &kinds, limit)).await?;
    let last_sequence = events.last().and_then(|event| event.sequence).unwrap_or(after);
    let data = events.into_iter().map(EventBody::try_from).collect::<Result<_, _>>()?;
    Answer::ok(&EventPage { data, last_sequence }).map(Answer::no_store)
}
