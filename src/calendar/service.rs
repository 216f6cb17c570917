//! Operations on the calendar, with their permissions.

use jiff::tz::Offset;

use super::dto::{CalendarBody, CalendarPatch, Weekday, window_names};
use super::reference::CalendarRef;
use super::rules::Calendar;
use super::slots;
use super::store::{self, Settings};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::merge_patch::apply;
use crate::kernel::ids::CalendarId;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// The calendar at an instant, with the capacity of its slots.
pub struct Present {
    pub now: UtcTime,
    pub calendar: Calendar,
    pub capacity: i32,
}

/// Returns the calendar at `now`, with one statement.
pub fn present(conn: &mut DbConn, now: UtcTime) -> Result<Present, Error> {
    // Local dates are at most one day behind UTC, so closed days are loaded from the day before.
    let today = Offset::UTC.to_datetime(now.to_jiff()).date();
    let (settings, closed) = store::settings_and_closed_days(conn, today.yesterday().unwrap_or(today))?;
    let calendar = settings.calendar(closed).ok_or_else(|| Error::internal("the calendar cannot be read"))?;
    Ok(Present { now, calendar, capacity: settings.window_capacity })
}

/// Returns the calendar with its version.
///
/// # Errors
/// 404.
pub fn get(conn: &mut DbConn, calendar: CalendarRef) -> Result<(CalendarBody, i64), Error> {
    let settings = store::settings(conn)?;
    require(calendar, settings.id)?;
    Ok((body(&settings), settings.version))
}

/// Changes the opening hours or booking rules.
///
/// # Errors
/// 403, 404, 412, 422, 428.
pub fn update(tx: &mut Tx<'_>, calendar: CalendarRef, patch: &CalendarPatch) -> Result<(CalendarBody, i64), Error> {
    tx.authorize_and_deduplicate(Action::ManageCalendar, &Relations::default())?;
    let before = store::lock(tx.conn)?;
    require(calendar, before.id)?;
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
    tx.record_change(&Change::updated(types::CALENDAR_UPDATED, after.id.as_str(), &old, &new)?)?;
    Ok((new, after.version))
}

/// Checks that a path refers to the company calendar, which is the only one.
///
/// # Errors
/// 404.
pub fn require_existing(conn: &mut DbConn, calendar: CalendarRef) -> Result<(), Error> {
    match calendar {
        CalendarRef::Default => Ok(()),
        CalendarRef::Id(_) => require(calendar, store::settings(conn)?.id),
    }
}

fn require(calendar: CalendarRef, existing: CalendarId) -> Result<(), Error> {
    match calendar {
        CalendarRef::Id(id) if id != existing => Err(Error::not_found()),
        _ => Ok(()),
    }
}

fn merge(settings: &mut Settings, patch: CalendarPatch) -> bool {
    let digit = |open: bool| if open { '1' } else { '0' };
    let weekdays = |open: Vec<Weekday>| Weekday::ALL.iter().map(|day| digit(open.contains(day))).collect();
    [
        apply(&mut settings.zone, patch.zone),
        apply(&mut settings.weekdays, patch.weekdays.map(weekdays)),
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

/// Returns the violations that concern several fields, and an unknown time zone.
fn faults(settings: &Settings) -> Vec<Violation> {
    let mut found = Vec::new();
    let calendar = settings.calendar([]);
    if calendar.is_none() {
        let text = Text::new("violation-unknown-zone");
        found.push(Violation::at("/zone", "unknown_zone", text));
    }
    if settings.opens >= settings.closes {
        let text = Text::new("violation-must-be-after").with("field", "closes").with("other", "opens");
        found.push(Violation::at("/closes", "closes_before_opening", text));
    } else if calendar.is_some_and(|calendar| slots::windows(&calendar).is_empty()) {
        let text = Text::new("violation-window-too-long");
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
        weekdays: open.map(|(_, day)| *day).collect(),
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
