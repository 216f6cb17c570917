//! What happens to queues and open requests when the opening hours of a calendar change.
//!
//! Rules: a change that would leave a queue without windows is refused; requests whose window is not within the opening
//! hours any more are flagged, but not moved.

use super::rows::CallbackRequest;
use super::store::{self, queue};
use super::transitions::save;
use crate::calendar::rules::Calendar;
use crate::callbacks::queues::{self, PresentQueue};
use crate::kernel::error::{Error, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::{CalendarId, QueueId};
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// No window begins this many seconds from now or later: ten years.
const FAR: i64 = 10 * 366 * 24 * 3_600;

/// Checks the queues with a calendar after its opening hours have changed, and updates the flags of their requests.
///
/// # Errors
/// 422 at `pointer` for each queue that has no windows any more.
pub fn changed(tx: &mut Tx<'_>, id: CalendarId, pointer: &'static str) -> Result<(), Error> {
    let queues = queues::present_with(tx.conn, id, tx.now)?;
    refuse_if_any(queues::window_faults(&queues, pointer))?;
    flag_from_now(tx, &queues)
}

/// Updates the flags of the requests whose window is on a day that was closed or reopened in their calendar.
pub fn flag_day(tx: &mut Tx<'_>, id: CalendarId, date: Day) -> Result<(), Error> {
    let queues = queues::present_with(tx.conn, id, tx.now)?;
    let period = queues.first().and_then(|one| day_in_utc(&one.calendar, date));
    period.map_or(Ok(()), |period| flag(tx, &queues, period))
}

/// Updates flags that were not updated when the opening hours changed, because the requests were created concurrently
/// or were quarantined, or their queue got another calendar.
pub fn flag_all(tx: &mut Tx<'_>) -> Result<(), Error> {
    for id in queues::calendars(tx.conn)? {
        let queues = queues::present_with(tx.conn, id, tx.now)?;
        flag_from_now(tx, &queues)?;
    }
    Ok(())
}

/// Updates the flags of requests whose window has not begun: what was open before is not known any more.
fn flag_from_now(tx: &mut Tx<'_>, queues: &[PresentQueue]) -> Result<(), Error> {
    flag(tx, queues, (tx.now, tx.now.plus_seconds(FAR)))
}

/// Updates the flags of requests of queues with one calendar whose window begins in a period.
fn flag(tx: &mut Tx<'_>, queues: &[PresentQueue], (from, to): (UtcTime, UtcTime)) -> Result<(), Error> {
    let Some(PresentQueue { calendar, .. }) = queues.first() else { return Ok(()) };
    let ids: Vec<QueueId> = queues.iter().map(|one| one.queue.id).collect();
    // Read first, because few of them change, and agents work on the others.
    for one in queue::booked(tx.conn, &ids, from, to)? {
        if is_open(calendar, one.from, one.by) != one.closed_day {
            continue;
        }
        let locked = store::lock(tx.conn, one.id)?.filter(|request| is_wrong(calendar, request));
        if let Some(before) = locked {
            let after = CallbackRequest { closed_day: !before.closed_day, ..before.clone() };
            save(tx, &before, after, types::CALLBACK_REQUEST_FLAGGED)?;
        }
    }
    Ok(())
}

/// Whether an open request has the flag but its window is open, or the other way round.
fn is_wrong(calendar: &Calendar, request: &CallbackRequest) -> bool {
    let is_booked = request.open_place.is_some();
    let is_open = request.promised_from.map(|from| is_open(calendar, from, request.promised_by));
    is_booked && is_open == Some(request.closed_day)
}

/// Whether the calendar is open during a whole window.
fn is_open(calendar: &Calendar, from: UtcTime, by: UtcTime) -> bool {
    let (from, by) = (from.to_jiff(), by.to_jiff());
    calendar.business_duration(from, by) == by.duration_since(from)
}

/// Returns `[midnight, next midnight)` of a local day; `None` at the limits of the date type.
fn day_in_utc(calendar: &Calendar, day: Day) -> Option<(UtcTime, UtcTime)> {
    let midnight = |date: jiff::civil::Date| {
        let zoned = date.to_zoned(calendar.zone.clone()).ok()?;
        Some(UtcTime::from_jiff(zoned.timestamp()))
    };
    let date = day.to_jiff();
    Some((midnight(date)?, midnight(date.tomorrow().ok()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_open_if_all_of_it_is() {
        let calendar = Calendar::prague().unwrap();
        for (from, by, expected) in [
            ("2027-03-31T08:00:00Z", "2027-03-31T09:00:00Z", true),
            ("2027-03-31T14:00:00Z", "2027-03-31T15:00:00Z", true),
            ("2027-03-31T07:30:00Z", "2027-03-31T08:30:00Z", false),
            ("2027-03-31T14:30:00Z", "2027-03-31T15:30:00Z", false),
            ("2027-04-03T08:00:00Z", "2027-04-03T09:00:00Z", false),
        ] {
            assert_eq!(is_open(&calendar, from.parse().unwrap(), by.parse().unwrap()), expected, "{from}");
        }
    }
}
