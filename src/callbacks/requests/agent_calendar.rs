//! The open requests of an agent as an iCalendar feed (RFC 5545).
//!
//! Rule: anyone with the link can read the feed, and calendars are copied to other services, where the data
//! cannot be erased. The feed therefore contains the time of the call and the id of the request, but no
//! personal data.

use icalendar::{Component, Event, EventLike};

use super::ical::{self, MIN_DURATION, utc};
use super::rows::RequestAndContact;
use super::store::queue;
use crate::callbacks::agents;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text};
use crate::kernel::locale::Lang;

/// Maximum number of calls in a feed; no agent has as many open requests.
const MAX_CALLS: i64 = 500;

/// Returns the calendar for this secret, with texts in a language.
///
/// # Errors
/// 404.
pub fn feed(conn: &mut DbConn, secret: &str, lang: Lang) -> Result<String, Error> {
    let agent = agents::by_feed_secret(conn, secret)?;
    Ok(to_text(&queue::calls_of(conn, agent, MAX_CALLS)?, lang))
}

fn to_text(calls: &[RequestAndContact], lang: Lang) -> String {
    let mut calendar = ical::empty();
    calendar.name(&Text::new("record-calendar").in_lang(lang));
    for (request, _) in calls {
        let starts = request.promised_from.unwrap_or(request.due_from);
        let event = Event::new()
            .uid(&format!("{}@entente", request.id))
            .timestamp(utc(request.updated_at))
            .last_modified(utc(request.updated_at))
            .starts(utc(starts))
            .ends(utc(request.promised_by.max(starts.plus_seconds(MIN_DURATION))))
            .summary(&Text::new("record-call").with("intent", request.intent.as_str()).in_lang(lang))
            .description(&format!("/v1/callback-requests/{}", request.id))
            .done();
        calendar.push(event);
    }
    calendar.to_string()
}
