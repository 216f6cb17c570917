//! Rows of the table `closed_days`.

use diesel::prelude::*;

use crate::kernel::db::schema::closed_days;
use crate::kernel::ids::{CalendarId, ClosedDayId};
use crate::kernel::time::{Day, UtcTime};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = closed_days, treat_none_as_default_value = false)]
pub struct ClosedDay {
    pub id: ClosedDayId,
    pub calendar_id: CalendarId,
    pub date: Day,
    pub reason: String,
    pub created_at: UtcTime,
}
