//! The pages, rendered once for each language.
//!
//! A template is HTML with placeholders of the form `{{key}}`. Values are escaped, so that they can contain any
//! character. Templates have no other syntax.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::texts::{PAGES, Row, SCRIPTS};
use crate::kernel::locale::Lang;

/// The fieldset for the time of the call, which both pages contain.
const WHEN: &str = include_str!("assets/when.html");
const FORM_PAGE: &str = include_str!("assets/page.html");
const MANAGE_PAGE: &str = include_str!("assets/manage.html");

pub static FORM: LazyLock<Bilingual> = LazyLock::new(|| Bilingual::new(FORM_PAGE, false));
pub static FORM_WITH_WORK: LazyLock<Bilingual> = LazyLock::new(|| Bilingual::new(FORM_PAGE, true));
pub static MANAGE: LazyLock<Bilingual> = LazyLock::new(|| Bilingual::new(MANAGE_PAGE, false));

/// A page in each language.
pub struct Bilingual {
    cs: String,
    en: String,
}

impl Bilingual {
    fn new(page: &str, proof_of_work: bool) -> Self {
        let template = page.replace("<!-- when.html -->", WHEN);
        let fill_in = |lang| fill(&template, |key| value(lang, proof_of_work, key));
        Self { cs: fill_in(Lang::Cs), en: fill_in(Lang::En) }
    }

    pub fn of(&self, lang: Lang) -> String {
        match lang {
            Lang::Cs => self.cs.clone(),
            Lang::En => self.en.clone(),
        }
    }
}

fn value(lang: Lang, proof_of_work: bool, key: &str) -> Option<String> {
    match key {
        "lang" => Some(lang.as_str().to_owned()),
        "proof_of_work" => Some(proof_of_work.to_string()),
        "words" => Some(texts_for_scripts(lang)),
        _ => PAGES.iter().find(|(name, ..)| *name == key).map(|row| text(row, lang)),
    }
}

/// Returns the texts of the scripts as a JSON object.
fn texts_for_scripts(lang: Lang) -> String {
    let texts: Map<String, Value> =
        SCRIPTS.iter().map(|row| (row.0.to_owned(), Value::String(text(row, lang)))).collect();
    Value::Object(texts).to_string()
}

fn text((_, cs, en): &Row, lang: Lang) -> String {
    match lang {
        Lang::Cs => tie(cs),
        Lang::En => (*en).to_owned(),
    }
}

/// Replaces the space after Czech words of one letter by a non-breaking space, as Czech typography requires.
fn tie(text: &str) -> String {
    let mut tied = String::with_capacity(text.len());
    let mut letters = 0;
    for character in text.chars() {
        let lone =
            letters == 1 && tied.ends_with(['a', 'i', 'k', 'o', 's', 'u', 'v', 'z', 'K', 'O', 'S', 'U', 'V', 'Z']);
        tied.push(if character == ' ' && lone { '\u{a0}' } else { character });
        letters = if character.is_alphanumeric() { letters + 1 } else { 0 };
    }
    tied
}

/// Fills in the placeholders. A placeholder without a value stays in the text, where a test finds it.
fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        match after.split_once("}}").and_then(|(key, after)| Some((value(key)?, after))) {
            Some((value, after)) => {
                escape(&value, &mut filled);
                rest = after;
            }
            None => {
                filled.push_str("{{");
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn escape(text: &str, into: &mut String) {
    for character in text.chars() {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            other => into.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_placeholder_is_left_over() {
        for page in [&*FORM, &*FORM_WITH_WORK, &*MANAGE] {
            for html in [&page.cs, &page.en] {
                assert!(!html.contains("{{") && !html.contains("}}") && !html.contains("when.html"), "{html}");
            }
        }
    }

    #[test]
    fn every_text_has_both_languages_and_one_key() {
        for table in [PAGES, SCRIPTS] {
            let keys: BTreeSet<_> = table.iter().map(|(key, ..)| key).collect();
            assert_eq!(keys.len(), table.len(), "a key occurs twice");
            for (key, cs, en) in table {
                assert!(!cs.is_empty() && !en.is_empty(), "{key}");
                assert_eq!(arguments(cs), arguments(en), "{key}");
            }
        }
    }

    /// Returns the arguments that scripts fill in, such as `{wait}`.
    fn arguments(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
    }

    #[test]
    fn every_text_is_used_and_every_used_text_exists() {
        let pages = [FORM_PAGE, MANAGE_PAGE, WHEN].concat();
        for (key, ..) in PAGES {
            assert!(pages.contains(&format!("{{{{{key}}}}}")), "no page uses {key}");
        }
        let scripts =
            [include_str!("assets/form.js"), include_str!("assets/manage.js"), include_str!("assets/shared.js")]
                .concat();
        let used: BTreeSet<_> = scripts.split("say(\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let known: BTreeSet<_> = SCRIPTS.iter().map(|(key, ..)| *key).collect();
        assert_eq!(used, known);
    }

    #[test]
    fn values_are_escaped_and_unknown_keys_stay() {
        let filled = fill("<b title=\"{{a}}\">{{b}} {{ {{a}}", |key| (key == "a").then(|| "<\"&'>{{b}}".to_owned()));
        let escaped = "&lt;&quot;&amp;&#39;&gt;{{b}}";
        assert_eq!(filled, format!("<b title=\"{escaped}\">{{{{b}}}} {{{{ {escaped}"));
    }

    #[test]
    fn words_of_one_letter_stay_with_the_next_word() {
        assert_eq!(
            tie("Jsem s vámi, a v úterý i ve středu."),
            "Jsem s\u{a0}vámi, a\u{a0}v\u{a0}úterý i\u{a0}ve středu."
        );
        assert_eq!(tie("Dnes ano a"), "Dnes ano a");
    }
}
