//! Privacy notices: the texts that visitors are shown, in each language.
//!
//! Rule: a published text never changes and a new text gets the next number, so that the exact text for a
//! hash can be served years later.

mod dto;
mod routes;
mod rows;
mod service;
mod store;

pub use dto::PrivacyNoticeReference;
pub use routes::configure;
pub use service::{NO_OWN_NOTICE, only_examples, shown};
