//! The short name of an external system, such as `salesforce`, used in external references, in `Caused-By` and in
//! webhook endpoints.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Maximum length of a name, in characters.
const MAX_LENGTH: usize = 40;
const PATTERN: &str = "^[a-z0-9][a-z0-9._-]*$";

/// Name of an external system: 1 to 40 lower-case letters, digits, dots, hyphens and underscores, starting with a
/// letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct SystemName(String);

impl SystemName {
    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SystemName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let inner = |byte: u8| plain(byte) || b"._-".contains(&byte);
        let fits = text.len() <= MAX_LENGTH && text.bytes().next().is_some_and(plain) && text.bytes().all(inner);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err("a system's name is 1 to 40 of a-z, 0-9, '.', '_', '-'".into())
        }
    }
}

impl TryFrom<String> for SystemName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for SystemName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialSchema for SystemName {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(MAX_LENGTH))
            .pattern(Some(PATTERN))
            .examples([serde_json::json!("salesforce")])
            .into()
    }
}

impl ToSchema for SystemName {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_parser_matches_the_schema(text in "[a-zA-Z0-9._ -]{0,45}") {
            let schema = serde_json::to_value(SystemName::schema()).unwrap();
            let documented = crate::kernel::http::schema::compile(&schema).unwrap().is_valid(&text.clone().into());
            prop_assert_eq!(text.parse::<SystemName>().is_ok(), documented);
        }
    }
}
