//! References to a calendar in paths.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::kernel::ids::CalendarId;

/// Refers to the company calendar (`default`), or to a calendar by its ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarRef {
    Default,
    Id(CalendarId),
}

impl fmt::Display for CalendarRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Id(id) => id.fmt(f),
        }
    }
}

/// Error: the text is neither `default` nor the ID of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACalendar;

impl fmt::Display for NotACalendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected default or an id of the form cal_ followed by 26 characters")
    }
}

impl FromStr for CalendarRef {
    type Err = NotACalendar;

    fn from_str(text: &str) -> Result<Self, NotACalendar> {
        if text == "default" { Ok(Self::Default) } else { text.parse().map(Self::Id).map_err(|_| NotACalendar) }
    }
}

impl PartialSchema for CalendarRef {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("`default` for the company calendar, or the ID of a calendar."))
            .pattern(Some("^(default|cal_[0-9a-hjkmnp-tv-z]{26})$"))
            .max_length(Some(30))
            .examples([serde_json::json!("default")])
            .into()
    }
}

impl ToSchema for CalendarRef {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("CalendarRef")
    }
}
