//! Request processing before the handler: request id, limits, authentication and body.

mod call;
mod counted;
pub(crate) mod middleware;
mod refusal_log;

pub use crate::kernel::tx::Meta;
pub use call::{
    CalendarCall, Call, DefaultLocale, PublicCall, caller, caller_if, lang, request_id, visitor, visitor_lang,
};
