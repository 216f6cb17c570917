//! Names in the form in which they are searched: in lower case and without diacritics, so that "Prochazkova" finds
//! "Procházková".

use icu_normalizer::DecomposingNormalizerBorrowed;
use unicode_general_category::{GeneralCategory, get_general_category};

/// Most characters of a key; the rest is not searched.
const MOST_CHARACTERS: usize = 200;

/// The keys of a name. A search finds the names of which a key starts with the key of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameKeys {
    /// The key of the name as written.
    pub name: String,
    /// The same with the last word first.
    pub last_name_first: String,
}

impl NameKeys {
    /// Returns the keys of a name.
    #[must_use]
    pub fn of(full_name: &str) -> Self {
        let name = key(full_name);
        let last_name_first = match name.rsplit_once(' ') {
            Some((others, last)) => format!("{last} {others}"),
            None => name.clone(),
        };
        Self { name, last_name_first }
    }
}

/// Returns the key of a name or of the start of one.
#[must_use]
pub fn key(name: &str) -> String {
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(name);
    let letters = decomposed
        .chars()
        .filter(|letter| get_general_category(*letter) != GeneralCategory::NonspacingMark)
        .flat_map(char::to_lowercase);
    let plain: String = letters.collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(MOST_CHARACTERS).collect();
    cut.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_have_neither_case_nor_diacritics() {
        let keys = NameKeys::of("  Alena\u{a0}Marie  Procházková ");
        assert_eq!(
            (keys.name.as_str(), keys.last_name_first.as_str()),
            ("alena marie prochazkova", "prochazkova alena marie")
        );
        assert_eq!(key("PROCHA\u{301}ZKOVA\u{301}"), "prochazkova");
        assert_eq!(key("Müller"), "muller");
        assert_eq!(NameKeys::of("Madonna").last_name_first, "madonna");
        assert_eq!(key(" \u{301}"), "");
    }

    proptest! {
        #[test]
        fn a_key_is_the_key_of_itself_and_fits_the_column(name in "\\PC{0,120}") {
            let once = key(&name);
            prop_assert_eq!(key(&once), once.clone());
            prop_assert!(NameKeys::of(&name).last_name_first.chars().count() <= MOST_CHARACTERS);
        }
    }
}
