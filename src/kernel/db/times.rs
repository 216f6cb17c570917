//! Instants and days in queries for [`DbConn`](super::DbConn). Each database has its own conversion of them.

use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Date, Timestamp};

use super::connection::{MultiBackend, MultiRawValue};
use crate::kernel::time::{Day, UtcTime};

macro_rules! stored_as {
    ($type:ty, $sql:ident) => {
        impl ToSql<$sql, MultiBackend> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($sql, self));
                Ok(IsNull::No)
            }
        }

        impl FromSql<$sql, MultiBackend> for $type {
            fn from_sql(value: MultiRawValue<'_>) -> deserialize::Result<Self> {
                value.from_sql::<Self, $sql>()
            }
        }
    };
}

stored_as!(UtcTime, Timestamp);
stored_as!(Day, Date);
