//! `GET /v1/events`: the event feed.

use actix_web::{get, web};

use super::dto::{EventBody, EventPage, EventQuery};
use super::rows::SequencedEvent;
use super::store;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::http::list::DEFAULT_LIMIT;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(list_events);
}

/// List events
///
/// Returns all changes in order and without gaps, oldest first. Store `last_sequence` and send it as `after` in the
/// next request to read each event exactly once. You can poll this feed instead of receiving webhooks. Events are kept
/// for 30 days, unless the operator configures another period; if the events after your position are no longer
/// complete, the response is 410.
#[utoipa::path(
    tag = "Events",
    params(EventQuery),
    responses(
        (status = 200, description = "The next events. `data` is empty if there are none.", body = EventPage),
        (status = 409, description = "`position_unknown`: `after` is greater than the sequence of the last event, for example after the database was restored from a backup. Read the resources themselves, then continue with `after` set to `last_sequence`."),
        (status = 410, description = "`events_expired`: events after your `after` have been deleted. Read the resources themselves, then continue with `after` set to `oldest_sequence` - 1."),
    ),
)]
#[get("/v1/events")]
pub async fn list_events(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<EventQuery>,
) -> Result<Response, Error> {
    authz::require(&actor, Action::ReadEvents, &Relations::default())?;
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
    // Read before the page, so that the position never moves past events that are sequenced later.
    let newest = store::last_sequence(conn)?;
    let events = store::feed(conn, (after, newest), kinds, subject, limit)?;
    // Read after the page, so that events that expire in between are noticed.
    let expired = store::expired_through(conn)?;
    if after > newest {
        return Err(Problem::new(Code::PositionUnknown).with("last_sequence", newest).into());
    }
    if after > 0 && after < expired {
        return Err(Problem::new(Code::EventsExpired).with("oldest_sequence", expired + 1).into());
    }
    let last = events.last().and_then(|event| event.sequence).unwrap_or(after);
    // A page that is not full has reached the end of the feed, including the events that the filters exclude.
    let seen = if (events.len() as i64) < limit { last.max(newest) } else { last };
    Ok((events, seen))
}
