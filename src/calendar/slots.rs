//! Callback windows, the slots they give on the calendar, and what can be promised for a wish.
//!
//! - A window is wall time (`10:00-11:00`); a slot is one occurrence of it on a date, in UTC.
//! - A slot exists wherever the clock shows the window's start and then runs evenly to its end.
//!   So a window in an hour that a clock change skips has no slot, and one in a repeated hour has two.
//! - Bookable by time: `now + notice <= start`. Capacity is counted in `capacity`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::rules::{Calendar, minutes};
use crate::kernel::time::UtcTime;

const SLOT_ID: &str = "%Y%m%dT%H%MZ";

/// A callback window in wall time, half-open: `[start, end)`. Written `10:00-11:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    pub start: Time,
    pub end: Time,
}

/// One occurrence of a window, half-open: `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The local date.
    pub date: Date,
    /// The wall time.
    pub window: Window,
    pub start: Timestamp,
    pub end: Timestamp,
}

/// When a visitor wants to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    Asap,
    /// A window as typed, on its next possible day or on a certain one.
    Window {
        window: String,
        date: Option<Date>,
    },
    SlotId(String),
}

/// When the call is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// The call starts in the slot. `rolled` when today is too late for the window.
    Slot { slot: Slot, rolled: bool },
    /// The call starts before `by`.
    Asap { by: Timestamp },
}

impl Promise {
    /// The slot whose capacity the promise uses; none for a call as soon as possible.
    pub fn slot(&self) -> Option<&Slot> {
        match self {
            Self::Slot { slot, .. } => Some(slot),
            Self::Asap { .. } => None,
        }
    }

    /// Start and end of the promise. A call as soon as possible has no start.
    pub fn period(&self) -> (Option<UtcTime>, UtcTime) {
        match self {
            Self::Slot { slot, .. } => (Some(UtcTime::from_jiff(slot.start)), UtcTime::from_jiff(slot.end)),
            Self::Asap { by } => (None, UtcTime::from_jiff(*by)),
        }
    }

    /// Whether the window is on a later day because it was too late for it today.
    pub fn rolled(&self) -> bool {
        matches!(self, Self::Slot { rolled: true, .. })
    }
}

/// Why a slot cannot be promised, whatever its capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotFault {
    /// No such window in the calendar, or not on that date because of a clock change.
    UnknownWindow,
    /// It has started, or starts sooner than the minimum notice.
    Past,
    /// Beyond the horizon.
    TooFar,
    NotABusinessDay,
}

impl SlotFault {
    /// A stable name for clients.
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
        let (start, end) = (self.start, self.end);
        write!(f, "{}-{}", start.strftime("%H:%M"), end.strftime("%H:%M"))
    }
}

impl FromStr for Window {
    type Err = SlotFault;

    /// Reads `HH:MM-HH:MM` with the start before the end, and nothing else.
    fn from_str(text: &str) -> Result<Self, SlotFault> {
        let time = |text| Time::strptime("%H:%M", text).ok();
        text.split_once('-')
            .and_then(|(start, end)| Some((time(start)?, time(end)?)))
            .map(|(start, end)| Self { start, end })
            // Compared with its own spelling, because strptime also takes "9:5".
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
    /// The stable id: the start in UTC, to the minute, such as `20270330T0800Z`.
    pub fn slot_id(&self) -> String {
        id_of(self.start)
    }
}

fn id_of(start: Timestamp) -> String {
    start.strftime(SLOT_ID).to_string()
}

/// The start named by a slot id; `None` when it is not spelt as [`Slot::slot_id`] spells it.
fn parse_slot_id(id: &str) -> Option<Timestamp> {
    let start = DateTime::strptime(SLOT_ID, id).ok()?;
    let start = Offset::UTC.to_timestamp(start).ok()?;
    (id_of(start) == id).then_some(start)
}

/// The windows of a day, one after another from opening; a rest too short for a window is left out.
pub fn windows(calendar: &Calendar) -> Vec<Window> {
    let length = minutes(calendar.window_minutes);
    if !length.is_positive() {
        return Vec::new();
    }
    let window_from = |start: Time| {
        let end = start.checked_add(length).ok()?;
        (end <= calendar.closes).then_some(Window { start, end })
    };
    std::iter::successors(window_from(calendar.opens), |last| window_from(last.end)).collect()
}

/// Every slot of `date` in order of start; none unless it is a business day.
pub fn slots_on(calendar: &Calendar, date: Date) -> Vec<Slot> {
    if !calendar.is_business_day(date) {
        return Vec::new();
    }
    let mut slots: Vec<_> =
        windows(calendar).into_iter().flat_map(|window| occurrences(&calendar.zone, date, window)).collect();
    slots.sort_by_key(|slot| slot.start);
    slots
}

fn occurrences(zone: &TimeZone, date: Date, window: Window) -> impl Iterator<Item = Slot> {
    let ambiguous = zone.to_ambiguous_timestamp(date.to_datetime(window.start));
    let offsets = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => [Some(offset), None],
        AmbiguousOffset::Gap { .. } => [None, None],
        AmbiguousOffset::Fold { before, after } => [Some(before), Some(after)],
    };
    offsets.into_iter().flatten().filter_map(move |offset| {
        let start = offset.to_timestamp(date.to_datetime(window.start)).ok()?;
        let end = start.checked_add(window.length()).ok()?;
        let last = end.checked_sub(SignedDuration::from_nanos(1)).ok()?;
        (zone.to_offset(last) == offset).then_some(Slot { date, window, start, end })
    })
}

/// Every slot inside the horizon that is bookable by time, in order of start.
pub fn bookable_slots(calendar: &Calendar, now: Timestamp) -> Vec<Slot> {
    calendar
        .business_days_from(calendar.date_at(now))
        .take(calendar.horizon_days)
        .flat_map(|date| slots_on(calendar, date))
        .filter(|slot| is_bookable_by_time(calendar, now, slot))
        .collect()
}

/// Whether `now` plus the minimum notice is not after the start.
fn is_bookable_by_time(calendar: &Calendar, now: Timestamp, slot: &Slot) -> bool {
    slot.start.duration_since(now) >= minutes(calendar.minimum_notice)
}

/// The promise for a wish at `now`, whatever the capacity.
///
/// # Errors
/// The fault, with a JSON Pointer to the part of the wish that it concerns.
pub fn promise(calendar: &Calendar, now: Timestamp, wish: &Wish) -> Result<Promise, (&'static str, SlotFault)> {
    match wish {
        Wish::Asap => {
            let by = calendar.promise_by(now).ok_or(("", SlotFault::TooFar))?;
            Ok(Promise::Asap { by })
        }
        Wish::SlotId(id) => {
            let slot = by_id(calendar, now, id).map_err(|fault| ("/slot_id", fault))?;
            Ok(Promise::Slot { slot, rolled: false })
        }
        Wish::Window { window, date } => {
            let window: Window = window.parse().map_err(|fault| ("/window", fault))?;
            match date {
                Some(date) => on_date(calendar, now, *date, &window),
                None => on_next_day(calendar, now, &window),
            }
        }
    }
}

fn on_date(
    calendar: &Calendar,
    now: Timestamp,
    date: Date,
    window: &Window,
) -> Result<Promise, (&'static str, SlotFault)> {
    let slot = find(calendar, now, date, window)
        .map_err(|fault| (if fault == SlotFault::UnknownWindow { "/window" } else { "/date" }, fault))?;
    Ok(Promise::Slot { slot, rolled: false })
}

fn on_next_day(calendar: &Calendar, now: Timestamp, window: &Window) -> Result<Promise, (&'static str, SlotFault)> {
    if let Some((slot, rolled)) = next_occurrence(calendar, now, window) {
        return Ok(Promise::Slot { slot, rolled });
    }
    let known = windows(calendar).contains(window);
    Err(("/window", if known { SlotFault::TooFar } else { SlotFault::UnknownWindow }))
}

/// The next occurrence of `window` that is bookable by time, and whether it rolled, that is,
/// whether it is on a later date than today. `None` for an unknown window or an empty horizon.
fn next_occurrence(calendar: &Calendar, now: Timestamp, window: &Window) -> Option<(Slot, bool)> {
    let today = calendar.date_at(now);
    bookable_slots(calendar, now).into_iter().find(|slot| slot.window == *window).map(|slot| (slot, slot.date > today))
}

/// The slot of `window` on `date`, bookable by time. Where a clock change repeats the window,
/// the first occurrence that is still bookable.
///
/// # Errors
/// The first that applies: `UnknownWindow`, `Past` (the date), `NotABusinessDay`, `TooFar`,
/// `UnknownWindow` (skipped by a clock change), `Past` (the time).
fn find(calendar: &Calendar, now: Timestamp, date: Date, window: &Window) -> Result<Slot, SlotFault> {
    if !windows(calendar).contains(window) {
        return Err(SlotFault::UnknownWindow);
    }
    pick(calendar, now, date, |slot| slot.window == *window)
}

/// The slot with this id, bookable by time.
///
/// # Errors
/// As [`find`]; an id that names no slot of the calendar is `UnknownWindow`.
fn by_id(calendar: &Calendar, now: Timestamp, id: &str) -> Result<Slot, SlotFault> {
    let start = parse_slot_id(id).ok_or(SlotFault::UnknownWindow)?;
    let date = calendar.date_at(start);
    pick(calendar, now, date, |slot| slot.start == start)
}

fn pick(calendar: &Calendar, now: Timestamp, date: Date, wanted: impl Fn(&Slot) -> bool) -> Result<Slot, SlotFault> {
    check_date(calendar, calendar.date_at(now), date)?;
    let mut slots = slots_on(calendar, date);
    slots.retain(wanted);
    if slots.is_empty() {
        return Err(SlotFault::UnknownWindow);
    }
    slots.into_iter().find(|slot| is_bookable_by_time(calendar, now, slot)).ok_or(SlotFault::Past)
}

fn check_date(calendar: &Calendar, today: Date, date: Date) -> Result<(), SlotFault> {
    if date < today {
        return Err(SlotFault::Past);
    }
    if !calendar.is_business_day(date) {
        return Err(SlotFault::NotABusinessDay);
    }
    calendar
        .business_days_from(today)
        .take(calendar.horizon_days)
        .any(|day| day == date)
        .then_some(())
        .ok_or(SlotFault::TooFar)
}

#[cfg(test)]
#[path = "slots_tests.rs"]
mod tests;
