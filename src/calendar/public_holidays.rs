//! The region whose public holidays a calendar observes.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::holidays::{Region, is_public_holiday};

const NO_REGION: &str = "none";

/// The public holidays of a region, or none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct PublicHolidays(Option<Region>);

impl PublicHolidays {
    /// No day is a public holiday.
    pub const NONE: Self = Self(None);

    /// Returns the public holidays of a region.
    #[must_use]
    pub const fn of(region: Region) -> Self {
        Self(Some(region))
    }

    /// Whether `date` is one of these holidays.
    #[must_use]
    pub fn include(self, date: Date) -> bool {
        self.0.is_some_and(|region| is_public_holiday(region, date))
    }

    /// Returns the code of the region, or `none`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0.map_or(NO_REGION, Region::as_str)
    }
}

impl fmt::Display for PublicHolidays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PublicHolidays {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == NO_REGION { Ok(Self::NONE) } else { text.parse().map(Self::of) }
    }
}

crate::stored_as_text!(PublicHolidays);

impl Serialize for PublicHolidays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for PublicHolidays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl PartialSchema for PublicHolidays {
    fn schema() -> RefOr<Schema> {
        let codes = Region::ALL.iter().map(|region| region.as_str());
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "Country or German state whose public holidays the calendar observes, as a code of ISO 3166 such as \
                 `SK` or `DE-BY`, or `none`. `DE` has only the public holidays that all German states have.",
            ))
            .enum_values(Some(std::iter::once(NO_REGION).chain(codes)))
            .examples([serde_json::json!("CZ")])
            .into()
    }
}

impl ToSchema for PublicHolidays {
    fn name() -> Cow<'static, str> {
        "HolidayRegion".into()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn holidays_are_those_of_the_region() {
        let epiphany = date(2027, 1, 6);
        let regions = ["SK", "DE-BY", "DE", "CZ", "none"];
        let found = regions.map(|code| code.parse::<PublicHolidays>().unwrap().include(epiphany));
        assert_eq!(found, [true, true, false, false, false]);
    }

    #[test]
    fn each_value_has_one_code() {
        for one in Region::ALL.iter().copied().map(PublicHolidays::of).chain([PublicHolidays::NONE]) {
            assert_eq!(one.to_string().parse(), Ok(one));
            let text = serde_json::to_value(one).unwrap();
            assert_eq!(serde_json::from_value::<PublicHolidays>(text).unwrap(), one);
        }
        for unknown in ["", "None", "cz", "XX", "DE-XX"] {
            assert!(unknown.parse::<PublicHolidays>().is_err(), "{unknown}");
        }
    }
}
