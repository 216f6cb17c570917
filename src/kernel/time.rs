//! Instants and calendar days, in the API and in both databases.
//!
//! Rules: an instant is UTC with microsecond precision (that of PostgreSQL), formatted as RFC 3339 with `Z`. A day is
//! `YYYY-MM-DD`. chrono is private to these two types, because diesel requires it; time zones use jiff, in `calendar`.

use std::fmt;
use std::str::FromStr;

use arrayvec::ArrayString;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types;
use diesel::sqlite::Sqlite;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// An instant in UTC with microsecond precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Timestamp)]
pub struct UtcTime(NaiveDateTime);

impl UtcTime {
    /// Converts microseconds since the Unix epoch. Instants outside the range of chrono become the epoch.
    #[must_use]
    pub fn from_unix_micros(micros: i64) -> Self {
        Self(DateTime::from_timestamp_micros(micros).unwrap_or_default().naive_utc())
    }

    /// Returns the microseconds since the Unix epoch.
    #[must_use]
    pub fn unix_micros(self) -> i64 {
        self.0.and_utc().timestamp_micros()
    }

    /// Returns the whole seconds since the Unix epoch, as used in JWT and Standard Webhooks.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.and_utc().timestamp()
    }

    /// Returns the UTC day of this instant.
    #[must_use]
    pub fn day(self) -> Day {
        Day(self.0.date())
    }

    /// Returns this instant plus a signed number of seconds.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + TimeDelta::seconds(seconds))
    }

    /// Returns the seconds until `later`; negative if it is earlier.
    #[must_use]
    pub fn seconds_until(self, later: Self) -> f64 {
        (later.unix_micros() - self.unix_micros()) as f64 / 1e6
    }

    /// Returns this instant minus a duration.
    #[must_use]
    pub fn minus(self, duration: std::time::Duration) -> Self {
        Self::from_unix_micros(self.unix_micros() - duration.as_micros() as i64)
    }

    /// Returns this instant plus a duration.
    #[must_use]
    pub fn plus(self, duration: std::time::Duration) -> Self {
        Self::from_unix_micros(self.unix_micros() + duration.as_micros() as i64)
    }

    /// Returns the instant as RFC 3339.
    fn text(self) -> Text {
        let mut text = self.to_the_second('T');
        let micros = self.0.time().nanosecond() / 1_000;
        if micros != 0 {
            push(&mut text, b".");
            push(&mut text, &three(micros / 1_000));
            push(&mut text, &three(micros % 1_000));
        }
        push(&mut text, b"Z");
        text
    }

    /// Returns the instant as SQLite stores it, such as `2027-03-30 08:00:00.123`, which sorts in the order of time. It
    /// is the text that diesel writes: the decimals are none, three or six digits.
    fn stored(self) -> Text {
        let mut text = self.to_the_second(' ');
        let micros = self.0.time().nanosecond() / 1_000;
        if micros != 0 {
            push(&mut text, b".");
            push(&mut text, &three(micros / 1_000));
        }
        if !micros.is_multiple_of(1_000) {
            push(&mut text, &three(micros % 1_000));
        }
        text
    }

    /// Returns date and time without decimals.
    fn to_the_second(self, separator: char) -> Text {
        let (mut text, time) = (Day(self.0.date()).text(), self.0.time());
        let ([h1, h2], [m1, m2], [s1, s2]) = (two(time.hour()), two(time.minute()), two(time.second()));
        let _ = text.try_push(separator);
        push(&mut text, &[h1, h2, b':', m1, m2, b':', s1, s2]);
        text
    }

    /// Returns the instant of a text in the form of [`UtcTime::stored`]; `None` for other texts.
    fn from_stored(text: &str) -> Option<Self> {
        let (day, rest) = text.split_at_checked(10)?;
        let (time, decimals) = rest.split_at_checked(9)?;
        let &[b' ', h1, h2, b':', m1, m2, b':', s1, s2] = time.as_bytes() else { return None };
        let micros = match decimals.as_bytes() {
            [] => 0,
            [b'.', millis @ ..] if millis.len() == 3 => digits(millis)? * 1_000,
            [b'.', micros @ ..] if micros.len() == 6 => digits(micros)?,
            _ => return None,
        };
        let time = NaiveTime::from_hms_micro_opt(digits(&[h1, h2])?, digits(&[m1, m2])?, digits(&[s1, s2])?, micros)?;
        Some(Self(Day::from_stored(day)?.0.and_time(time)))
    }

    /// Converts to jiff, for time-zone arithmetic.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.unix_micros()).unwrap_or_default()
    }

    /// Converts from jiff, truncated to microseconds.
    #[must_use]
    pub fn from_jiff(timestamp: jiff::Timestamp) -> Self {
        Self::from_unix_micros(timestamp.as_microsecond())
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl FromStr for UtcTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = DateTime::parse_from_rfc3339(text).map_err(|error| error.to_string())?;
        let instant = Self::from_unix_micros(parsed.timestamp_micros());
        // SQLite compares instants as text, which is in the order of time only for years with four digits. Checked
        // after the conversion, in which a leap second becomes the second after it.
        if !(0..=9999).contains(&instant.0.year()) {
            return Err("the year must have four digits in UTC".into());
        }
        Ok(instant)
    }
}

/// A calendar day without a time zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Date)]
pub struct Day(NaiveDate);

impl Day {
    /// Converts to jiff, for calendar arithmetic.
    #[must_use]
    pub fn to_jiff(self) -> jiff::civil::Date {
        jiff::civil::Date::new(self.0.year() as i16, self.0.month() as i8, self.0.day() as i8).unwrap_or_default()
    }

    /// Converts from jiff.
    #[must_use]
    pub fn from_jiff(date: jiff::civil::Date) -> Self {
        Self(
            NaiveDate::from_ymd_opt(i32::from(date.year()), date.month() as u32, date.day() as u32).unwrap_or_default(),
        )
    }
}

impl Day {
    /// Returns the day as ISO 8601.
    fn text(self) -> Text {
        // Years have four digits: the API and the databases accept no others.
        let year = self.0.year().unsigned_abs();
        let ([y1, y2], [y3, y4]) = (two(year / 100), two(year % 100));
        let ([m1, m2], [d1, d2]) = (two(self.0.month()), two(self.0.day()));
        let mut text = Text::new();
        push(&mut text, &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2]);
        text
    }

    /// Returns the day as SQLite stores it.
    fn stored(self) -> Text {
        self.text()
    }

    /// Returns the day of a text in the form of [`Day::stored`]; `None` for other texts.
    fn from_stored(text: &str) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
        let year = i32::try_from(digits(&[y1, y2, y3, y4])?).ok()?;
        NaiveDate::from_ymd_opt(year, digits(&[m1, m2])?, digits(&[d1, d2])?).map(Self)
    }

    /// Returns the first instant of this day in UTC.
    #[must_use]
    pub fn start(self) -> UtcTime {
        UtcTime(self.0.and_time(chrono::NaiveTime::MIN))
    }

    /// Returns the number of days until `other`; negative if it is earlier.
    #[must_use]
    pub fn days_until(self, other: Self) -> i64 {
        (other.0 - self.0).num_days()
    }

    /// Returns this day plus a signed number of days, or this day if the result is out of range.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(TimeDelta::try_days(days).and_then(|delta| self.0.checked_add_signed(delta)).unwrap_or(self.0))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Not with chrono, which also accepts "2027-1-5", "+2027-1-05" and "2027- 1-05".
        Self::from_stored(text).ok_or_else(|| format!("{text:?} is not a day in the form YYYY-MM-DD"))
    }
}

/// Long enough for an instant with microseconds, and for a year with more digits than the API accepts.
type Text = ArrayString<40>;

/// Appends ASCII. Formatting with `write!` takes several times as long, which counts in lists.
fn push(text: &mut Text, ascii: &[u8]) {
    let _ = text.try_push_str(std::str::from_utf8(ascii).unwrap_or_default());
}

/// Returns the digits of a number below 100.
fn two(value: u32) -> [u8; 2] {
    [b'0' + (value / 10 % 10) as u8, b'0' + (value % 10) as u8]
}

/// Returns the digits of a number below 1,000.
fn three(value: u32) -> [u8; 3] {
    let [tens, ones] = two(value % 100);
    [b'0' + (value / 100 % 10) as u8, tens, ones]
}

/// Returns the number that ASCII digits write.
fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

macro_rules! text_in_json {
    ($type:ty, $format:expr, $description:literal, $example:literal, $max:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.text())
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .format(Some(SchemaFormat::KnownFormat($format)))
                    .description(Some($description))
                    .max_length(Some($max))
                    .examples([serde_json::json!($example)])
                    .into()
            }
        }

        impl ToSchema for $type {}
    };
}

text_in_json!(
    UtcTime,
    KnownFormat::DateTime,
    "Timestamp (RFC 3339), such as `2027-03-30T08:00:00Z`: in UTC in responses; requests can have any offset.",
    "2027-03-30T08:00:00Z",
    40
);
text_in_json!(Day, KnownFormat::Date, "Date in the form `YYYY-MM-DD`.", "2027-03-30", 10);

macro_rules! stored_as {
    ($type:ty, $sql:ty, $inner:ty) => {
        impl ToSql<$sql, Pg> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                <$inner as ToSql<$sql, Pg>>::to_sql(&self.0, out)
            }
        }

        impl FromSql<$sql, Pg> for $type {
            fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                <$inner as FromSql<$sql, Pg>>::from_sql(value).map(Self)
            }
        }

        // By hand, because chrono interprets a format for each value, which takes several times as long.
        impl ToSql<$sql, Sqlite> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.stored().as_str().to_owned());
                Ok(IsNull::No)
            }
        }

        impl FromSql<$sql, Sqlite> for $type {
            fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                match Self::from_stored(value.read_text()) {
                    Some(found) => Ok(found),
                    // The result of an SQL function can have another form.
                    None => <$inner as FromSql<$sql, Sqlite>>::from_sql(value).map(Self),
                }
            }
        }
    };
}

stored_as!(UtcTime, sql_types::Timestamp, NaiveDateTime);
stored_as!(Day, sql_types::Date, NaiveDate);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn instants_are_formatted_in_utc_and_offsets_are_accepted() {
        let instant: UtcTime = "2027-03-30T10:00:00+02:00".parse().unwrap();
        assert_eq!(instant.to_string(), "2027-03-30T08:00:00Z");
        let precise: UtcTime = "2027-03-30T08:00:00.123456789Z".parse().unwrap();
        assert_eq!(precise.to_string(), "2027-03-30T08:00:00.123456Z");
    }

    #[test]
    fn the_year_has_four_digits_in_utc() {
        let last = "9999-12-31T23:59:59.999999Z";
        assert_eq!(last.parse::<UtcTime>().unwrap().to_string(), last);
        for wrong in ["9999-12-31T23:59:60Z", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01"] {
            assert!(wrong.parse::<UtcTime>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn sqlite_stores_instants_and_days_as_chrono_formats_them(
            micros in -62_167_219_200_000_000_i64..253_402_300_800_000_000,
            precision in prop::sample::select(vec![1_i64, 1_000, 1_000_000]),
        ) {
            let instant = UtcTime::from_unix_micros(micros / precision * precision);
            let (stored, day) = (instant.stored(), instant.day());
            prop_assert_eq!(stored.to_string(), instant.0.format("%F %T%.f").to_string());
            prop_assert_eq!(UtcTime::from_stored(&stored), Some(instant));
            prop_assert_eq!(day.stored().to_string(), day.0.format("%F").to_string());
            prop_assert_eq!(Day::from_stored(&day.stored()), Some(day));
        }

        #[test]
        fn other_texts_are_not_stored_instants(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]?[0-9:.Z]{0,16}") {
            if let Some(instant) = UtcTime::from_stored(&text) {
                prop_assert_eq!(NaiveDateTime::parse_from_str(&text, "%F %T%.f"), Ok(instant.0));
            }
        }
    }

    #[test]
    fn a_day_has_one_form() {
        assert_eq!("2027-03-30".parse::<Day>().unwrap().to_string(), "2027-03-30");
        for wrong in
            ["2027-3-30", "2027-02-30", "+12027-01-01", "+2027-1-01", " 2027-1-01", "2027- 1-01", "30.3.2027", ""]
        {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }
}
