//! Callback windows, their slots on the calendar, and the promise for a requested time.
//!
//! - A window is in local time (`10:00-11:00`); a slot is its occurrence on a date, in UTC.
//! - A slot exists if local time reaches the start of the window and then runs without a clock change to its end.
//!   A window in an hour that a clock change skips has no slot, and a window in a repeated hour has two.
//! - A slot is bookable by time if `now + notice <= start`. Capacity is checked in `capacity`.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::booking::{BookingRules, Schedule};
use super::hours::Period;
use super::rules::{Calendar, minutes};
use crate::kernel::time::UtcTime;

const SLOT_ID: &str = "%Y%m%dT%H%MZ";

/// A callback window in local time, half-open: `[start, end)`. Written as `10:00-11:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    pub start: Time,
    pub end: Time,
}

/// An occurrence of a window, half-open: `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The local date.
    pub date: Date,
    /// The window in local time.
    pub window: Window,
    pub start: Timestamp,
    pub end: Timestamp,
}

/// When a visitor would like to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedTime {
    Asap,
    /// A window as text, on the given date or on its next bookable day.
    Window {
        window: String,
        date: Option<Date>,
    },
    SlotId(String),
}

/// The time for which a call is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// The call starts in the slot. `rolled` if it is on a later day, because the window cannot be booked today.
    Slot { slot: Slot, rolled: bool },
    /// The call starts before `by`.
    Asap { by: Timestamp },
}

impl Promise {
    /// Returns the slot whose capacity the promise uses; `None` for a call as soon as possible.
    pub fn slot(&self) -> Option<&Slot> {
        match self {
            Self::Slot { slot, .. } => Some(slot),
            Self::Asap { .. } => None,
        }
    }

    /// Returns the start and the end of the promise. A call as soon as possible has no start.
    pub fn period(&self) -> (Option<UtcTime>, UtcTime) {
        match self {
            Self::Slot { slot, .. } => (Some(UtcTime::from_jiff(slot.start)), UtcTime::from_jiff(slot.end)),
            Self::Asap { by } => (None, UtcTime::from_jiff(*by)),
        }
    }

    /// Whether the window is on a later day because it cannot be booked today.
    pub fn rolled(&self) -> bool {
        matches!(self, Self::Slot { rolled: true, .. })
    }
}

/// Why a time cannot be promised, whatever the capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotFault {
    /// The calendar has no such window, or a clock change skips it on that date.
    UnknownWindow,
    /// The slot has started, or starts before the minimum notice has passed.
    Past,
    /// The slot is beyond the horizon.
    TooFar,
    NotABusinessDay,
}

impl SlotFault {
    /// Returns a stable code for clients.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownWindow => "slot_unknown_window",
            Self::Past => "slot_past",
            Self::TooFar => "slot_too_far",
            Self::NotABusinessDay => "slot_not_a_business_day",
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without a format, which takes several times as long: that counts in lists.
        let two = |value: i8| [value / 10, value % 10].map(|digit| b'0' + digit.unsigned_abs());
        let time = |time: Time| (two(time.hour()), two(time.minute()));
        let (([h1, h2], [m1, m2]), ([h3, h4], [m3, m4])) = (time(self.start), time(self.end));
        let text = [h1, h2, b':', m1, m2, b'-', h3, h4, b':', m3, m4];
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl FromStr for Window {
    type Err = SlotFault;

    /// Parses exactly `HH:MM-HH:MM`, with the start before the end.
    fn from_str(text: &str) -> Result<Self, SlotFault> {
        let time = |text| Time::strptime("%H:%M", text).ok();
        text.split_once('-')
            .and_then(|(start, end)| Some((time(start)?, time(end)?)))
            .map(|(start, end)| Self { start, end })
            // Compared with its canonical form, because strptime also accepts "9:5".
            .filter(|window| window.start < window.end && window.to_string() == text)
            .ok_or(SlotFault::UnknownWindow)
    }
}

impl Window {
    fn length(self) -> SignedDuration {
        self.start.duration_until(self.end)
    }
}

impl Slot {
    /// Returns the stable id: the start in UTC, to the minute, such as `20270330T0800Z`.
    pub fn slot_id(&self) -> String {
        id_of(self.start)
    }
}

fn id_of(start: Timestamp) -> String {
    // RFC 3339 without separators and seconds. `strftime` is slower, which counts in lists.
    let text = UtcTime::from_jiff(start).to_string();
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    [part(0..4), part(5..7), part(8..13), part(14..16), "Z"].concat()
}

/// Returns the start in a slot id; `None` if the id does not have the form of [`Slot::slot_id`].
pub(crate) fn parse_slot_id(id: &str) -> Option<Timestamp> {
    let start = DateTime::strptime(SLOT_ID, id).ok()?;
    let start = Offset::UTC.to_timestamp(start).ok()?;
    (id_of(start) == id).then_some(start)
}

/// Returns the windows of all days by these settings, in order of time: those of each weekday, and of dates with hours
/// of their own.
pub fn windows(calendar: &Calendar, rules: &BookingRules) -> Vec<Window> {
    let special = calendar.special_hours.dates().map(|(_, periods)| periods);
    let mut found: Vec<_> =
        calendar.week.days().chain(special).flat_map(|periods| windows_in(rules, periods)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether there is a window at all times: by the settings that apply now, and by all later ones.
pub fn always_has_windows(schedule: &Schedule) -> bool {
    schedule.changes().into_iter().all(|from| !windows_of(schedule, from).is_empty())
}

/// Returns the windows of opening periods, consecutive from each opening. Remaining time that is too short for a window
/// is left out.
fn windows_in<'a>(rules: &BookingRules, periods: &'a [Period]) -> impl Iterator<Item = Window> + use<'a> {
    let length = minutes(rules.window_minutes);
    periods.iter().filter(move |_| length.is_positive()).flat_map(move |period| {
        let window_from = move |start: Time| {
            let end = start.checked_add(length).ok()?;
            (end <= period.closes).then_some(Window { start, end })
        };
        std::iter::successors(window_from(period.opens), move |last| window_from(last.end))
    })
}

/// Returns the slots of `date`, in order of start; empty if it is not a business day.
pub fn slots_on(schedule: &Schedule, date: Date) -> Vec<Slot> {
    let calendar = schedule.calendar.on(date);
    let windows = windows_in(schedule.rules.on(date), calendar.periods_on(date));
    if let Some(offset) = constant_offset(&calendar.zone, date) {
        return windows.filter_map(|window| at_offset(date, window, offset)).collect();
    }
    let mut slots: Vec<_> = windows.flat_map(|window| occurrences(&calendar.zone, date, window)).collect();
    slots.sort_by_key(|slot| slot.start);
    slots
}

/// Returns the offset of `date` if no clock change is near it. To ask the zone once per day is faster than to ask it
/// for each window.
fn constant_offset(zone: &TimeZone, date: Date) -> Option<Offset> {
    // Longer than any offset from UTC, which is less than 26 hours.
    let margin = SignedDuration::from_hours(26);
    let midnight = Offset::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok()?;
    let from = midnight.checked_sub(margin).ok()?;
    let to = midnight.checked_add(margin * 2).ok()?;
    let changes = zone.following(from).next().is_some_and(|change| change.timestamp() <= to);
    (!changes).then(|| zone.to_offset(from))
}

fn at_offset(date: Date, window: Window, offset: Offset) -> Option<Slot> {
    let start = offset.to_timestamp(date.to_datetime(window.start)).ok()?;
    let end = start.checked_add(window.length()).ok()?;
    Some(Slot { date, window, start, end })
}

fn occurrences(zone: &TimeZone, date: Date, window: Window) -> impl Iterator<Item = Slot> {
    let ambiguous = zone.to_ambiguous_timestamp(date.to_datetime(window.start));
    let offsets = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => [Some(offset), None],
        AmbiguousOffset::Gap { .. } => [None, None],
        AmbiguousOffset::Fold { before, after } => [Some(before), Some(after)],
    };
    offsets.into_iter().flatten().filter_map(move |offset| {
        let slot = at_offset(date, window, offset)?;
        let last = slot.end.checked_sub(SignedDuration::from_nanos(1)).ok()?;
        (zone.to_offset(last) == offset).then_some(slot)
    })
}

/// Returns the slots inside the horizon that are bookable by time, in order of start.
pub fn bookable_slots(schedule: &Schedule, now: Timestamp) -> Vec<Slot> {
    let calendar = &schedule.calendar;
    calendar
        .business_days_from(calendar.date_at(now))
        .take(schedule.rules.horizon_days)
        .flat_map(|date| slots_on(schedule, date))
        .filter(|slot| is_bookable_by_time(schedule, now, slot))
        .collect()
}

/// Whether the slot starts after the minimum notice, or exactly at its end.
fn is_bookable_by_time(schedule: &Schedule, now: Timestamp, slot: &Slot) -> bool {
    slot.start.duration_since(now) >= minutes(schedule.rules.minimum_notice)
}

/// Returns the promise for a requested time at `now`, whatever the capacity.
///
/// # Errors
/// The reason, with a JSON Pointer to the field of the preference that it concerns.
pub fn promise(
    schedule: &Schedule,
    now: Timestamp,
    requested: &RequestedTime,
) -> Result<Promise, (&'static str, SlotFault)> {
    match requested {
        RequestedTime::Asap => {
            let by =
                schedule.calendar.promise_by(now, schedule.rules.asap_target_minutes).ok_or(("", SlotFault::TooFar))?;
            Ok(Promise::Asap { by })
        }
        RequestedTime::SlotId(id) => {
            let slot = by_id(schedule, now, id).map_err(|fault| ("/slot_id", fault))?;
            Ok(Promise::Slot { slot, rolled: false })
        }
        RequestedTime::Window { window, date } => {
            let window: Window = window.parse().map_err(|fault| ("/window", fault))?;
            match date {
                Some(date) => on_date(schedule, now, *date, &window),
                None => on_next_day(schedule, now, &window),
            }
        }
    }
}

fn on_date(
    schedule: &Schedule,
    now: Timestamp,
    date: Date,
    window: &Window,
) -> Result<Promise, (&'static str, SlotFault)> {
    let slot = find(schedule, now, date, window)
        .map_err(|fault| (if fault == SlotFault::UnknownWindow { "/window" } else { "/date" }, fault))?;
    Ok(Promise::Slot { slot, rolled: false })
}

fn on_next_day(schedule: &Schedule, now: Timestamp, window: &Window) -> Result<Promise, (&'static str, SlotFault)> {
    if let Some((slot, rolled)) = next_occurrence(schedule, now, window) {
        return Ok(Promise::Slot { slot, rolled });
    }
    let known = schedule.changes().into_iter().any(|from| windows_of(schedule, from).contains(window));
    Err(("/window", if known { SlotFault::TooFar } else { SlotFault::UnknownWindow }))
}

/// Returns the next occurrence of `window` that is bookable by time, and whether it is rolled, that is, on a later
/// date than today. `None` for an unknown window, or if the horizon has no such slot.
fn next_occurrence(schedule: &Schedule, now: Timestamp, window: &Window) -> Option<(Slot, bool)> {
    let today = schedule.calendar.date_at(now);
    bookable_slots(schedule, now).into_iter().find(|slot| slot.window == *window).map(|slot| (slot, slot.date > today))
}

/// Returns the slot of `window` on `date` that is bookable by time. If a clock change repeats the window, this is the
/// first occurrence that is still bookable.
///
/// # Errors
/// The first that applies: `UnknownWindow`, `Past` (the date), `NotABusinessDay`, `TooFar`,
/// `UnknownWindow` (skipped by a clock change), `Past` (the time).
fn find(schedule: &Schedule, now: Timestamp, date: Date, window: &Window) -> Result<Slot, SlotFault> {
    if !windows_of(schedule, Some(date)).contains(window) {
        return Err(SlotFault::UnknownWindow);
    }
    pick(schedule, now, date, |slot| slot.window == *window)
}

/// Returns the windows by the settings of `date`; by those that apply now without a date.
fn windows_of(schedule: &Schedule, date: Option<Date>) -> Vec<Window> {
    match date {
        Some(date) => windows(schedule.calendar.on(date), schedule.rules.on(date)),
        None => windows(&schedule.calendar, &schedule.rules),
    }
}

/// Returns the slot with this id if it is bookable by time.
///
/// # Errors
/// As in [`find`]; for an id without a slot in the calendar, `UnknownWindow`.
fn by_id(schedule: &Schedule, now: Timestamp, id: &str) -> Result<Slot, SlotFault> {
    let start = parse_slot_id(id).ok_or(SlotFault::UnknownWindow)?;
    let date = schedule.calendar.date_at(start);
    pick(schedule, now, date, |slot| slot.start == start)
}

fn pick(schedule: &Schedule, now: Timestamp, date: Date, wanted: impl Fn(&Slot) -> bool) -> Result<Slot, SlotFault> {
    check_date(schedule, schedule.calendar.date_at(now), date)?;
    let mut slots = slots_on(schedule, date);
    slots.retain(wanted);
    if slots.is_empty() {
        return Err(SlotFault::UnknownWindow);
    }
    slots.into_iter().find(|slot| is_bookable_by_time(schedule, now, slot)).ok_or(SlotFault::Past)
}

fn check_date(schedule: &Schedule, today: Date, date: Date) -> Result<(), SlotFault> {
    let calendar = &schedule.calendar;
    if date < today {
        return Err(SlotFault::Past);
    }
    if !calendar.is_business_day(date) {
        return Err(SlotFault::NotABusinessDay);
    }
    calendar
        .business_days_from(today)
        .take(schedule.rules.horizon_days)
        .any(|day| day == date)
        .then_some(())
        .ok_or(SlotFault::TooFar)
}

#[cfg(test)]
#[path = "slots_tests.rs"]
mod tests;
