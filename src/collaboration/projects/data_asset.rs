//! Identifiers of data assets, as they are in a data catalogue.
//!
//! Rule: spaces around an identifier are removed and its characters are composed (Unicode form NFC), so that one asset
//! has one identifier however it was typed. Nothing else is changed: catalogues distinguish case and all other
//! characters.

use icu_normalizer::ComposingNormalizerBorrowed;
use serde::{Deserialize, Deserializer};

use crate::kernel::error::Text;
use crate::kernel::visible::has_visible_character;

/// Most characters of an identifier.
const MOST_CHARACTERS: usize = 500;

/// Returns an identifier in the form in which it is stored.
#[must_use]
pub fn normalized(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text.trim()).into_owned()
}

/// Deserializes an optional identifier in the form in which it is stored.
///
/// # Errors
/// When the value is not text.
pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(source)?.map(|text| normalized(&text)))
}

/// Returns code and text of what is wrong with a normalized identifier: the schema has checked it before, but it can be
/// empty without spaces, and longer when it is composed.
#[must_use]
pub fn fault(asset: &str) -> Option<(&'static str, Text)> {
    if !has_visible_character(asset) {
        return Some(("blank", "violation-blank".into()));
    }
    let is_long = asset.chars().count() > MOST_CHARACTERS;
    is_long.then(|| ("too_long", Text::new("violation-too-long").with("limit", MOST_CHARACTERS)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_identifier_of_a_catalogue_stays_as_it_is() {
        for asset in [
            "crm.customers",
            "urn:li:dataset:(urn:li:dataPlatform:snowflake,CRM.PUBLIC.Customers,PROD)",
            "component:default/crm",
            "s3://bucket/Zákazníci/*.parquet?version=2#1",
        ] {
            assert_eq!(normalized(asset), asset);
            assert_eq!(fault(asset), None);
        }
    }

    #[test]
    fn spaces_and_the_way_of_typing_do_not_matter() {
        assert_eq!(normalized(" \u{a0}z\u{e1}kazn\u{ed}ci "), normalized("za\u{301}kazni\u{301}ci"));
    }

    #[test]
    fn an_identifier_can_be_wrong_once_it_is_normalized() {
        let code = |text: &str| fault(&normalized(text)).map(|(code, _)| code);
        assert_eq!(code("\u{2003}\u{a0}"), Some("blank"));
        assert_eq!(code("\u{200b}"), Some("blank"));
        assert_eq!(code(&"a".repeat(500)), None);
        // NFC has no composed form of this character, so it becomes two.
        assert_eq!(code(&"\u{958}".repeat(251)), Some("too_long"));
    }

    proptest! {
        #[test]
        fn normalizing_again_changes_nothing(text in "\\PC{0,40}") {
            let once = normalized(&text);
            prop_assert_eq!(normalized(&once), once);
        }
    }
}
