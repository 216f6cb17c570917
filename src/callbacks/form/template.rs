//! The pages, filled in once for each language, except for what depends on the settings.
//!
//! A template is HTML with placeholders of the form `{{key}}`. Texts are escaped, so that they can contain any
//! character; what is filled in is not searched for placeholders. Templates have no other syntax.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::FormSettings;
use super::script_keys::SCRIPT_KEYS;
use crate::callbacks::form_settings::{FieldRule, FormContent, FormTexts};
use crate::callbacks::queues::{CallbackIntent, Topic};
use crate::kernel::config::is_origin;
use crate::kernel::error::Text;
use crate::kernel::locale::Lang;

/// The fieldset for the time of the call, which both pages contain.
const WHEN: &str = include_str!("assets/when.html");
const FORM_PAGE: &str = include_str!("assets/page.html");
const MANAGE_PAGE: &str = include_str!("assets/manage.html");
/// The parts that the settings switch on.
const SWITCH: &str = include_str!("assets/switch.html");
const FIELD: &str = include_str!("assets/field.html");
const CONSENT: &str = include_str!("assets/consent.html");

/// Values that scripts fill in. In a page they stay placeholders.
const SCRIPT_ARGS: [(&str, &str); 3] = [("wait", "{wait}"), ("zone", "{zone}"), ("site", "{site}")];

/// Placeholders that depend on the settings.
const DYNAMIC: [&str; 20] = [
    "title",
    "manage_title",
    "heading",
    "lead",
    "notes_hint",
    "submit",
    "words",
    "origins",
    "intents",
    "countries",
    "thank_you",
    "proof_of_work",
    "country",
    "closed",
    "hidden",
    "colors",
    "brand",
    "switch",
    "fields",
    "consent",
];

pub static FORM: LazyLock<Page> = LazyLock::new(|| Page::new(FORM_PAGE, "callback/"));
pub static MANAGE: LazyLock<Page> = LazyLock::new(|| Page::new(MANAGE_PAGE, ""));
/// The texts of the scripts in each language.
static WORDS: LazyLock<HashMap<Lang, Map<String, Value>>> =
    LazyLock::new(|| Lang::all().iter().map(|lang| (*lang, texts_for_scripts(*lang))).collect());

/// What is filled in for a placeholder.
enum Filling {
    /// Escaped.
    Text(String),
    Markup(String),
}

/// A page in each language.
pub struct Page {
    templates: HashMap<Lang, String>,
    /// The path from the page to its files.
    files: &'static str,
}

impl Page {
    fn new(page: &str, files: &'static str) -> Self {
        let template = page.replace("<!-- when.html -->", WHEN);
        let in_lang = |lang: Lang| {
            // The links are markup, so they are inserted before texts are filled in and escaped.
            let template = template.replace("<!-- languages -->", &links(lang));
            fill(&template, |key| match key {
                "lang" => Some(Filling::Text(lang.as_str().to_owned())),
                _ if DYNAMIC.contains(&key) => None,
                _ => Some(Filling::Text(own_or_standard(None, lang, key))).filter(|_| is_text(lang, key)),
            })
        };
        Self { templates: Lang::all().iter().map(|lang| (*lang, in_lang(*lang))).collect(), files }
    }

    /// Returns the page with these settings.
    pub fn render(&self, lang: Lang, settings: &FormSettings, content: &FormContent, topics: &[Topic]) -> String {
        let view = View { lang, settings, content, topics, texts: content.texts_in(lang), files: self.files };
        let template = self.templates.get(&lang).map(String::as_str).unwrap_or_default();
        fill(template, |key| view.filling(key))
    }
}

/// What a page shows of the settings.
struct View<'a> {
    lang: Lang,
    settings: &'a FormSettings,
    content: &'a FormContent,
    topics: &'a [Topic],
    texts: Option<&'a FormTexts>,
    files: &'static str,
}

impl View<'_> {
    fn filling(&self, key: &str) -> Option<Filling> {
        Some(match key {
            "colors" | "brand" | "switch" | "fields" | "consent" | "closed" | "hidden" => {
                Filling::Markup(self.markup(key))
            }
            _ => Filling::Text(self.text(key)?),
        })
    }

    fn text(&self, key: &str) -> Option<String> {
        let own = self.texts;
        Some(match key {
            "title" => self.with_company(&self.heading()),
            "manage_title" => self.with_company(&text(self.lang, "form-manage_heading")),
            "heading" => self.heading(),
            "lead" => own_or_standard(own.and_then(|own| own.lead.as_deref()), self.lang, key),
            "notes_hint" => own_or_standard(own.and_then(|own| own.notes_hint.as_deref()), self.lang, key),
            "submit" => own_or_standard(own.and_then(|own| own.submit.as_deref()), self.lang, key),
            "words" => self.words(),
            // Only these origins get messages, as only they may embed the page.
            "origins" => origins(self.settings).collect::<Vec<_>>().join(" "),
            "intents" => self.of_topics(|topic| topic.intent.as_str().to_owned()),
            "countries" => self.of_topics(|topic| topic.region.prefix()),
            "thank_you" => self.content.thank_you_url.clone().unwrap_or_default(),
            "proof_of_work" => self.settings.proof_of_work.to_string(),
            "country" => self.topics.first().map(|topic| topic.region.prefix()).unwrap_or_default(),
            _ => return None,
        })
    }

    /// Returns a value of each topic, separated by spaces.
    fn of_topics(&self, value: impl Fn(&Topic) -> String) -> String {
        self.topics.iter().map(value).collect::<Vec<_>>().join(" ")
    }

    /// Returns the heading before a visitor chooses another topic.
    fn heading(&self) -> String {
        let first = self.topics.first().map_or(CallbackIntent::Sales, |topic| topic.intent);
        let (key, own) = match first {
            CallbackIntent::Sales => ("script-heading_sales", self.texts.and_then(|texts| texts.heading_sales.clone())),
            CallbackIntent::TechnicalSupport => {
                ("script-heading_support", self.texts.and_then(|texts| texts.heading_support.clone()))
            }
        };
        own.unwrap_or_else(|| text(self.lang, key))
    }

    fn with_company(&self, heading: &str) -> String {
        match &self.content.company_name {
            Some(name) => format!("{heading} – {name}"),
            None => heading.to_owned(),
        }
    }

    /// Returns the texts of the scripts as a JSON object.
    fn words(&self) -> String {
        let mut words = WORDS.get(&self.lang).cloned().unwrap_or_default();
        if let Some(texts) = self.texts {
            for (key, own) in [("heading_sales", &texts.heading_sales), ("heading_support", &texts.heading_support)] {
                if let Some(own) = own {
                    words.insert(key.to_owned(), Value::String(own.clone()));
                }
            }
        }
        Value::Object(words).to_string()
    }

    fn markup(&self, key: &str) -> String {
        match key {
            "colors" if self.content.accent_color.is_some() => {
                format!("\n<link rel=\"stylesheet\" href=\"{}colors.css\">", self.files)
            }
            "brand" => self.brand(),
            // With one topic, there is nothing to choose.
            "switch" if self.topics.len() > 1 => {
                fill(SWITCH, |key| Some(Filling::Text(own_or_standard(None, self.lang, key))))
            }
            "fields" => self.fields(),
            "consent" => self.consent(),
            "closed" if self.topics.is_empty() => {
                format!("<p class=\"problem\">{}</p>", escaped(&text(self.lang, "form-closed")))
            }
            "hidden" if self.topics.is_empty() => " hidden".to_owned(),
            _ => String::new(),
        }
    }

    fn brand(&self) -> String {
        let Some(name) = &self.content.company_name else { return String::new() };
        let name = escaped(name);
        match &self.content.logo {
            Some(logo) => format!(
                "<p class=\"brand\"><img src=\"{}logo\" alt=\"{name}\" width=\"{}\" height=\"{}\"></p>",
                self.files, logo.width, logo.height
            ),
            None => format!("<p class=\"brand\">{name}</p>"),
        }
    }

    fn fields(&self) -> String {
        let FormContent { email_field, company_field, .. } = self.content;
        let email = self.field("email", *email_field, "form-email", ("email", "email"));
        let company = self.field("company", *company_field, "form-company", ("text", "organization"));
        match (email, company) {
            (Some(email), Some(company)) => format!("<div class=\"pair\">{email}{company}</div>"),
            (one, other) => one.or(other).unwrap_or_default(),
        }
    }

    fn field(&self, id: &str, rule: FieldRule, label: &str, (kind, autocomplete): (&str, &str)) -> Option<String> {
        let (mark, required) = match rule {
            FieldRule::Hidden => return None,
            FieldRule::Required => (String::new(), " required"),
            FieldRule::Optional => {
                let optional = escaped(&text(self.lang, "form-optional"));
                (format!(" <span class=\"hint\">{optional}</span>"), "")
            }
        };
        let fill_in = |key: &str| {
            Some(match key {
                "id" => Filling::Text(id.to_owned()),
                "label" => Filling::Text(text(self.lang, label)),
                "mark" => Filling::Markup(mark.clone()),
                "type" => Filling::Text(kind.to_owned()),
                "autocomplete" => Filling::Text(autocomplete.to_owned()),
                "required" => Filling::Markup(required.to_owned()),
                _ => return None,
            })
        };
        Some(fill(FIELD, fill_in))
    }

    /// Returns the checkbox for the consent to marketing, whose label is exactly the wording.
    fn consent(&self) -> String {
        let Some(wording) = self.texts.and_then(|texts| texts.marketing_consent.as_ref()) else {
            return String::new();
        };
        fill(CONSENT, |key| (key == "wording").then(|| Filling::Text(wording.clone())))
    }
}

/// Returns the configured origins that may embed the pages. Text that is not an origin could end a list of them.
pub fn origins(settings: &FormSettings) -> impl Iterator<Item = &str> {
    settings.frame_origins.iter().map(String::as_str).filter(|origin| is_origin(origin))
}

/// Returns the titles of the frame as a JSON object, by language.
pub fn frame_titles() -> String {
    let title = |lang: &Lang| (lang.as_str().to_owned(), Value::String(text(*lang, "form-frame_title")));
    Value::Object(Lang::all().iter().map(title).collect()).to_string()
}

/// Returns the links to the page in the other languages.
fn links(lang: Lang) -> String {
    let others = Lang::all().iter().filter(|other| **other != lang);
    let link = |other: &Lang| {
        let tag = other.as_str();
        let name = escaped(&text(*other, "form-language_name"));
        format!("<a class=\"language\" href=\"?lang={tag}\" lang=\"{tag}\" hreflang=\"{tag}\">{name}</a>")
    };
    others.map(link).collect::<Vec<_>>().join(" ")
}

/// Returns the custom text of the company for a placeholder, or else the standard text.
fn own_or_standard(own: Option<&str>, lang: Lang, key: &str) -> String {
    own.map_or_else(|| text(lang, &format!("form-{key}")), str::to_owned)
}

fn is_text(lang: Lang, key: &str) -> bool {
    let name = format!("form-{key}");
    text(lang, &name) != name
}

fn texts_for_scripts(lang: Lang) -> Map<String, Value> {
    let words = SCRIPT_KEYS.iter();
    words.map(|key| ((*key).to_owned(), Value::String(text(lang, &format!("script-{key}"))))).collect()
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

/// Fills in the placeholders. A placeholder without a filling stays in the text, where a test finds it.
fn fill(template: &str, filling: impl Fn(&str) -> Option<Filling>) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        match after.split_once("}}").and_then(|(key, after)| Some((filling(key)?, after))) {
            Some((Filling::Text(text), after)) => {
                escape(&text, &mut filled);
                rest = after;
            }
            Some((Filling::Markup(markup), after)) => {
                filled.push_str(&markup);
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

fn escaped(text: &str) -> String {
    let mut into = String::with_capacity(text.len());
    escape(text, &mut into);
    into
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
#[path = "template_tests.rs"]
mod tests;
