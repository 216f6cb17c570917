//! Reads closed days from an iCalendar file (RFC 5545), as a pure function.
//!
//! - An all-day event closes `[DTSTART, DTEND)`; without `DTEND` it closes one day (section 3.6.1).
//! - Events with a time of day, a duration or a recurrence are refused, and the violation has their number: part of a
//!   day cannot be closed, and a recurrence without an end has no finite list of days.
//! - Cancelled events are ignored. If two events close the same day, the first one determines the reason.

use std::collections::BTreeMap;

use icalendar::parser::{Component, read_calendar, unfold};

use crate::kernel::error::{Text, Violation};
use crate::kernel::time::Day;

/// Maximum number of days that one file can close.
const MAX_DAYS: usize = 1_000;
/// Maximum nesting of components: a calendar, an event, an alarm in it, and one level in reserve.
const MAX_DEPTH: usize = 4;
/// Maximum length of a reason, in characters.
const MAX_REASON: usize = 200;

/// Returns the days to close with their reasons, in order of date. `default_reason` is the reason of an event without a
/// summary.
///
/// # Errors
/// Violations for every event that cannot be imported; at least one.
pub fn closed_days(text: &str, default_reason: &str) -> Result<BTreeMap<Day, String>, Vec<Violation>> {
    let unfolded = unfold(text);
    let not_a_calendar = || vec![violation("not_a_calendar", "violation-not-icalendar")];
    if !is_shallow(&unfolded) {
        return Err(not_a_calendar());
    }
    let calendar = read_calendar(&unfolded).map_err(|_| not_a_calendar())?;
    let mut days = BTreeMap::new();
    let mut found = Vec::new();
    let events = calendar.components.iter().filter(|component| component.name == "VEVENT");
    for (number, event) in (1..).zip(events) {
        match days_of(event) {
            Ok(closed) => closed.into_iter().for_each(|day| {
                days.entry(day).or_insert_with(|| reason(event, default_reason));
            }),
            Err((code, fault)) => {
                let text = Text::new("violation-event")
                    .with("number", number)
                    .with("name", reason(event, default_reason))
                    .with("fault", Text::new(fault));
                found.push(violation(code, text));
            }
        }
    }
    if days.len() > MAX_DAYS {
        found.push(violation("too_many_days", "violation-too-many-days"));
    }
    if days.is_empty() && found.is_empty() {
        found.push(violation("no_events", "violation-no-events"));
    }
    if found.is_empty() { Ok(days) } else { Err(found) }
}

/// Whether components are nested at most [`MAX_DEPTH`] deep. The parser is recursive, so deeper nesting could overflow
/// the stack.
fn is_shallow(unfolded: &str) -> bool {
    let mut depth = 0_usize;
    unfolded.lines().map(|line| line.trim_start().to_ascii_uppercase()).all(|line| {
        if line.starts_with("BEGIN") {
            depth += 1;
        } else if line.starts_with("END") {
            depth = depth.saturating_sub(1);
        }
        depth <= MAX_DEPTH
    })
}

fn violation(code: &'static str, detail: impl Into<Text>) -> Violation {
    Violation::at("", code, detail)
}

/// The code of a violation and the key of its text.
type Fault = (&'static str, &'static str);

fn days_of(event: &Component<'_>) -> Result<Vec<Day>, Fault> {
    let value = |name: &str| event.find_prop(name).map(|property| property.val.as_str().trim().to_owned());
    if value("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")) {
        return Ok(Vec::new());
    }
    if ["RRULE", "RDATE"].iter().any(|name| value(name).is_some()) {
        return Err(("recurring_event", "violation-event.recurring"));
    }
    let starts = value("DTSTART").ok_or(("event_without_start", "violation-event.no-start"))?;
    let not_all_day = ("not_all_day", "violation-event.not-all-day");
    if starts.len() == 8 && day(&starts).is_none() {
        return Err(("no_such_day", "violation-event.no-such-day"));
    }
    let starts = day(&starts).ok_or(not_all_day)?;
    if value("DURATION").is_some() {
        return Err(("duration_not_supported", "violation-event.duration"));
    }
    let ends = match value("DTEND") {
        Some(ends) => day(&ends).ok_or(not_all_day)?,
        None => starts.plus_days(1),
    };
    let length = starts.days_until(ends);
    match usize::try_from(length) {
        // Some programs set DTEND to DTSTART for an event of one day.
        Ok(0) => Ok(vec![starts]),
        Ok(1..=MAX_DAYS) => Ok((0..length).map(|n| starts.plus_days(n)).collect()),
        Ok(_) => Err(("too_many_days", "violation-event.too-long")),
        Err(_) => Err(("not_after_start", "violation-event.ends-before-start")),
    }
}

/// Parses `YYYYMMDD`, a value of the type DATE.
fn day(text: &str) -> Option<Day> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, rest) = text.split_at_checked(4).filter(|_| digits)?;
    let (month, day) = rest.split_at_checked(2)?;
    format!("{year}-{month}-{day}").parse().ok()
}

/// Returns the summary of an event on one line, or the default if it has none.
fn reason(event: &Component<'_>, default: &str) -> String {
    // The parser has resolved the escapes.
    let summary = event.find_prop("SUMMARY").map(|property| &property.val);
    let printable = |character: &char| character.is_whitespace() || !character.is_control();
    let text: String = summary.map_or("", |text| text.as_str()).chars().filter(printable).collect();
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_REASON).collect();
    if text.is_empty() { default.to_owned() } else { text.trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn calendar(events: &[&str]) -> String {
        let events: String = events.iter().map(|event| format!("BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n")).collect();
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n{events}END:VCALENDAR\r\n")
    }

    fn days(events: &[&str]) -> Vec<(String, String)> {
        let days = closed_days(&calendar(events), "Closed").unwrap();
        days.into_iter().map(|(day, reason)| (day.to_string(), reason)).collect()
    }

    fn codes(text: &str) -> Vec<&'static str> {
        closed_days(text, "Closed").unwrap_err().into_iter().map(|violation| violation.code).collect()
    }

    #[test]
    fn escapes_in_a_summary_are_resolved_once() {
        let found = days(&["DTSTART;VALUE=DATE:20291224\r\nSUMMARY:A\\\\\\; B"]);
        assert_eq!(found, [("2029-12-24".into(), r"A\; B".into())]);
    }

    #[test]
    fn all_day_events_close_their_days() {
        let holidays = "UID:1\r\nDTSTART;VALUE=DATE:20291224\r\nDTEND;VALUE=DATE:20291226\r\nSUMMARY:Company\\, closed\r\n  until January";
        assert_eq!(
            days(&[holidays, "DTSTART;VALUE=DATE:20290504", "DTSTART:20291225\r\nSUMMARY:Second"]),
            [
                ("2029-05-04".into(), "Closed".into()),
                ("2029-12-24".into(), "Company, closed until January".into()),
                ("2029-12-25".into(), "Company, closed until January".into()),
            ]
        );
    }

    #[test]
    fn events_that_cannot_be_imported_are_reported() {
        for (event, code) in [
            ("DTSTART:20290504T100000Z", "not_all_day"),
            ("DTSTART;TZID=Europe/Prague:20290504T100000", "not_all_day"),
            ("DTSTART;VALUE=DATE:20290504\r\nDURATION:P2D", "duration_not_supported"),
            ("DTSTART;VALUE=DATE:20290230", "no_such_day"),
            ("DTSTART;VALUE=DATE:20290504\r\nRRULE:FREQ=YEARLY", "recurring_event"),
            ("DTSTART;VALUE=DATE:20290504\r\nDTEND;VALUE=DATE:20290503", "not_after_start"),
            ("DTSTART;VALUE=DATE:20290504\r\nDTEND;VALUE=DATE:20490503", "too_many_days"),
            ("SUMMARY:Never", "event_without_start"),
        ] {
            assert_eq!(codes(&calendar(&[event])), [code], "{event}");
        }
        assert_eq!(codes(&calendar(&[])), ["no_events"]);
        assert_eq!(codes("BEGIN:VCARD\r\nEND:VCARD\r\n"), ["no_events"]);
        assert_eq!(codes("hello"), ["not_a_calendar"]);
        assert_eq!(codes(&"BEGIN:\n".repeat(9_000)), ["not_a_calendar"]);
        assert_eq!(codes(&"BEGIN:VEVENT\r\n".repeat(5_000)), ["not_a_calendar"]);
    }

    #[test]
    fn a_reason_is_one_line_of_printable_text() {
        let reason_of = |summary: &str| days(&[&format!("DTSTART:20290504\r\nSUMMARY:{summary}")])[0].1.clone();
        assert_eq!(reason_of("\u{1}"), "Closed");
        assert_eq!(reason_of("a \u{1} b\\n\\nc"), "a b c");
        assert_eq!(reason_of(&format!("{} end", "x".repeat(199))), "x".repeat(199));
    }

    #[test]
    fn cancelled_events_are_ignored() {
        let cancelled = "DTSTART;VALUE=DATE:20290505\r\nSTATUS:CANCELLED";
        assert_eq!(days(&["DTSTART;VALUE=DATE:20290504", cancelled]).len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(BEGIN:VCALENDAR\r\n)?[ -~\r\n:;]{0,200}") {
            if let Err(found) = closed_days(&text, "Closed") {
                prop_assert!(!found.is_empty());
            }
        }
    }
}
