//! Closed days in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rows::ClosedDay;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{CalendarId, ClosedDayId};
use crate::kernel::time::{Day, UtcTime};

/// A closed day: a day on which the company does not work, in addition to weekends and public holidays.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ClosedDay)]
pub struct ClosedDayBody {
    /// Unique identifier of the closed day.
    pub id: ClosedDayId,
    /// The calendar to which the closed day belongs.
    pub calendar_id: CalendarId,
    /// The date that is closed, in the calendar's time zone.
    pub date: Day,
    /// Why the day is closed.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$", example = "Company day")]
    pub reason: String,
    /// When the closed day was added.
    pub created_at: UtcTime,
}

impl From<ClosedDay> for ClosedDayBody {
    fn from(row: ClosedDay) -> Self {
        let ClosedDay { id, calendar_id, date, reason, created_at } = row;
        Self { id, calendar_id, date, reason, created_at }
    }
}

/// A closed day to create.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"date": "2099-05-04", "reason": "Company day"}))]
pub struct NewClosedDay {
    /// The date to close, in the calendar's time zone.
    pub date: Day,
    /// Why the day is closed.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for NewClosedDay {}

/// An iCalendar file (RFC 5545).
#[derive(Debug, Clone, ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 65536, pattern = r"^[^\x00]+$", example = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Holidays//EN\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20291224\r\nDTEND;VALUE=DATE:20291226\r\nSUMMARY:Company holidays\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")]
pub struct CalendarText(#[allow(dead_code, reason = "describes the text, never constructed")] String);

/// Result of an import of closed days.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClosedDayImport {
    /// The closed days that the import created.
    #[schema(max_items = 1000)]
    pub added: Vec<ClosedDayBody>,
    /// Days in the file that were already closed and stay unchanged.
    #[schema(max_items = 1000)]
    pub already_closed: Vec<Day>,
}
