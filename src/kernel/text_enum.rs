//! Enumerations that are text in the API and in the database: the names of the variants in snake case, or in the case
//! that is given as the first argument (`"kebab-case"`).

/// Returns the error for text that is not one of the values.
#[must_use]
pub fn unknown(text: &str) -> String {
    format!("unknown value {text:?}")
}

/// Defines an enumeration that is text in the API and in the database.
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* pub enum $name:ident { $($variants:tt)* }) => {
        $crate::text_enum! { "snake_case", $(#[$doc])* pub enum $name { $($variants)* } }
    };
    ($case:tt, $(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)* }) => {
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
            strum::IntoStaticStr, strum::EnumString, strum::VariantArray,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[serde(rename_all = $case)]
        #[strum(serialize_all = $case, parse_err_fn = $crate::kernel::text_enum::unknown, parse_err_ty = String)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        $(#[$doc])*
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All values, in the order of their definition.
            pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

            /// Returns the value as text.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                self.into()
            }
        }

        $crate::stored_as_text!($name);
    };
}

/// Stores an enumeration that converts to and from text as TEXT. Derive `AsExpression` and `FromSqlRow` with
/// `#[diesel(sql_type = diesel::sql_types::Text)]` on the type.
#[macro_export]
macro_rules! stored_as_text {
    ($type:ty) => {
        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $type
        where
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(self.as_str(), out)
            }
        }

        $crate::read_from_text!($type, |text: &str| text.parse::<$type>());
    };
}

#[cfg(test)]
mod tests {
    crate::text_enum! {
        /// An example.
        pub enum Example {
            LeftOrganisation,
            Cc,
        }
    }

    #[test]
    fn a_value_has_one_spelling() {
        for value in Example::ALL.iter().copied() {
            assert_eq!(value.as_str().parse(), Ok(value));
            assert_eq!(serde_json::to_value(value).unwrap(), value.as_str());
        }
        assert_eq!(Example::LeftOrganisation.as_str(), "left_organisation");
        assert_eq!("Cc".parse::<Example>(), Err("unknown value \"Cc\"".to_owned()));
    }
}
