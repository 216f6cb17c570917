//! How text is read from each database without a copy on the heap.

/// Reads a type from a column of text with a function from `&str` to a `Result`. The third argument is the type parameter
/// of a generic type.
#[macro_export]
macro_rules! read_from_text {
    ($type:ty, $read:expr $(, $parameter:ident: $bound:ident)?) => {
        impl$(<$parameter: $bound>)? diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $type {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                $read(std::str::from_utf8(value.as_bytes())?).map_err(Into::into)
            }
        }

        impl$(<$parameter: $bound>)? diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for $type {
            fn from_sql(
                mut value: <diesel::sqlite::Sqlite as diesel::backend::Backend>::RawValue<'_>,
            ) -> diesel::deserialize::Result<Self> {
                $read(value.read_text()).map_err(Into::into)
            }
        }

        impl$(<$parameter: $bound>)? diesel::deserialize::FromSql<diesel::sql_types::Text, $crate::kernel::db::MultiBackend>
            for $type
        {
            fn from_sql(value: $crate::kernel::db::MultiRawValue<'_>) -> diesel::deserialize::Result<Self> {
                value.from_sql::<Self, diesel::sql_types::Text>()
            }
        }
    };
}
