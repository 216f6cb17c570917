//! The pages, rendered once for each language.
//!
//! A template is HTML with placeholders of the form `{{key}}`. Values are escaped, so that they can contain any
//! character. Templates have no other syntax.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::kernel::error::Text;
use crate::kernel::locale::Lang;

/// The fieldset for the time of the call, which both pages contain.
const WHEN: &str = include_str!("assets/when.html");
const FORM_PAGE: &str = include_str!("assets/page.html");
const MANAGE_PAGE: &str = include_str!("assets/manage.html");

/// Keys of the texts that scripts show, without their prefix.
const SCRIPT_KEYS: &[&str] = &[
    "heading_sales",
    "heading_support",
    "full",
    "slots_loading",
    "slots_failed",
    "slots_none",
    "zone_prague",
    "zone_other",
    "retry",
    "name_missing",
    "phone_missing",
    "when_missing",
    "error",
    "invalid",
    "invalid_hint",
    "sorry",
    "failed_network",
    "failed_service",
    "failed_often",
    "failed_browser",
    "kept",
    "alternatives_hint",
    "notice_failed",
    "sending",
    "thanks",
    "manage",
    "manage_hint",
    "loading",
    "state_scheduled",
    "state_asap",
    "state_completed",
    "state_unreachable",
    "state_cancelled",
    "when_label",
    "by_label",
    "sales",
    "technical_support",
    "fixed",
    "completed",
    "unreachable",
    "cancelled",
    "unknown",
    "unknown_hint",
];
/// Values that scripts fill in. In a page they stay placeholders.
const SCRIPT_ARGS: [(&str, &str); 2] = [("wait", "{wait}"), ("zone", "{zone}")];

pub static FORM: LazyLock<Page> = LazyLock::new(|| Page::new(FORM_PAGE, false));
pub static FORM_WITH_WORK: LazyLock<Page> = LazyLock::new(|| Page::new(FORM_PAGE, true));
pub static MANAGE: LazyLock<Page> = LazyLock::new(|| Page::new(MANAGE_PAGE, false));

/// A page in each language.
pub struct Page(HashMap<Lang, String>);

impl Page {
    fn new(page: &str, proof_of_work: bool) -> Self {
        let template = page.replace("<!-- when.html -->", WHEN);
        let fill_in = |lang: Lang| {
            // The links are markup, so they are inserted before values are filled in and escaped.
            let template = template.replace("<!-- languages -->", &links(lang));
            fill(&template, |key| value(lang, proof_of_work, key))
        };
        Self(Lang::all().iter().map(|lang| (*lang, fill_in(*lang))).collect())
    }

    pub fn of(&self, lang: Lang) -> String {
        self.0.get(&lang).cloned().unwrap_or_default()
    }
}

/// Returns the links to the page in the other languages.
fn links(lang: Lang) -> String {
    let others = Lang::all().iter().filter(|other| **other != lang);
    let link = |other: &Lang| {
        let tag = other.as_str();
        let mut name = String::new();
        escape(&text(*other, "form-language_name"), &mut name);
        format!("<a class=\"language\" href=\"?lang={tag}\" lang=\"{tag}\" hreflang=\"{tag}\">{name}</a>")
    };
    others.map(link).collect::<Vec<_>>().join(" ")
}

fn value(lang: Lang, proof_of_work: bool, key: &str) -> Option<String> {
    match key {
        "lang" => Some(lang.as_str().to_owned()),
        "proof_of_work" => Some(proof_of_work.to_string()),
        "words" => Some(texts_for_scripts(lang)),
        _ => {
            let name = format!("form-{key}");
            Some(text(lang, &name)).filter(|found| *found != name)
        }
    }
}

/// Returns the texts of the scripts as a JSON object.
fn texts_for_scripts(lang: Lang) -> String {
    let texts: Map<String, Value> = SCRIPT_KEYS
        .iter()
        .map(|key| ((*key).to_owned(), Value::String(text(lang, &format!("script-{key}")))))
        .collect();
    Value::Object(texts).to_string()
}

fn text(lang: Lang, key: &str) -> String {
    let text = SCRIPT_ARGS.iter().fold(Text::new(key.to_owned()), |text, (name, value)| text.with(name, *value));
    let text = text.in_lang(lang);
    if lang == Lang::CS { tie(&text) } else { text }
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
            for html in page.0.values() {
                assert!(!html.contains("{{") && !html.contains("}}") && !html.contains("<!--"), "{html}");
            }
        }
    }

    #[test]
    fn every_text_is_used_and_every_used_text_exists() {
        let known = |prefix: &str| -> BTreeSet<String> {
            let lines = include_str!("../../../locales/en/form.ftl").lines();
            let keys = lines.filter_map(|line| line.strip_prefix(prefix)?.split(' ').next().map(str::to_owned));
            keys.collect()
        };
        let pages = [FORM_PAGE, MANAGE_PAGE, WHEN].concat();
        let placeholders = pages.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap().to_owned());
        let mut used: BTreeSet<_> =
            placeholders.filter(|key| !["lang", "proof_of_work", "words"].contains(&key.as_str())).collect();
        used.insert("language_name".to_owned());
        assert_eq!(used, known("form-"));

        let scripts =
            [include_str!("assets/form.js"), include_str!("assets/manage.js"), include_str!("assets/shared.js")]
                .concat();
        let said: BTreeSet<_> =
            scripts.split("say(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        assert_eq!(said, SCRIPT_KEYS.iter().map(|key| (*key).to_owned()).collect());
        assert_eq!(said, known("script-"));
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
