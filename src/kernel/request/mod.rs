//! What happens to a request before a handler sees it: its id, its limits, who calls, with which body.

mod call;
pub(crate) mod middleware;

pub use crate::kernel::tx::Meta;
pub use call::{CalendarCall, Call, PublicCall, lang};
