//! A text for people: a key of `locales/` with its arguments. The language is chosen when the response is written.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;

use crate::kernel::locale::Lang;

/// The value of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    Text(String),
    /// A number, which selects the plural form.
    Number(i64),
    /// Another text, in the same language.
    Nested(Box<Text>),
}

/// A key with its arguments. Attributes are written `key.attribute`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    key: Cow<'static, str>,
    args: Vec<(&'static str, Arg)>,
}

impl Text {
    /// Creates a text without arguments.
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self { key: key.into(), args: Vec::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// Returns the text in a language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> String {
        let args: HashMap<_, _> =
            self.args.iter().map(|(name, value)| (Cow::Borrowed(*name), value.in_lang(lang))).collect();
        lang.text(&self.key, &args)
    }

    /// Returns the key, for logs: that of a text in the arguments, which is more specific, or its own.
    #[must_use]
    pub fn log_key(&self) -> &str {
        let nested = self.args.iter().find_map(|(_, value)| match value {
            Arg::Nested(text) => Some(text.log_key()),
            Arg::Text(_) | Arg::Number(_) => None,
        });
        nested.unwrap_or(&self.key)
    }
}

impl Arg {
    fn in_lang(&self, lang: Lang) -> FluentValue<'_> {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Nested(text) => text.in_lang(lang).into(),
        }
    }
}

impl From<&'static str> for Text {
    fn from(key: &'static str) -> Self {
        Self::new(key)
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Text> for Arg {
    fn from(text: Text) -> Self {
        Self::Nested(Box::new(text))
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Arg {
            fn from(number: $number) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )*};
}

numbers!(i8, i16, i32, i64, u32, u64, usize);
