//! Rows of the tables `calendars` and `calendar_versions`.

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::tz::TimeZone;

use super::public_holidays::PublicHolidays;
use super::rules::Calendar;
use super::versions::Successor;
use crate::kernel::db::schema::{calendar_versions, calendars};
use crate::kernel::ids::CalendarId;
use crate::kernel::time::{Day, UtcTime};

/// A calendar without its settings.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendars, treat_none_as_default_value = false)]
pub struct CalendarRow {
    pub id: CalendarId,
    pub name: String,
    /// Whether this is the company calendar, by which projects measure business time.
    pub company: bool,
    pub version: i64,
    pub created_at: UtcTime,
}

/// Settings of a calendar, in force from `starts_at` until the next ones begin.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = calendar_versions, treat_none_as_null = true, treat_none_as_default_value = false)]
#[diesel(primary_key(calendar_id, starts_at))]
pub struct Settings {
    pub calendar_id: CalendarId,
    pub starts_at: UtcTime,
    /// When the next settings begin; `None` for the last ones.
    pub ends_at: Option<UtcTime>,
    /// Version of the calendar that added these settings.
    pub version: i64,
    /// First day with these settings.
    pub valid_from: Day,
    pub zone: String,
    /// The opening periods of each weekday, as `Week` is stored.
    pub opening_hours: String,
    /// The opening periods of single dates, as `SpecialHours` is stored.
    pub special_hours: String,
    pub public_holidays: PublicHolidays,
    pub recorded_at: UtcTime,
}

impl Settings {
    /// Creates the calendar with these closed days; `None` if the time zone or the hours are invalid.
    pub fn calendar(&self, closed: impl IntoIterator<Item = Day>) -> Option<Calendar> {
        Some(Calendar {
            zone: TimeZone::get(&self.zone).ok()?,
            week: self.opening_hours.parse().ok()?,
            special_hours: self.special_hours.parse().ok()?,
            public_holidays: self.public_holidays,
            closed_days: closed.into_iter().map(Day::to_jiff).collect::<BTreeSet<_>>(),
            next: None,
        })
    }

    /// Creates the calendar of consecutive settings; `None` without any, or if one is invalid.
    pub fn calendar_over_time(versions: &[Self], closed: &BTreeSet<Day>) -> Option<Calendar> {
        let mut next: Option<Box<Successor>> = None;
        for settings in versions.iter().rev() {
            let calendar = Calendar { next, ..settings.calendar(closed.iter().copied())? };
            let (from, at) = (settings.valid_from.to_jiff(), settings.starts_at.to_jiff());
            next = Some(Box::new(Successor { from, at, calendar }));
        }
        next.map(|first| first.calendar)
    }
}
