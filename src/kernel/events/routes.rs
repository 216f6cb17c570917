//! `GET /v1/events`: the feed.

use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{EventBody, EventPage, EventQuery};
use super::rows::SequencedEvent;
use super::store;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::http::list::DEFAULT_LIMIT;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(list_events);
}

/// Read the event feed
///
/// Everything that happened, oldest first, without gaps: keep the `last_sequence` you were given,
/// ask with `after` set to it, and you will see each event exactly once. Polling this feed is a
/// full substitute for webhooks. Events are kept for 30 days, unless the operator has set other days;
/// whoever comes later is told so (410) and not given an incomplete list.
#[utoipa::path(
    tag = "Events",
    params(EventQuery),
    responses(
        (status = 200, description = "The next events; an empty list when there are none yet.", body = EventPage),
        (status = 410, description = "`events_expired`: events behind your `after` are no longer kept; `oldest_sequence` is the first that is. Read the things themselves, then go on with `after` = `oldest_sequence` - 1."),
    ),
)]
#[get("/v1/events")]
pub async fn list_events(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<EventQuery>,
) -> Result<Response, Error> {
    authz::require(&actor, Action::ReadEvents, &Facts::default())?;
    let EventQuery { after, kinds, subject, limit } = from.0;
    let after = after.unwrap_or(0);
    let kinds: Vec<String> = kinds.unwrap_or_default().into_iter().map(|name| name.0).collect();
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    let (events, last_sequence) = app.db.read(move |conn| feed(conn, after, &kinds, subject.as_deref(), limit)).await?;
    let data = events.into_iter().map(EventBody::try_from).collect::<Result<_, _>>()?;
    Response::ok(&EventPage { data, last_sequence }).map(Response::no_store)
}

fn feed(
    conn: &mut DbConn,
    after: i64,
    kinds: &[String],
    subject: Option<&str>,
    limit: i64,
) -> Result<(Vec<SequencedEvent>, i64), Error> {
    // Asked first: what comes later may not be passed over.
    let newest = store::last_sequence(conn)?;
    let events = store::feed(conn, after, kinds, subject, limit)?;
    // Asked last, so that nothing can be forgotten in between unnoticed.
    let forgotten = store::forgotten_through(conn)?;
    if after > 0 && after < forgotten {
        return Err(Problem::new(Code::EventsExpired).with("oldest_sequence", forgotten + 1).into());
    }
    let last = events.last().and_then(|event| event.sequence).unwrap_or(after);
    // A page that is not full has seen everything, also what its filters have left out.
    let seen = if (events.len() as i64) < limit { last.max(newest) } else { last };
    Ok((events, seen))
}
