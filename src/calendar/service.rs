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
use crate::kernel::http::etag::{ETag, IfMatch};
use crate::kernel::http::merge_patch::apply;
use crate::kernel::ids::CalendarId;
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// The calendar at an instant.
pub struct Present {
    pub now: UtcTime,
    pub calendar: Calendar,
}

/// Returns the calendar at `now`, with all later settings and the closed days from then on; one statement.
pub fn present(conn: &mut DbConn, now: UtcTime) -> Result<Present, Error> {
    // Local dates are at most one day behind UTC, so closed days are loaded from the day before.
    let today = Offset::UTC.to_datetime(now.to_jiff()).date();
    let (settings, closed) = store::settings_and_closed_days(conn, now, today.yesterday().unwrap_or(today))?;
    let calendar = Settings::calendar_over_time(&settings, &closed);
    Ok(Present { now, calendar: calendar.ok_or_else(|| Error::internal("the calendar cannot be read"))? })
}

/// Returns the settings of the calendar on a day, by default those at `now`, with their tag.
///
/// # Errors
/// 404.
pub fn get(
    conn: &mut DbConn,
    calendar: CalendarRef,
    as_of: Option<Day>,
    now: UtcTime,
) -> Result<(CalendarBody, ETag), Error> {
    let (settings, version) = store::settings(conn, as_of, now)?;
    require(calendar, settings.calendar_id)?;
    Ok((body(&settings), etag(version, &settings)))
}

/// Returns the tag of settings. They can come into force without a new version of the calendar.
fn etag(version: i64, settings: &Settings) -> ETag {
    ETag::of_state(version, &settings.version.to_string())
}

/// Changes the opening hours or booking rules, from now on or from a later day on. Settings that are planned for days
/// after that stay as they are.
///
/// # Errors
/// 403, 404, 412, 422, 428.
pub fn update(tx: &mut Tx<'_>, calendar: CalendarRef, patch: &CalendarPatch) -> Result<(CalendarBody, ETag), Error> {
    tx.authorize_and_deduplicate(Action::ManageCalendar, &Relations::default())?;
    let (id, version) = store::lock(tx.conn)?;
    require(calendar, id)?;
    let versions = store::settings_from(tx.conn, tx.now)?;
    let current = versions.first().ok_or_else(|| Error::internal("the calendar has no settings"))?;
    let today = local_day(current, tx.now)?;
    let valid_from = patch.valid_from.unwrap_or(today);
    let before = versions.iter().rfind(|settings| settings.valid_from <= valid_from).unwrap_or(current);
    // The caller has read the settings of today or those of the day.
    let condition = tx.meta.if_match.as_ref();
    IfMatch::check_tag(condition, etag(version, before), true)
        .or_else(|_| IfMatch::check_tag(condition, etag(version, current), true))?;
    if valid_from < today {
        let text = Text::new("violation-past-day");
        return Err(Error::violation(Violation::at("/valid_from", "dates_out_of_range", text)));
    }
    let mut after = before.clone();
    if !merge(&mut after, patch.clone()) {
        return Ok((body(before), etag(version, before)));
    }
    refuse_if_any(faults(&after))?;
    (after.version, after.recorded_at, after.valid_from) = (version + 1, tx.now, valid_from);
    after.starts_at = if valid_from > today { first_instant(&after)?.max(tx.now) } else { tx.now };
    write(tx, before, &mut after)?;
    store::set_version(tx.conn, id, after.version)?;
    let (old, new) = (body(before), body(&after));
    tx.record_change(&Change::updated(types::CALENDAR_UPDATED, id.as_str(), &old, &new)?)?;
    Ok((new, etag(after.version, &after)))
}

/// Writes settings that follow `before`, or replace them if they have not been in force for any time.
fn write(tx: &mut Tx<'_>, before: &Settings, after: &mut Settings) -> Result<(), Error> {
    if before.starts_at >= after.starts_at {
        after.starts_at = before.starts_at;
        return store::update(tx.conn, after);
    }
    after.ends_at = before.ends_at;
    store::update(tx.conn, &Settings { ends_at: Some(after.starts_at), ..before.clone() })?;
    store::insert(tx.conn, after)
}

fn local_day(settings: &Settings, now: UtcTime) -> Result<Day, Error> {
    let calendar = settings.calendar([]).ok_or_else(|| Error::internal("the calendar cannot be read"))?;
    Ok(Day::from_jiff(calendar.date_at(now.to_jiff())))
}

/// Returns the start of the first day with these settings, in their time zone.
fn first_instant(settings: &Settings) -> Result<UtcTime, Error> {
    let calendar = settings.calendar([]).ok_or_else(|| Error::internal("the calendar cannot be read"))?;
    let midnight = settings.valid_from.to_jiff().to_zoned(calendar.zone).map_err(Error::internal)?;
    Ok(UtcTime::from_jiff(midnight.timestamp()))
}

/// Checks that a path refers to the company calendar, which is the only one.
///
/// # Errors
/// 404.
pub fn require_existing(conn: &mut DbConn, calendar: CalendarRef) -> Result<(), Error> {
    match calendar {
        CalendarRef::Default => Ok(()),
        CalendarRef::Id(_) => require(calendar, store::id(conn)?),
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
        id: settings.calendar_id,
        valid_from: settings.valid_from,
        next_change_at: settings.ends_at,
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
        updated_at: settings.recorded_at,
    }
}
