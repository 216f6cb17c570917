//! What can be done with the calendar, and by whom.

use jiff::civil::Date;

use super::dto::{CalendarBody, CalendarPatch, SlotBody, SlotList, SlotQuery, Weekday, window_names};
use super::rules::Calendar;
use super::store::{self, Settings};
use super::{capacity, slots};
use crate::kernel::authz::{Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::merge_patch::apply;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// The rules of the present, with the seats of a window.
pub struct Present {
    pub calendar: Calendar,
    pub capacity: i32,
}

/// The calendar as it counts at `now`; one statement.
///
/// # Errors
/// Those of the database.
pub fn present(conn: &mut DbConn, now: UtcTime) -> Result<Present, Error> {
    // No zone is a day behind UTC.
    let (settings, closed) = store::settings_and_closures(conn, now.plus_seconds(-86_400).day())?;
    let calendar = settings.calendar(closed).ok_or_else(|| Error::internal("the calendar cannot be read"))?;
    Ok(Present { calendar, capacity: settings.window_capacity })
}

/// The calendar with its version.
///
/// # Errors
/// Those of the database.
pub fn get(conn: &mut DbConn) -> Result<(CalendarBody, i64), Error> {
    let settings = store::settings(conn)?;
    Ok((body(&settings), settings.version))
}

/// Changes opening hours or booking rules.
///
/// # Errors
/// 403, 412, 422, 428.
pub fn update(tx: &mut Tx<'_>, patch: &CalendarPatch) -> Result<(CalendarBody, i64), Error> {
    tx.admit(Action::ManageCalendar, &Facts::default())?;
    let before = store::lock(tx.conn)?;
    IfMatch::check(tx.meta.if_match.as_ref(), before.version)?;
    let mut after = before.clone();
    if !merge(&mut after, patch.clone()) {
        return Ok((body(&before), before.version));
    }
    refuse_if_any(faults(&after))?;
    after.version += 1;
    after.updated_at = tx.now;
    store::update(tx.conn, &after)?;
    let (old, new) = (body(&before), body(&after));
    tx.record(&Change::updated(types::CALENDAR_UPDATED, after.id.as_str(), &old, &new)?)?;
    Ok((new, after.version))
}

fn merge(settings: &mut Settings, patch: CalendarPatch) -> bool {
    let weekdays = patch.weekdays.map(|open| Weekday::ALL.map(|day| if open.contains(&day) { '1' } else { '0' }));
    [
        apply(&mut settings.zone, patch.zone),
        apply(&mut settings.weekdays, weekdays.map(String::from_iter)),
        apply(&mut settings.opens, patch.opens),
        apply(&mut settings.closes, patch.closes),
        apply(&mut settings.window_minutes, patch.window_minutes),
        apply(&mut settings.window_capacity, patch.window_capacity),
        apply(&mut settings.minimum_notice_minutes, patch.minimum_notice_minutes),
        apply(&mut settings.horizon_business_days, patch.horizon_business_days),
        apply(&mut settings.asap_target_minutes, patch.asap_target_minutes),
    ]
    .contains(&true)
}

/// What is wrong across members.
fn faults(settings: &Settings) -> Vec<Violation> {
    let mut found = Vec::new();
    let calendar = settings.calendar([]);
    if calendar.is_none() {
        let text = Text::new("There is no such time zone.", "Takové časové pásmo neexistuje.");
        found.push(Violation::at("/zone", "unknown_zone", text));
    }
    if settings.opens >= settings.closes {
        let text = Text::new("This must be after opens.", "Musí být později než opens.");
        found.push(Violation::at("/closes", "closes_before_opening", text));
    } else if calendar.is_some_and(|calendar| slots::windows(&calendar).is_empty()) {
        let text = Text::new("Longer than the opening hours.", "Delší než otevírací doba.");
        found.push(Violation::at("/window_minutes", "window_too_long", text));
    }
    found
}

fn body(settings: &Settings) -> CalendarBody {
    let open = settings.weekdays.bytes().zip(Weekday::ALL).filter(|(open, _)| *open == b'1');
    let windows = settings.calendar([]).map(|calendar| slots::windows(&calendar)).unwrap_or_default();
    CalendarBody {
        id: settings.id,
        zone: settings.zone.clone(),
        weekdays: open.map(|(_, day)| day).collect(),
        opens: settings.opens.clone(),
        closes: settings.closes.clone(),
        window_minutes: settings.window_minutes,
        window_capacity: settings.window_capacity,
        minimum_notice_minutes: settings.minimum_notice_minutes,
        horizon_business_days: settings.horizon_business_days,
        asap_target_minutes: settings.asap_target_minutes,
        windows: window_names(&windows),
        updated_at: settings.updated_at,
    }
}

/// The slots of the wanted days that are bookable by time; two statements.
///
/// # Errors
/// Those of the database.
pub fn list_slots(conn: &mut DbConn, now: UtcTime, query: SlotQuery) -> Result<SlotList, Error> {
    let present = present(conn, now)?;
    let wanted = wanted_days(query, present.calendar.date_at(now.to_jiff()));
    let data = with_seats(conn, &present, now)?.into_iter().filter(|slot| wanted(slot.date.to_jiff())).collect();
    let zone = present.calendar.zone.iana_name().unwrap_or("UTC").to_owned();
    Ok(SlotList { zone, data })
}

fn wanted_days(query: SlotQuery, today: Date) -> impl Fn(Date) -> bool {
    let from = query.from.map_or(today, |day| day.to_jiff());
    move |date| {
        let days_later = from.until(date).map_or(0, |span| i64::from(span.get_days()));
        date >= from && query.days.is_none_or(|days| days_later < days)
    }
}

/// Every slot inside the horizon that is bookable by time, with its seats.
///
/// # Errors
/// Those of the database.
pub fn with_seats(conn: &mut DbConn, present: &Present, now: UtcTime) -> Result<Vec<SlotBody>, Error> {
    let taken = capacity::taken_since(conn, now)?;
    let left = |id: &str| (present.capacity - taken.get(id).copied().unwrap_or(0)).max(0);
    let bookable = slots::bookable_slots(&present.calendar, now.to_jiff());
    Ok(bookable.iter().map(|slot| SlotBody::new(slot, left(&slot.slot_id()))).collect())
}
