//! The promise of a request as an entry for the visitor's calendar (RFC 5545).
//!
//! Rules: the entry has the manage link, because only the visitor gets it: an agent who reads the entry has no token,
//! so that it has no link. Neither has the entry of a cancelled request, which nothing can change. It contains no
//! personal data, because calendars are copied to other services, and nothing from which the internal state of the
//! request follows.

use icalendar::{Component, Event, EventLike, Property};

use super::dto::{CallbackView, VisitorState};
use super::manage::{self, Manager};
use super::{ical, manage_link};
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text};
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::locale::Lang;
use crate::kernel::time::UtcTime;

/// Returns the calendar with the entry, in the language of the visitor. `page` is the address of the page that manages
/// the request, by default the path of the page of this service.
///
/// # Errors
/// 403; 404 also for a wrong token, and after erasure.
pub fn receipt_calendar(
    conn: &mut DbConn,
    actor: &Actor,
    now: UtcTime,
    id: CallbackRequestId,
    manager: &Manager,
    page: Option<&str>,
) -> Result<(String, Lang), Error> {
    let view = manage::get_receipt(conn, actor, now, id, manager)?;
    let link = match manager {
        Manager::Visitor(token) if view.state != VisitorState::Cancelled => Some(match page {
            Some(page) => format!("{page}{}", manage_link::fragment(id, token)),
            None => manage_link::path(view.locale, id, token),
        }),
        Manager::Visitor(_) | Manager::Agent => None,
    };
    Ok((to_text(&view, now, id, link.as_deref()), view.locale))
}

/// `id` is the one in the link, which stays the same when the request is rerouted, so that calendar programs replace
/// the entry.
fn to_text(view: &CallbackView, now: UtcTime, id: CallbackRequestId, link: Option<&str>) -> String {
    let mut calendar = ical::empty();
    calendar.append_property(Property::new("METHOD", "PUBLISH"));
    // A call as soon as possible is entered at the latest time that is promised.
    let starts = view.promised_from.unwrap_or(view.promised_by.plus_seconds(-ical::MIN_DURATION));
    let status = if view.state == VisitorState::Cancelled { "CANCELLED" } else { "CONFIRMED" };
    let summary = Text::new("record-visitor-call").with("intent", view.intent.as_str()).in_lang(view.locale);
    let mut event = Event::new();
    // The time of the last change would reveal what happens to the request.
    event.uid(&format!("{id}@entente")).timestamp(ical::utc(now)).starts(ical::utc(starts));
    event.ends(ical::utc(view.promised_by)).summary(&summary).add_property("STATUS", status);
    if let Some(link) = link {
        event.description(&Text::new("record-visitor-link").with("link", link).in_lang(view.locale));
        if link.starts_with("http") {
            event.url(link);
        }
    }
    calendar.push(event);
    calendar.to_string()
}
