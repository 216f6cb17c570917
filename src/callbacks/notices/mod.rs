//! Privacy notices: which text, in which language, a visitor was shown.
//!
//! Rule: a text is never changed, a new one gets the next number; so the text behind a hash can be
//! served years later.

mod dto;
mod routes;
mod rows;
mod service;
mod store;

pub use dto::NoticeReference;
pub use routes::configure;
pub use service::shown;
