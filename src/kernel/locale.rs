//! The languages of texts for people, and their choice from `Accept-Language` (RFC 9110 section 12.5.4, with the basic
//! matching of RFC 4647 section 3.3.1).
//!
//! A language is a folder in `locales/` with all texts, so that no response mixes two languages. A test checks it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::LazyLock;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "./locales",
        fallback_language: "en",
        // Values are ids, dates and names. The isolation marks would become part of copied text.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

struct Language {
    lang: Lang,
    identifier: LanguageIdentifier,
}

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    // The names live as long as the process, so that `Lang` is as cheap as an enumeration.
    let mut found: Vec<_> = TEXTS
        .locales()
        .map(|identifier| Language { lang: Lang(identifier.to_string().leak()), identifier: identifier.clone() })
        .collect();
    found.sort_by_key(|language| language.lang.0);
    found
});
static ALL: LazyLock<Vec<Lang>> = LazyLock::new(|| LANGUAGES.iter().map(|language| language.lang).collect());

/// A language of texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lang(&'static str);

impl Lang {
    /// English, the language of problems and the fallback for missing texts.
    pub const EN: Self = Self("en");
    /// Czech, the default language of visitors.
    pub const CS: Self = Self("cs");

    /// All languages.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// Returns the primary tag, such as `cs`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Returns the language of a tag such as `cs`, `en-GB` or `EN`; `None` if there are no texts in it.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next()?;
        Self::all().iter().copied().find(|lang| lang.0.eq_ignore_ascii_case(primary))
    }

    /// Returns the language of a stored record; English if its texts no longer exist.
    #[must_use]
    pub fn stored(tag: &str) -> Self {
        Self::from_tag(tag).unwrap_or(Self::EN)
    }

    /// Returns the language of texts for developers: English by default.
    #[must_use]
    pub fn of_developer(accept_language: Option<&str>) -> Self {
        Self::negotiate(accept_language, Self::all(), Self::EN)
    }

    /// Returns the best of the offered languages for an `Accept-Language` value.
    ///
    /// The highest weight wins; of equal weights, the language that comes first in the header. `*` stands for the
    /// languages that are not in the header, `default` and English first. A weight of zero excludes a language.
    /// Malformed list items are skipped. If no offered language is accepted, the result is `default`, or the first
    /// language that is not excluded.
    #[must_use]
    pub fn negotiate(accept_language: Option<&str>, offered: &[Self], default: Self) -> Self {
        let ranges: Vec<_> = accept_language.unwrap_or_default().split(',').filter_map(Range::parse).collect();
        let english = offered.iter().copied().filter(|lang| *lang == Self::EN && *lang != default);
        let others = offered.iter().copied().filter(|lang| ![default, Self::EN].contains(lang));
        let weights: Vec<_> = std::iter::once(default)
            .chain(english)
            .chain(others)
            .map(|lang| (lang, weight_of(lang, &ranges)))
            .collect();

        let mut best: Option<(Self, Rank)> = None;
        for (lang, rank) in weights.iter().copied() {
            if let Some(rank) = rank.filter(|rank| rank.weight > 0)
                && best.is_none_or(|(_, leader)| rank.beats(leader))
            {
                best = Some((lang, rank));
            }
        }
        let not_excluded = || weights.iter().find(|(_, rank)| rank.is_none()).map(|(lang, _)| *lang);
        best.map(|(lang, _)| lang).or_else(not_excluded).unwrap_or(default)
    }

    /// Returns the text of a key. Attributes are written `key.attribute`. A text that is missing in this language is
    /// returned in English.
    #[must_use]
    pub fn text(self, key: &str, args: &HashMap<Cow<'static, str>, FluentValue<'_>>) -> String {
        let language = LANGUAGES.iter().find(|language| language.lang == self);
        let found = language.and_then(|language| TEXTS.try_lookup_complete(&language.identifier, key, Some(args)));
        // A test checks that every key exists with its arguments. A key is better than an empty text.
        found.unwrap_or_else(|| key.to_owned())
    }
}

impl FromStr for Lang {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Self::all().iter().map(|lang| lang.0).collect::<Vec<_>>().join(", ");
        let found = Self::all().iter().copied().find(|lang| lang.0 == text);
        found.ok_or_else(|| format!("{text:?} is not one of the languages {}", known()))
    }
}

impl Serialize for Lang {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Lang {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl PartialSchema for Lang {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Language of texts for visitors."))
            .enum_values(Some(Self::all().iter().map(|lang| lang.0)))
            .into()
    }
}

impl ToSchema for Lang {
    fn name() -> Cow<'static, str> {
        "Locale".into()
    }
}

/// A language range of the header, and its weight in thousandths.
struct Range<'a> {
    tag: &'a str,
    weight: u16,
}

impl<'a> Range<'a> {
    fn parse(member: &'a str) -> Option<Self> {
        let (tag, weight) = match member.split_once(';') {
            Some((tag, parameter)) => (tag, parse_weight(parameter)?),
            None => (member, 1000),
        };
        let tag = tag.trim_matches([' ', '\t']);
        (!tag.is_empty()).then_some(Self { tag, weight })
    }
}

/// `q=` and a qvalue: 0 to 1 with at most three decimals (RFC 9110 §12.4.2).
fn parse_weight(parameter: &str) -> Option<u16> {
    let parameter = parameter.trim_matches([' ', '\t']);
    let value = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="))?;
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Rank {
    weight: u16,
    position: usize,
}

impl Rank {
    fn beats(self, other: Self) -> bool {
        self.weight > other.weight || (self.weight == other.weight && self.position < other.position)
    }
}

/// Returns the rank of `lang` in the header: of the best range that matches it, otherwise of `*`.
fn weight_of(lang: Lang, ranges: &[Range<'_>]) -> Option<Rank> {
    let best = |names: &dyn Fn(&str) -> bool| {
        ranges
            .iter()
            .enumerate()
            .filter(|(_, range)| names(range.tag))
            .map(|(position, range)| Rank { weight: range.weight, position })
            .reduce(|leader, rank| if rank.beats(leader) { rank } else { leader })
    };
    best(&|tag| Lang::from_tag(tag) == Some(lang)).or_else(|| best(&|tag| tag == "*"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn visitor(header: Option<&str>) -> Lang {
        Lang::negotiate(header, Lang::all(), Lang::CS)
    }

    #[test]
    fn languages_are_the_folders() {
        assert_eq!(Lang::all().iter().map(|lang| lang.as_str()).collect::<Vec<_>>(), ["cs", "de", "en"]);
    }

    #[test]
    fn negotiation_table() {
        let german: Lang = "de".parse().unwrap();
        for (header, expected) in [
            ("", Lang::CS),
            ("cs", Lang::CS),
            ("en", Lang::EN),
            ("EN-gb", Lang::EN),
            ("cs-CZ,cs;q=0.9,en;q=0.8", Lang::CS),
            ("en-US,en;q=0.9,cs;q=0.8", Lang::EN),
            ("cs;q=0.5, en;q=0.501", Lang::EN),
            ("de, en;q=0.1", german),
            ("fr, de", german),
            ("fr", Lang::CS),
            ("de-AT;q=0.5, cs;q=0.4", german),
            ("en, cs", Lang::EN),
            ("cs, en", Lang::CS),
            ("*", Lang::CS),
            ("*;q=0.5, en;q=0.4", Lang::CS),
            ("*;q=0.4, en;q=0.5", Lang::EN),
            ("cs;q=0, *", Lang::EN),
            ("cs;q=0", Lang::EN),
            ("en;q=0", Lang::CS),
            ("en;q=0, *;q=0.1", Lang::CS),
            ("*;q=0", Lang::CS),
            ("*;q=0, en;q=0.1", Lang::EN),
            ("cs;q=0,en;q=0", german),
            ("cs;q=0,en;q=0,de;q=0", Lang::CS),
            ("en ; q=0.3 ,\tcs ;\tQ=0.2", Lang::EN),
            ("en;q=1.000, cs;q=0.999", Lang::EN),
            // Malformed list items are skipped.
            ("en;q=2", Lang::CS),
            ("en;q=1.001", Lang::CS),
            ("en;q=0.1234", Lang::CS),
            ("en;q=.5", Lang::CS),
            ("en;q=-1", Lang::CS),
            ("en;q=", Lang::CS),
            ("en;level=1", Lang::CS),
            ("english", Lang::CS),
            ("en_GB", Lang::CS),
            (";q=1,,en;q=0.1", Lang::EN),
        ] {
            assert_eq!(visitor(Some(header)), expected, "{header:?}");
        }
        assert_eq!(visitor(None), Lang::CS);
    }

    #[test]
    fn texts_for_developers_are_english_unless_another_language_is_preferred() {
        let german: Lang = "de".parse().unwrap();
        for (header, expected) in [
            ("", Lang::EN),
            ("*", Lang::EN),
            ("fr", Lang::EN),
            ("cs", Lang::CS),
            ("de", german),
            ("de, cs;q=0.5", german),
            ("cs, de;q=0.5", Lang::CS),
        ] {
            assert_eq!(Lang::of_developer(Some(header)), expected, "{header:?}");
        }
        assert_eq!(Lang::of_developer(None), Lang::EN);
    }

    proptest! {
        #[test]
        fn any_header_is_answered(header in ".*") {
            let lang = visitor(Some(&header));
            prop_assert!(Lang::all().contains(&lang));
        }

        #[test]
        fn the_greater_weight_wins(cs in 1u16..=1000, en in 1u16..=1000) {
            let q = |weight: u16| format!("{}.{:03}", weight / 1000, weight % 1000);
            let header = format!("cs-CZ;q={}, en-GB;q={}", q(cs), q(en));
            let expected = if en > cs { Lang::EN } else { Lang::CS };
            prop_assert_eq!(visitor(Some(&header)), expected);
        }
    }
}
