//! The row of settings, and the calendar as a value.

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::rules::Calendar;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{calendar_closures as closures, calendar_settings as settings};
use crate::kernel::error::Error;
use crate::kernel::ids::CalendarId;
use crate::kernel::time::{Day, UtcTime};

#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = settings)]
pub struct Settings {
    pub id: CalendarId,
    pub zone: String,
    /// Monday first, `1` for open.
    pub weekdays: String,
    pub opens: String,
    pub closes: String,
    pub window_minutes: i32,
    pub window_capacity: i32,
    pub minimum_notice_minutes: i32,
    pub horizon_business_days: i32,
    pub asap_target_minutes: i32,
    pub version: i64,
    pub updated_at: UtcTime,
}

/// The settings alone.
pub fn settings(conn: &mut DbConn) -> Result<Settings, Error> {
    Ok(settings::table.select(Settings::as_select()).get_result(conn)?)
}

/// The settings, with the closures from `first` on; one statement.
pub fn settings_and_closures(conn: &mut DbConn, first: Day) -> Result<(Settings, Vec<Day>), Error> {
    let rows: Vec<(Settings, Option<Day>)> = settings::table
        .left_join(closures::table.on(closures::date.ge(first)))
        .select((Settings::as_select(), closures::date.nullable()))
        .load(conn)?;
    let closed = rows.iter().filter_map(|(_, date)| *date).collect();
    let (settings, _) = rows.into_iter().next().ok_or_else(|| Error::internal("the calendar has no settings"))?;
    Ok((settings, closed))
}

/// Takes the row for the rest of the transaction.
pub fn lock(conn: &mut DbConn) -> Result<Settings, Error> {
    Ok(diesel::update(settings::table)
        .set(settings::version.eq(settings::version))
        .returning(settings::all_columns)
        .get_result(conn)?)
}

pub fn update(conn: &mut DbConn, changed: &Settings) -> Result<(), Error> {
    diesel::update(settings::table.filter(settings::id.eq(changed.id))).set(changed).execute(conn)?;
    Ok(())
}

impl Settings {
    /// The rules with these closures; `None` when the zone or a time is unknown.
    pub fn calendar(&self, closed: impl IntoIterator<Item = Day>) -> Option<Calendar> {
        let mut weekdays = [false; 7];
        for (day, open) in weekdays.iter_mut().zip(self.weekdays.bytes()) {
            *day = open == b'1';
        }
        Some(Calendar {
            zone: TimeZone::get(&self.zone).ok()?,
            weekdays,
            opens: Time::strptime("%H:%M", &self.opens).ok()?,
            closes: Time::strptime("%H:%M", &self.closes).ok()?,
            window_minutes: i64::from(self.window_minutes),
            minimum_notice: i64::from(self.minimum_notice_minutes),
            horizon_days: usize::try_from(self.horizon_business_days).ok()?,
            asap_target_minutes: i64::from(self.asap_target_minutes),
            closures: closed.into_iter().map(Day::to_jiff).collect::<BTreeSet<_>>(),
        })
    }
}
