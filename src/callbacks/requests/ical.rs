//! Calendar files of this component (RFC 5545).

use icalendar::{Calendar, Property};

use crate::kernel::time::UtcTime;

/// Minimum duration of an entry, in seconds: an entry must end after it starts, also if the promised time has passed.
pub const MIN_DURATION: i64 = 900;

/// Returns a calendar without entries.
pub fn empty() -> Calendar {
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//Entente//Callbacks//EN"), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property(Property::new(name, value));
    }
    calendar
}

/// Converts an instant to the type of the library.
pub fn utc(at: UtcTime) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(at.unix_seconds(), 0).unwrap_or_default()
}
