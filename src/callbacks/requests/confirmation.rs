//! Sentences for visitors about their request, in all languages.
//!
//! The texts avoid gender and vocative.

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::kernel::error::Text;
use crate::kernel::locale::Lang;
use crate::kernel::time::UtcTime;

/// Returns the confirmation of a promise `[from, by)`, or before `by` without `from`, in the company's time zone.
pub fn promised(lang: Lang, zone: &TimeZone, (from, by): (Option<UtcTime>, UtcTime), phone_display: &str) -> String {
    let local = |instant: UtcTime| instant.to_jiff().to_zoned(zone.clone());
    match from {
        Some(from) => confirmation_slot(lang, &local(from), &local(by), phone_display),
        None => confirmation_asap(lang, &local(by), phone_display),
    }
}

/// Returns the confirmation of a slot `[start, end)`. Both times are in the company's time zone, on the same date.
fn confirmation_slot(lang: Lang, start: &Zoned, end: &Zoned, phone_display: &str) -> String {
    Text::new("confirmation-slot")
        .with("day", day(start))
        .with("from", clock(start))
        .with("to", clock(end))
        .with("zone", zone(start))
        .with("phone", phone_display)
        .in_lang(lang)
}

/// Returns the confirmation of a call as soon as possible, due before `promise_by` in the company's time zone.
fn confirmation_asap(lang: Lang, promise_by: &Zoned, phone_display: &str) -> String {
    Text::new("confirmation-asap")
        .with("day", day(promise_by))
        .with("time", clock(promise_by))
        .with("phone", phone_display)
        .in_lang(lang)
}

/// Returns the text for a cancelled request.
pub fn cancelled(lang: Lang) -> String {
    Text::new("confirmation-cancelled").in_lang(lang)
}

/// Returns the text for a completed request.
pub fn completed(lang: Lang) -> String {
    Text::new("confirmation-completed").in_lang(lang)
}

/// Returns the text for an unreachable visitor.
pub fn unreachable(lang: Lang) -> String {
    Text::new("confirmation-unreachable").in_lang(lang)
}

/// Returns the text for a visitor who was not reached; the next call is at `again` or later, in the company's time
/// zone.
pub fn called_in_vain(lang: Lang, again: &Zoned) -> String {
    Text::new("confirmation-called-in-vain").with("day", day(again)).with("time", clock(again)).in_lang(lang)
}

/// Returns the text for a request whose promised time has passed.
pub fn late(lang: Lang) -> String {
    Text::new("confirmation-late").in_lang(lang)
}

/// Returns the date for use in a sentence: `v úterý 30. března 2027`, `on Tuesday 30 March 2027`.
fn day(at: &Zoned) -> Text {
    Text::new("confirmation-day")
        .with("weekday", at.weekday().to_monday_one_offset())
        .with("day", at.day())
        .with("month", at.month())
        .with("year", at.year())
}

fn clock(at: &Zoned) -> String {
    at.strftime("%H:%M").to_string()
}

/// Returns the name of the time zone: its city, or the UTC offset if it has no name.
fn zone(at: &Zoned) -> Text {
    let name = at.time_zone().iana_name();
    let place = match name {
        Some(name) => name.rsplit('/').next().unwrap_or(name).replace('_', " "),
        None => format!("UTC{}", at.offset()),
    };
    let kind = if name == Some("Europe/Prague") { "prague" } else { "other" };
    Text::new("confirmation-zone").with("kind", kind).with("place", place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = "+420 601 123 456";

    fn at(text: &str) -> Zoned {
        text.parse().unwrap()
    }

    #[test]
    fn a_slot_is_confirmed_with_the_specified_text() {
        let start = at("2027-03-30T10:00[Europe/Prague]");
        let end = at("2027-03-30T11:00[Europe/Prague]");
        assert_eq!(
            confirmation_slot(Lang::CS, &start, &end, PHONE),
            "Děkujeme. Jeden z našich odborníků vám zavolá v úterý 30. března 2027 mezi 10:00 a 11:00 (pražského času) na číslo +420 601 123 456. Na shledanou."
        );
        assert_eq!(
            confirmation_slot(Lang::EN, &start, &end, PHONE),
            "Thank you. One of our experts will call you on Tuesday 30 March 2027 between 10:00 and 11:00 (Prague time) on +420 601 123 456. Goodbye."
        );
    }

    #[test]
    fn a_call_as_soon_as_possible_is_confirmed_with_its_promise() {
        let by = at("2027-03-30T10:20[Europe/Prague]");
        assert_eq!(
            confirmation_asap(Lang::CS, &by, PHONE),
            "Děkujeme. Jeden z našich odborníků vám na číslo +420 601 123 456 zavolá co nejdříve, nejpozději v úterý 30. března 2027 do 10:20. Na shledanou."
        );
        assert_eq!(
            confirmation_asap(Lang::EN, &by, PHONE),
            "Thank you. One of our experts will call you on +420 601 123 456 as soon as possible, on Tuesday 30 March 2027 by 10:20 at the latest. Goodbye."
        );
    }

    #[test]
    fn czech_weekdays_and_months() {
        for (date, expected) in [
            ("2027-01-04", "v pondělí 4. ledna 2027"),
            ("2027-02-02", "v úterý 2. února 2027"),
            ("2027-03-03", "ve středu 3. března 2027"),
            ("2027-04-01", "ve čtvrtek 1. dubna 2027"),
            ("2027-05-07", "v pátek 7. května 2027"),
            ("2027-06-05", "v sobotu 5. června 2027"),
            ("2027-07-04", "v neděli 4. července 2027"),
            ("2027-08-02", "v pondělí 2. srpna 2027"),
            ("2027-09-07", "v úterý 7. září 2027"),
            ("2027-10-06", "ve středu 6. října 2027"),
            ("2027-11-11", "ve čtvrtek 11. listopadu 2027"),
            ("2027-12-31", "v pátek 31. prosince 2027"),
        ] {
            let noon = at(&format!("{date}T12:00[Europe/Prague]"));
            assert_eq!(day(&noon).in_lang(Lang::CS), expected);
        }
    }

    #[test]
    fn other_zones_are_named_by_their_city() {
        for (zoned, cs, en) in [
            ("2027-03-30T10:00[America/New_York]", "časové pásmo New York", "New York time"),
            ("2027-03-30T10:00[UTC]", "časové pásmo UTC", "UTC time"),
            ("2027-03-30T10:00+05:45[+05:45]", "časové pásmo UTC+05:45", "UTC+05:45 time"),
        ] {
            assert_eq!(zone(&at(zoned)).in_lang(Lang::CS), cs);
            assert_eq!(zone(&at(zoned)).in_lang(Lang::EN), en);
        }
    }

    #[test]
    fn german_sentences() {
        let german: Lang = "de".parse().unwrap();
        let start = at("2027-03-30T10:00[Europe/Prague]");
        let end = at("2027-03-30T11:00[Europe/Prague]");
        assert_eq!(
            confirmation_slot(german, &start, &end, PHONE),
            "Vielen Dank. Unser Fachteam ruft Sie am Dienstag, dem 30. März 2027, zwischen 10:00 und 11:00 Uhr (Prager Zeit) unter +420 601 123 456 an. Auf Wiederhören."
        );
        assert_eq!(
            confirmation_asap(german, &at("2027-03-30T10:20[Europe/Prague]"), PHONE),
            "Vielen Dank. Unser Fachteam ruft Sie unter +420 601 123 456 so bald wie möglich an, spätestens am Dienstag, dem 30. März 2027, um 10:20 Uhr. Auf Wiederhören."
        );
        assert_eq!(
            called_in_vain(german, &start),
            "Wir haben Sie angerufen, aber nicht erreicht. Wir versuchen es am Dienstag, dem 30. März 2027, nach 10:00 Uhr erneut."
        );
        assert_eq!(zone(&at("2027-03-30T10:00[America/New_York]")).in_lang(german), "Zeitzone New York");
    }
}
