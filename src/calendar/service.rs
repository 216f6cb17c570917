//! Operations on calendars, with their permissions.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::Offset;

use super::dto::{CalendarBody, CalendarPatch, NewCalendar};
use super::opening;
use super::planned::{self, Previous};
use super::reference::CalendarRef;
use super::rows::{CalendarRow, Settings};
use super::rules::Calendar;
use super::{store, zones};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::http::etag::{ETag, IfMatch};
use crate::kernel::http::merge_patch::apply;
use crate::kernel::ids::CalendarId;
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// Called in the transaction that changes the opening hours of a calendar, so that other components can refuse the
/// change and update their data without being imported by the calendar. The text is the pointer to the changed field.
#[derive(Clone, Copy)]
pub struct HoursObserver(pub fn(&mut Tx<'_>, CalendarId, &'static str) -> Result<(), Error>);

/// The company calendar at an instant.
pub struct Present {
    pub calendar: Calendar,
}

/// Returns the company calendar at `now`, with all later settings and the closed days from then on; one statement.
pub fn present(conn: &mut DbConn, now: UtcTime) -> Result<Present, Error> {
    let rows = store::company_over_time(conn, now, first_closed_day(now))?;
    Ok(Present { calendar: over_time(&rows)? })
}

/// Returns a calendar as [`present`] does; `None` if it does not exist.
pub fn find(conn: &mut DbConn, id: CalendarId, now: UtcTime) -> Result<Option<Calendar>, Error> {
    let rows = store::over_time(conn, id, now, first_closed_day(now))?;
    if rows.0.is_empty() { Ok(None) } else { over_time(&rows).map(Some) }
}

/// Returns the company calendar's id.
pub fn company_id(conn: &mut DbConn) -> Result<CalendarId, Error> {
    id_of(conn, CalendarRef::Default)
}

/// Returns the first day whose closed days matter at `now`. Local dates are at most one day behind UTC.
#[must_use]
pub fn first_closed_day(now: UtcTime) -> Date {
    let today = Offset::UTC.to_datetime(now.to_jiff()).date();
    today.yesterday().unwrap_or(today)
}

fn over_time((settings, closed): &(Vec<Settings>, BTreeSet<Day>)) -> Result<Calendar, Error> {
    Settings::calendar_over_time(settings, closed).ok_or_else(unreadable)
}

/// Returns the error for a calendar whose stored settings cannot be read.
pub fn unreadable() -> Error {
    Error::internal("the calendar cannot be read")
}

/// Returns a page of calendars with the settings in force at `now`.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, page: &Page, now: UtcTime) -> Result<Vec<CalendarBody>, Error> {
    authz::require(actor, Action::ReadQueues, &Relations::default())?;
    let rows = store::page(conn, page, now)?;
    Ok(rows.iter().map(|(settings, calendar)| body(calendar, settings)).collect())
}

/// Returns the settings of a calendar on a day, by default those at `now`, with their tag.
///
/// # Errors
/// 403, 404.
pub fn get(
    conn: &mut DbConn,
    actor: &Actor,
    calendar: CalendarRef,
    as_of: Option<Day>,
    now: UtcTime,
) -> Result<(CalendarBody, ETag), Error> {
    authz::require(actor, Action::ReadQueues, &Relations::default())?;
    let (settings, calendar) = store::settings(conn, calendar, as_of, now)?.ok_or_else(Error::not_found)?;
    Ok((body(&calendar, &settings), etag(calendar.version, &settings)))
}

/// Returns the tag of settings. They can come into force without a new version of the calendar.
fn etag(version: i64, settings: &Settings) -> ETag {
    ETag::of_state(version, &settings.version.to_string())
}

/// Creates a calendar, whose settings apply to all days.
///
/// # Errors
/// 403, 422.
pub fn create(tx: &mut Tx<'_>, new: &NewCalendar) -> Result<(CalendarBody, ETag), Error> {
    tx.authorize_and_deduplicate(Action::ManageCalendar, &Relations::default())?;
    let special_hours = new.special_hours.clone().unwrap_or_default();
    refuse_if_any([opening::weekly_faults(&new.opening_hours), opening::special_faults(&special_hours)].concat())?;
    let calendar =
        CalendarRow { id: tx.new_id(), name: new.name.clone(), company: false, version: 1, created_at: tx.now };
    let first = UtcTime::from_unix_micros(0);
    let settings = Settings {
        calendar_id: calendar.id,
        starts_at: first,
        ends_at: None,
        version: 1,
        valid_from: first.day(),
        zone: new.zone.clone(),
        opening_hours: opening::week(&new.opening_hours).to_string(),
        special_hours: opening::special_hours(&special_hours).to_string(),
        public_holidays: new.public_holidays,
        recorded_at: tx.now,
    };
    refuse_if_any(faults(&settings))?;
    store::insert_calendar(tx.conn, &calendar)?;
    store::insert(tx.conn, &settings)?;
    let body = body(&calendar, &settings);
    tx.record_change(&Change::created(types::CALENDAR_CREATED, calendar.id.as_str(), &body)?)?;
    Ok((body, etag(1, &settings)))
}

/// Changes the opening hours or the name of a calendar, from now on or from a later day on. Settings that are planned
/// for days after that stay as they are. A name has no versions: it changes at once.
///
/// # Errors
/// 403, 404, 412, 422, 428.
pub fn update(
    tx: &mut Tx<'_>,
    observer: HoursObserver,
    calendar: CalendarRef,
    patch: &CalendarPatch,
) -> Result<(CalendarBody, ETag), Error> {
    tx.authorize_and_deduplicate(Action::ManageCalendar, &Relations::default())?;
    let row = store::lock(tx.conn, calendar)?.ok_or_else(Error::not_found)?;
    let versions = store::settings_from(tx.conn, row.id, tx.now)?;
    let current = versions.first().ok_or_else(|| Error::internal("the calendar has no settings"))?;
    let today = local_day(current, tx.now)?;
    let valid_from = patch.valid_from.unwrap_or(today);
    let of_day = versions.iter().rfind(|settings| valid_from > today && settings.valid_from <= valid_from);
    let before = of_day.unwrap_or(current);
    // The caller has read the settings of today or those of the day.
    let condition = tx.meta.if_match.as_ref();
    IfMatch::check_tag(condition, etag(row.version, before), true)
        .or_else(|_| IfMatch::check_tag(condition, etag(row.version, current), true))?;
    planned::check_day(valid_from, today).map_err(Error::violation)?;
    let found = [
        patch.opening_hours.as_deref().map(opening::weekly_faults).unwrap_or_default(),
        patch.special_hours.as_deref().map(opening::special_faults).unwrap_or_default(),
    ];
    refuse_if_any(found.concat())?;
    let (mut renamed, mut after) = (row.clone(), before.clone());
    let has_new_name = apply(&mut renamed.name, patch.name.clone());
    let has_new_settings = merge(&mut after, patch);
    if !has_new_name && !has_new_settings {
        return Ok((body(&row, before), etag(row.version, before)));
    }
    refuse_if_any(faults(&after))?;
    renamed.version += 1;
    if has_new_settings {
        (after.version, after.recorded_at, after.valid_from) = (renamed.version, tx.now, valid_from);
        let zone = after.calendar([]).ok_or_else(unreadable)?.zone;
        let previous = Previous { valid_from: before.valid_from, starts_at: before.starts_at, ends_at: before.ends_at };
        after.starts_at = planned::start(valid_from, today, &zone, tx.now, &previous).map_err(Error::violation)?;
        write(tx, before, &mut after)?;
    }
    store::set_version(tx.conn, &renamed)?;
    let (old, new) = (body(&row, before), body(&renamed, &after));
    tx.record_change(&Change::updated(types::CALENDAR_UPDATED, row.id.as_str(), &old, &new)?)?;
    if has_new_settings {
        let is_special = patch.opening_hours.is_none() && patch.special_hours.is_some();
        observer.0(tx, row.id, if is_special { "/special_hours" } else { "/opening_hours" })?;
    }
    Ok((new, etag(renamed.version, &after)))
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
    let calendar = settings.calendar([]).ok_or_else(unreadable)?;
    Ok(Day::from_jiff(calendar.date_at(now.to_jiff())))
}

/// Returns the id of the calendar that a path refers to.
///
/// # Errors
/// 404.
pub fn id_of(conn: &mut DbConn, calendar: CalendarRef) -> Result<CalendarId, Error> {
    store::id_of(conn, calendar)?.ok_or_else(Error::not_found)
}

fn merge(settings: &mut Settings, patch: &CalendarPatch) -> bool {
    let hours = patch.opening_hours.as_deref().map(|hours| opening::week(hours).to_string());
    let special_hours = patch.special_hours.as_deref().map(|hours| opening::special_hours(hours).to_string());
    [
        apply(&mut settings.zone, patch.zone.clone()),
        apply(&mut settings.opening_hours, hours),
        apply(&mut settings.special_hours, special_hours),
        apply(&mut settings.public_holidays, patch.public_holidays),
    ]
    .contains(&true)
}

/// Returns the violation of an unknown time zone.
fn faults(settings: &Settings) -> Vec<Violation> {
    if zones::names_a_place(&settings.zone) && settings.calendar([]).is_some() {
        return Vec::new();
    }
    vec![Violation::at("/zone", "unknown_zone", Text::new("violation-unknown-zone"))]
}

fn body(calendar: &CalendarRow, settings: &Settings) -> CalendarBody {
    CalendarBody {
        id: calendar.id,
        name: calendar.name.clone(),
        company: calendar.company,
        valid_from: settings.valid_from,
        next_change_at: settings.ends_at,
        zone: settings.zone.clone(),
        opening_hours: opening::weekly_body(&settings.opening_hours),
        special_hours: opening::special_body(&settings.special_hours),
        public_holidays: settings.public_holidays,
        updated_at: settings.recorded_at,
    }
}
