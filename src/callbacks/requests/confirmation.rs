//! Confirmation texts for visitors, in Czech and English.
//!
//! The texts avoid gender and vocative, and cannot contain an unfilled placeholder.

use jiff::Zoned;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

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
    let (day, zone) = (day(lang, start), zone(lang, start));
    let (from, to) = (clock(start), clock(end));
    match lang {
        Lang::Cs => format!(
            "Děkujeme. Jeden z našich odborníků vám zavolá {day} mezi {from} a {to} ({zone}) \
             na číslo {phone_display}. Na shledanou."
        ),
        Lang::En => format!(
            "Thank you. One of our experts will call you {day} between {from} and {to} ({zone}) \
             on {phone_display}. Goodbye."
        ),
    }
}

/// Returns the confirmation of a call as soon as possible, due before `promise_by` in the company's time zone.
fn confirmation_asap(lang: Lang, promise_by: &Zoned, phone_display: &str) -> String {
    let (day, time) = (day(lang, promise_by), clock(promise_by));
    match lang {
        Lang::Cs => format!(
            "Děkujeme. Jeden z našich odborníků vám na číslo {phone_display} zavolá \
             co nejdříve, nejpozději {day} do {time}. Na shledanou."
        ),
        Lang::En => format!(
            "Thank you. One of our experts will call you on {phone_display} \
             as soon as possible, {day} by {time} at the latest. Goodbye."
        ),
    }
}

/// Returns the text for a cancelled request.
pub fn cancelled(lang: Lang) -> &'static str {
    match lang {
        Lang::Cs => "Vaše žádost je zrušena, nezavoláme vám. O zavolání můžete kdykoli požádat znovu.",
        Lang::En => "Your request is cancelled; we will not call you. You can ask for a call again at any time.",
    }
}

/// Returns the text for a completed request.
pub fn completed(lang: Lang) -> &'static str {
    match lang {
        Lang::Cs => "Náš odborník s vámi už mluvil. Děkujeme.",
        Lang::En => "One of our experts has spoken to you. Thank you.",
    }
}

/// Returns the text for an unreachable visitor.
pub fn unreachable(lang: Lang) -> &'static str {
    match lang {
        Lang::Cs => "Volali jsme vám, ale nepodařilo se nám vás zastihnout. O zavolání můžete požádat znovu.",
        Lang::En => "We called you but could not reach you. You can ask for a call again.",
    }
}

/// Returns the text for a visitor who was not reached; the next attempt is at `again` or later, in the company's time
/// zone.
pub fn called_in_vain(lang: Lang, again: &Zoned) -> String {
    let (day, time) = (day(lang, again), clock(again));
    match lang {
        Lang::Cs => {
            format!("Volali jsme vám, ale nepodařilo se nám vás zastihnout. Zkusíme to znovu {day} po {time}.")
        }
        Lang::En => format!("We called you but could not reach you. We will try again {day} after {time}."),
    }
}

/// Returns the text for a request whose promised time has passed.
pub fn late(lang: Lang) -> &'static str {
    match lang {
        Lang::Cs => "Omlouváme se, ve slíbeném čase jsme vám nezavolali. Zavoláme, jakmile to bude možné.",
        Lang::En => "Sorry, we did not call you at the promised time. We will call as soon as we can.",
    }
}

/// Returns the date for use in a sentence: `v úterý 30. března 2027`, `on Tuesday 30 March 2027`.
pub fn day(lang: Lang, at: &Zoned) -> String {
    let (day, year) = (at.day(), at.year());
    match lang {
        Lang::Cs => {
            let (weekday, month) = (czech_on_weekday(at.weekday()), czech_month(at.month()));
            format!("{weekday} {day}. {month} {year}")
        }
        Lang::En => format!("on {}", at.strftime("%A %-d %B %Y")),
    }
}

fn clock(at: &Zoned) -> String {
    at.strftime("%H:%M").to_string()
}

/// Returns the name of the time zone: its city, or the UTC offset if it has no name.
fn zone(lang: Lang, at: &Zoned) -> String {
    let name = at.time_zone().iana_name();
    let place = match name {
        Some(name) => name.rsplit('/').next().unwrap_or(name).replace('_', " "),
        None => format!("UTC{}", at.offset()),
    };
    match lang {
        Lang::Cs if name == Some("Europe/Prague") => "pražského času".to_owned(),
        Lang::Cs => format!("časové pásmo {place}"),
        Lang::En => format!("{place} time"),
    }
}

/// Returns the weekday with its preposition, in the accusative.
fn czech_on_weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "v pondělí",
        Weekday::Tuesday => "v úterý",
        Weekday::Wednesday => "ve středu",
        Weekday::Thursday => "ve čtvrtek",
        Weekday::Friday => "v pátek",
        Weekday::Saturday => "v sobotu",
        Weekday::Sunday => "v neděli",
    }
}

/// Returns the month in the genitive, as it is used in dates.
fn czech_month(month: i8) -> &'static str {
    match month {
        1 => "ledna",
        2 => "února",
        3 => "března",
        4 => "dubna",
        5 => "května",
        6 => "června",
        7 => "července",
        8 => "srpna",
        9 => "září",
        10 => "října",
        11 => "listopadu",
        _ => "prosince",
    }
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
            confirmation_slot(Lang::Cs, &start, &end, PHONE),
            "Děkujeme. Jeden z našich odborníků vám zavolá v úterý 30. března 2027 mezi 10:00 a 11:00 (pražského času) na číslo +420 601 123 456. Na shledanou."
        );
        assert_eq!(
            confirmation_slot(Lang::En, &start, &end, PHONE),
            "Thank you. One of our experts will call you on Tuesday 30 March 2027 between 10:00 and 11:00 (Prague time) on +420 601 123 456. Goodbye."
        );
    }

    #[test]
    fn a_call_as_soon_as_possible_is_confirmed_with_its_promise() {
        let by = at("2027-03-30T10:20[Europe/Prague]");
        assert_eq!(
            confirmation_asap(Lang::Cs, &by, PHONE),
            "Děkujeme. Jeden z našich odborníků vám na číslo +420 601 123 456 zavolá co nejdříve, nejpozději v úterý 30. března 2027 do 10:20. Na shledanou."
        );
        assert_eq!(
            confirmation_asap(Lang::En, &by, PHONE),
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
            assert_eq!(day(Lang::Cs, &noon), expected);
        }
    }

    #[test]
    fn other_zones_are_named_by_their_city() {
        for (zoned, cs, en) in [
            ("2027-03-30T10:00[America/New_York]", "časové pásmo New York", "New York time"),
            ("2027-03-30T10:00[UTC]", "časové pásmo UTC", "UTC time"),
            ("2027-03-30T10:00+05:45[+05:45]", "časové pásmo UTC+05:45", "UTC+05:45 time"),
        ] {
            assert_eq!(zone(Lang::Cs, &at(zoned)), cs);
            assert_eq!(zone(Lang::En, &at(zoned)), en);
        }
    }
}
