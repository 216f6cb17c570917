//! The settings of the form in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::content::{FieldRule, FormContent, Logo, LogoFormat};
use super::texts::FormTexts;
use crate::callbacks::requests::CallbackIntent;
use crate::kernel::http::body::RequestBody;
use crate::kernel::http::merge_patch::clearable;
use crate::kernel::locale::Lang;
use crate::kernel::time::UtcTime;

/// The branding and the content of the callback form at `/callback`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FormSettings)]
pub struct FormSettingsBody {
    /// Name of the company, which the pages show in their header; null if they show none.
    #[schema(required, min_length = 1, max_length = 80, pattern = r"^[^\x00-\x1f]+$")]
    pub company_name: Option<String>,
    /// Logo of the company; null if there is none.
    #[schema(required)]
    pub logo: Option<FormLogo>,
    /// Colour of buttons, links and selected options, as `#` and six hexadecimal digits; null for the standard colour.
    #[schema(required, max_length = 7, pattern = "^#[0-9a-f]{6}$", example = "#7a1f5c")]
    pub accent_color: Option<String>,
    /// Whether the form has a field for the e-mail address.
    pub email_field: FieldRule,
    /// Whether the form has a field for the company of the visitor.
    pub company_field: FieldRule,
    /// Topics that visitors can choose, if they have a public queue. With only one topic, the form offers no choice.
    #[schema(min_items = 1, max_items = 2)]
    pub intents: Vec<CallbackIntent>,
    /// Page to which visitors are taken after they have submitted the form; null if they stay on the form.
    #[schema(required, format = "uri", max_length = 500, pattern = "^https://[!-~]+$")]
    pub thank_you_url: Option<String>,
    /// Custom texts, one item for each language that has any.
    #[schema(max_items = 20)]
    pub texts: Vec<FormTexts>,
    /// When the settings were last changed.
    pub updated_at: UtcTime,
}

impl FormSettingsBody {
    pub fn new(content: FormContent, updated_at: UtcTime) -> Self {
        Self {
            company_name: content.company_name,
            logo: content.logo.map(FormLogo::from),
            accent_color: content.accent_color.map(|color| color.to_string()),
            email_field: content.email_field,
            company_field: content.company_field,
            intents: content.intents,
            thank_you_url: content.thank_you_url,
            texts: content.texts,
            updated_at,
        }
    }
}

/// A logo. The image is at `/callback/logo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormLogo {
    /// Format of the image.
    pub format: LogoFormat,
    /// Width of the image, in pixels.
    #[schema(format = Int32, minimum = 1, maximum = 2000)]
    pub width: i32,
    /// Height of the image, in pixels.
    #[schema(format = Int32, minimum = 1, maximum = 2000)]
    pub height: i32,
    /// Size of the file, in bytes.
    #[schema(format = Int32, minimum = 1, maximum = 100_000)]
    pub bytes: i32,
    /// SHA-256 of the file, in lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

impl From<Logo> for FormLogo {
    fn from(logo: Logo) -> Self {
        let Logo { format, width, height, bytes, sha256 } = logo;
        Self { format, width, height, bytes, sha256 }
    }
}

/// Changes to the settings of the form (JSON Merge Patch). Absent fields do not change.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"company_name": "Example s.r.o.", "accent_color": "#7a1f5c", "email_field": "optional"}))]
pub struct FormSettingsPatch {
    /// Name of the company, which the pages show in their header. It must contain a visible character.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 80, pattern = r"^[^\x00-\x1f]+$")]
    pub company_name: Option<Option<String>>,
    /// Logo of the company, which needs `company_name` as its alternative text.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<NewFormLogo>)]
    pub logo: Option<Option<NewFormLogo>>,
    /// Colour of buttons, links and selected options, as `#` and six hexadecimal digits. White text on it must have a
    /// contrast of at least 4.5:1 (WCAG 2.2, level AA).
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, max_length = 7, pattern = "^#[0-9A-Fa-f]{6}$", example = "#7a1f5c")]
    pub accent_color: Option<Option<String>>,
    /// Whether the form has a field for the e-mail address.
    #[serde(default)]
    #[schema(nullable = false)]
    pub email_field: Option<FieldRule>,
    /// Whether the form has a field for the company of the visitor.
    #[serde(default)]
    #[schema(nullable = false)]
    pub company_field: Option<FieldRule>,
    /// The complete list of topics that visitors can choose.
    #[serde(default)]
    #[schema(nullable = false, min_items = 1, max_items = 2)]
    pub intents: Option<Vec<CallbackIntent>>,
    /// Page to which visitors are taken after they have submitted the form: an https URL without a user name or
    /// password.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, format = "uri", max_length = 500, pattern = "^https://[!-~]+$")]
    pub thank_you_url: Option<Option<String>>,
    /// The complete list of custom texts, which replaces the previous list; at most one item for each language.
    #[serde(default)]
    #[schema(nullable = false, max_items = 20)]
    pub texts: Option<Vec<NewFormTexts>>,
}

impl RequestBody for FormSettingsPatch {
    /// A logo of 100 kB in Base64, and the texts.
    const MAX_SIZE: usize = 256 * 1024;
}

/// A logo to show.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFormLogo {
    /// The file in Base64: a PNG or WebP image that is not animated, of at most 100,000 bytes and 2,000 pixels on each
    /// side. The format is determined by its bytes.
    #[schema(min_length = 4, max_length = 133_336, pattern = "^[A-Za-z0-9+/]+={0,2}$")]
    pub data: String,
}

/// Custom texts of the form in one language. If a text is absent or null, the form shows the standard text.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "locale": "en", "heading_sales": "Talk to Example", "marketing_consent": "Yes, send me news by e-mail."
}))]
pub struct NewFormTexts {
    /// Language of the texts.
    pub locale: Lang,
    /// Heading of the form, for sales.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub heading_sales: Option<String>,
    /// Heading of the form, for technical support.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub heading_support: Option<String>,
    /// Introduction below the heading.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x1f]+$")]
    pub lead: Option<String>,
    /// Hint for the field for notes.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f]+$")]
    pub notes_hint: Option<String>,
    /// Label of the button that sends the form.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, pattern = r"^[^\x00-\x1f]+$")]
    pub submit: Option<String>,
    /// Wording of the consent to marketing. If set, the form in this language offers the consent as an optional
    /// checkbox. The call does not depend on it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x09\x0b-\x1f]+$")]
    pub marketing_consent: Option<String>,
}

impl NewFormTexts {
    /// Returns the texts with their fields, for rules that apply to each.
    pub fn fields(&self) -> [(&'static str, Option<&str>); 6] {
        [
            ("heading_sales", self.heading_sales.as_deref()),
            ("heading_support", self.heading_support.as_deref()),
            ("lead", self.lead.as_deref()),
            ("notes_hint", self.notes_hint.as_deref()),
            ("submit", self.submit.as_deref()),
            ("marketing_consent", self.marketing_consent.as_deref()),
        ]
    }
}

impl From<NewFormTexts> for FormTexts {
    fn from(new: NewFormTexts) -> Self {
        let NewFormTexts { locale, heading_sales, heading_support, lead, notes_hint, submit, marketing_consent } = new;
        Self { locale, heading_sales, heading_support, lead, notes_hint, submit, marketing_consent }
    }
}
