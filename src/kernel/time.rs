//! Instants and calendar days, in the API and in both databases.
//!
//! Rules: an instant is UTC with microsecond precision (that of PostgreSQL), formatted as RFC 3339 with `Z`. A day is
//! `YYYY-MM-DD`. chrono is private to these two types, because diesel requires it; time zones use jiff, in `calendar`.

use std::fmt;
use std::str::FromStr;

use arrayvec::ArrayString;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types;
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
        let (mut text, time) = (Day(self.0.date()).text(), self.0.time());
        for (separator, value) in [('T', time.hour()), (':', time.minute()), (':', time.second())] {
            push(&mut text, separator);
            push_digits(&mut text, value, 2);
        }
        let micros = time.nanosecond() / 1_000;
        if micros != 0 {
            push(&mut text, '.');
            push_digits(&mut text, micros, 6);
        }
        push(&mut text, 'Z');
        text
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
        let instant = DateTime::parse_from_rfc3339(text).map_err(|error| error.to_string())?.with_timezone(&Utc);
        // SQLite compares instants as text, which is in the order of time only for years with four digits.
        if !(0..=9999).contains(&instant.year()) {
            return Err("the year must have four digits in UTC".into());
        }
        Ok(Self::from_unix_micros(instant.timestamp_micros()))
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
        let mut text = Text::new();
        // Years have four digits: the API and the databases accept no others.
        push_digits(&mut text, self.0.year().unsigned_abs(), 4);
        for value in [self.0.month(), self.0.day()] {
            push(&mut text, '-');
            push_digits(&mut text, value, 2);
        }
        text
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
        // chrono also accepts "2027-1-5" and years after 9999. The API accepts one form only.
        match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            Ok(date) if text.len() == 10 && (0..=9999).contains(&date.year()) => Ok(Self(date)),
            _ => Err(format!("{text:?} is not a day in the form YYYY-MM-DD")),
        }
    }
}

/// Long enough for an instant with microseconds, and for a year with more digits than the API accepts.
type Text = ArrayString<40>;

fn push(text: &mut Text, character: char) {
    let _ = text.try_push(character);
}

/// Appends a number with leading zeros. Formatting with `write!` takes several times as long, which counts in lists.
fn push_digits(text: &mut Text, value: u32, width: u32) {
    for place in (0..width).rev() {
        let digit = value / 10_u32.pow(place) % 10;
        push(text, char::from(b'0' + digit as u8));
    }
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
        impl<DB: Backend> ToSql<$sql, DB> for $type
        where
            $inner: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<DB: Backend> FromSql<$sql, DB> for $type
        where
            $inner: FromSql<$sql, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                <$inner>::from_sql(value).map(Self)
            }
        }
    };
}

stored_as!(UtcTime, sql_types::Timestamp, NaiveDateTime);
stored_as!(Day, sql_types::Date, NaiveDate);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_formatted_in_utc_and_offsets_are_accepted() {
        let instant: UtcTime = "2027-03-30T10:00:00+02:00".parse().unwrap();
        assert_eq!(instant.to_string(), "2027-03-30T08:00:00Z");
        let precise: UtcTime = "2027-03-30T08:00:00.123456789Z".parse().unwrap();
        assert_eq!(precise.to_string(), "2027-03-30T08:00:00.123456Z");
    }

    #[test]
    fn a_day_has_one_form() {
        assert_eq!("2027-03-30".parse::<Day>().unwrap().to_string(), "2027-03-30");
        for wrong in ["2027-3-30", "2027-02-30", "+12027-01-01", "30.3.2027", ""] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }
}
