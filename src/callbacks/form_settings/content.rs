//! What the pages show, from the settings.

use super::palette::Color;
use super::texts::FormTexts;
use crate::callbacks::requests::CallbackIntent;
use crate::kernel::locale::Lang;

crate::text_enum! {
    /// Whether the form has a field:
    ///
    /// - `hidden`: the form does not have the field.
    /// - `optional`: visitors can leave the field empty.
    /// - `required`: visitors must fill in the field.
    pub enum FieldRule {
        Hidden,
        Optional,
        Required,
    }
}

crate::text_enum! {
    /// Format of a logo: `png` or `webp`.
    pub enum LogoFormat {
        Png,
        Webp,
    }
}

impl LogoFormat {
    /// Returns the media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// The logo, without the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    pub format: LogoFormat,
    /// In pixels.
    pub width: i32,
    pub height: i32,
    /// Size of the file.
    pub bytes: i32,
    pub sha256: String,
}

/// The branding and the content of the form.
#[derive(Debug, Clone)]
pub struct FormContent {
    pub company_name: Option<String>,
    pub logo: Option<Logo>,
    pub accent_color: Option<Color>,
    pub email_field: FieldRule,
    pub company_field: FieldRule,
    /// The topics that visitors can choose; at least one.
    pub intents: Vec<CallbackIntent>,
    pub thank_you_url: Option<String>,
    /// The custom texts of the company, at most one item for each language.
    pub texts: Vec<FormTexts>,
}

impl Default for FormContent {
    fn default() -> Self {
        Self {
            company_name: None,
            logo: None,
            accent_color: None,
            email_field: FieldRule::Hidden,
            company_field: FieldRule::Hidden,
            intents: CallbackIntent::ALL.to_vec(),
            thank_you_url: None,
            texts: Vec::new(),
        }
    }
}

impl FormContent {
    /// Returns the custom texts in a language.
    #[must_use]
    pub fn texts_in(&self, lang: Lang) -> Option<&FormTexts> {
        self.texts.iter().find(|texts| texts.locale == lang)
    }
}
