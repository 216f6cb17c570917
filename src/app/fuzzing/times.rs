//! Days, instants, callback windows and slot ids.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::text;
use crate::calendar::slots::{self, Window};
use crate::kernel::time::{Day, UtcTime};

/// A day has one form. An instant is written in UTC and read again unchanged, and is the one that jiff reads.
pub fn time(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let day = text.parse::<Day>();
    if let Ok(day) = day {
        assert_eq!(day.to_string(), text);
        assert_eq!(text.parse::<Date>().ok(), Some(day.to_jiff()));
        assert_eq!(Day::from_jiff(day.to_jiff()), day);
    }
    let instant = text.parse::<UtcTime>();
    if let Ok(instant) = instant {
        let written = instant.to_string();
        assert!(written.len() <= 27 && written.ends_with('Z'), "{written}");
        assert_eq!(written.parse::<UtcTime>(), Ok(instant));
        // jiff reads a leap second as the second before it.
        if let Some(expected) = text.parse::<Timestamp>().ok().filter(|_| !text.contains(":60")) {
            let difference = UtcTime::from_jiff(expected).unix_micros() - instant.unix_micros();
            // Before 1970, jiff rounds nanoseconds up and chrono rounds them down.
            assert!(difference.abs() <= 1, "{text}: {difference} microseconds");
            assert_eq!(UtcTime::from_jiff(instant.to_jiff()), instant);
        }
    }
    day.is_ok() || instant.is_ok()
}

/// A window is `HH:MM-HH:MM` with the start before the end, and a slot id is the start of a slot in UTC.
pub fn window(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let window = text.parse::<Window>().ok();
    let written = text.split_once('-').and_then(|(start, end)| Some((minute(start)?, minute(end)?)));
    let minute_of = |time: Time| (i32::from(time.hour()), i32::from(time.minute()));
    let found = window.map(|window| (minute_of(window.start), minute_of(window.end)));
    assert_eq!(found, written.filter(|(start, end)| start < end));

    let start = slots::parse_slot_id(&text);
    if let Some(start) = start {
        let [date, time] = [text.get(..8), text.get(9..13)].map(Option::unwrap_or_default);
        let (year, month_and_day) = date.split_at(4);
        let (month, day) = month_and_day.split_at(2);
        let (hour, minute) = time.split_at(2);
        let instant = format!("{year}-{month}-{day}T{hour}:{minute}:00Z").parse::<UtcTime>();
        assert_eq!(instant, Ok(UtcTime::from_jiff(start)));
        assert!(text.len() == 14 && text.ends_with('Z'), "{text}");
    }
    window.is_some() || start.is_some()
}

/// Reads `HH:MM`.
fn minute(text: &str) -> Option<(i32, i32)> {
    let &[h1 @ b'0'..=b'2', h2 @ b'0'..=b'9', b':', m1 @ b'0'..=b'5', m2 @ b'0'..=b'9'] = text.as_bytes() else {
        return None;
    };
    let two = |tens: u8, ones: u8| i32::from(tens - b'0') * 10 + i32::from(ones - b'0');
    let hour = two(h1, h2);
    (hour < 24).then(|| (hour, two(m1, m2)))
}
