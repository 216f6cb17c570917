//! The custom texts of the company in one language, in responses and in the database.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::locale::Lang;

/// Custom texts of the form in one language. If a text is null, the form shows the standard text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormTexts {
    /// Language of the texts.
    pub locale: Lang,
    /// Heading of the form, for sales.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub heading_sales: Option<String>,
    /// Heading of the form, for technical support.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub heading_support: Option<String>,
    /// Introduction below the heading.
    #[schema(required, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x1f]+$")]
    pub lead: Option<String>,
    /// Hint for the field for notes.
    #[schema(required, min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f]+$")]
    pub notes_hint: Option<String>,
    /// Label of the button that sends the form.
    #[schema(required, min_length = 1, max_length = 60, pattern = r"^[^\x00-\x1f]+$")]
    pub submit: Option<String>,
    /// Wording of the consent to marketing. Null if the form does not ask for it in this language.
    #[schema(required, min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x09\x0b-\x1f]+$")]
    pub marketing_consent: Option<String>,
}
