//! What can be promised to a visitor, decided from the calendar alone.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::calendar::rules::Calendar;
use crate::calendar::slots::{self, Slot, SlotFault, Window};
use crate::kernel::time::UtcTime;

/// What a visitor asks for.
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

/// What we promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// The call starts in the slot. `rolled` when today is too late for the window.
    Slot { slot: Slot, rolled: bool },
    /// The call starts before `by`.
    Asap { by: Timestamp },
}

impl Promise {
    /// Slot, start and end of the promise, and whether it rolled. A call as soon as possible has
    /// neither slot nor start.
    #[must_use]
    pub fn parts(&self) -> (Option<String>, Option<UtcTime>, UtcTime, bool) {
        match self {
            Self::Slot { slot, rolled } => {
                (Some(slot.slot_id()), Some(UtcTime::from_jiff(slot.start)), UtcTime::from_jiff(slot.end), *rolled)
            }
            Self::Asap { by } => (None, None, UtcTime::from_jiff(*by), false),
        }
    }
}

/// The promise for a wish at `now`, whatever the seats.
///
/// # Errors
/// The fault, with the member of the preference that it concerns.
pub fn promise(calendar: &Calendar, now: Timestamp, wish: &Wish) -> Result<Promise, (&'static str, SlotFault)> {
    match wish {
        Wish::Asap => {
            let by = calendar.promise_by(now).ok_or(("", SlotFault::TooFar))?;
            Ok(Promise::Asap { by })
        }
        Wish::SlotId(id) => {
            let slot = slots::by_id(calendar, now, id).map_err(|fault| ("/slot_id", fault))?;
            Ok(Promise::Slot { slot, rolled: false })
        }
        Wish::Window { window, date } => {
            let window: Window = window.parse().map_err(|fault| ("/window", fault))?;
            match date {
                Some(date) => on_date(calendar, now, *date, &window),
                None => next(calendar, now, &window),
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
    let slot = slots::find(calendar, now, date, window)
        .map_err(|fault| (if fault == SlotFault::UnknownWindow { "/window" } else { "/date" }, fault))?;
    Ok(Promise::Slot { slot, rolled: false })
}

fn next(calendar: &Calendar, now: Timestamp, window: &Window) -> Result<Promise, (&'static str, SlotFault)> {
    if let Some((slot, rolled)) = slots::next_occurrence(calendar, now, window) {
        return Ok(Promise::Slot { slot, rolled });
    }
    let known = slots::windows(calendar).contains(window);
    Err(("/window", if known { SlotFault::TooFar } else { SlotFault::UnknownWindow }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn window(text: &str, date: Option<Date>) -> Wish {
        Wish::Window { window: text.into(), date }
    }

    #[test]
    fn a_window_rolls_for_time_and_says_so() {
        let calendar = Calendar::prague().unwrap();
        let wish = window("10:00-11:00", None);
        let rolled = |now: &str| match promise(&calendar, at(now), &wish).unwrap() {
            Promise::Slot { slot, rolled } => (slot.slot_id(), rolled),
            Promise::Asap { .. } => panic!("asked for a window"),
        };
        assert_eq!(rolled("2027-03-30T07:45:00Z"), ("20270330T0800Z".into(), false));
        assert_eq!(rolled("2027-03-30T07:45:01Z"), ("20270331T0800Z".into(), true));
    }

    #[test]
    fn every_fault_points_at_its_member() {
        let calendar = Calendar::prague().unwrap();
        let now = at("2027-03-30T10:00:00Z");
        for (wish, member, fault) in [
            (window("08:00-09:00", None), "/window", SlotFault::UnknownWindow),
            (window("10:00-11:00", Some(date(2027, 3, 30))), "/date", SlotFault::Past),
            (window("10:00-11:00", Some(date(2027, 4, 3))), "/date", SlotFault::NotABusinessDay),
            (window("10:00-11:00", Some(date(2028, 3, 31))), "/date", SlotFault::TooFar),
            (Wish::SlotId("20270331T0830Z".into()), "/slot_id", SlotFault::UnknownWindow),
            (Wish::SlotId("20270330T0800Z".into()), "/slot_id", SlotFault::Past),
        ] {
            assert_eq!(promise(&calendar, now, &wish), Err((member, fault)), "{wish:?}");
        }
    }

    #[test]
    fn nothing_is_promised_by_a_calendar_that_never_opens() {
        let calendar = Calendar { weekdays: [false; 7], ..Calendar::prague().unwrap() };
        let now = at("2027-03-30T10:00:00Z");
        assert_eq!(promise(&calendar, now, &Wish::Asap), Err(("", SlotFault::TooFar)));
        assert_eq!(promise(&calendar, now, &window("10:00-11:00", None)), Err(("/window", SlotFault::TooFar)));
    }
}
