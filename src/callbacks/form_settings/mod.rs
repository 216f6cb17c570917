//! The branding and the content of the form: company name, logo, colour, texts, fields, consent to marketing, topics,
//! and the page that visitors see afterwards.
//!
//! Rules: there is one set of settings, which administrators change; all texts are shown as text, never as markup;
//! white text on the accent colour has the contrast that WCAG requires, and the other colours follow from it
//! (`palette`); a logo is a PNG or WebP image, checked by its bytes (`image`); visitors can only be sent to an https
//! address.
//!
//! The origins that may embed the form are a setting of the operator (`ENTENTE_FORM_FRAME_ORIGINS`), not of this slice.

mod content;
mod dto;
mod image;
mod palette;
mod routes;
mod rows;
mod service;
mod store;
mod texts;

pub use content::{FieldRule, FormContent};
pub use palette::{Palette, Scheme};
pub use routes::configure;
pub use service::{content, logo_image};
pub use texts::FormTexts;
