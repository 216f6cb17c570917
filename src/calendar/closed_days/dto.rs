//! Closures in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rows::Closure;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::ClosureId;
use crate::kernel::time::{Day, UtcTime};

/// A day on which the company is closed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Closure)]
pub struct ClosureBody {
    pub id: ClosureId,
    pub date: Day,
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$", example = "Company day")]
    pub reason: String,
    pub created_at: UtcTime,
}

impl From<Closure> for ClosureBody {
    fn from(row: Closure) -> Self {
        let Closure { id, date, reason, created_at } = row;
        Self { id, date, reason, created_at }
    }
}

/// A day to close.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"date": "2099-05-04", "reason": "Company day"}))]
pub struct NewClosure {
    pub date: Day,
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for NewClosure {}

/// A calendar in the format of RFC 5545.
#[derive(Debug, Clone, ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 65536, pattern = r"^[^\x00]+$", example = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Holidays//EN\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20291224\r\nDTEND;VALUE=DATE:20291226\r\nSUMMARY:Company holidays\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")]
pub struct CalendarText(#[allow(dead_code, reason = "describes the text, never built")] String);

/// What an import came to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportedClosures {
    /// The days that are closed from now on.
    #[schema(max_items = 1000)]
    pub added: Vec<ClosureBody>,
    /// Days that were closed before.
    #[schema(max_items = 1000)]
    pub already_closed: Vec<Day>,
}
