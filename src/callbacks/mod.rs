//! Callback requests: "one of our experts will call you".
//!
//! Rules: anybody may ask for a call, without an account; the answer names the real time, and the
//! seat in that window is kept; agents take requests one at a time, never two the same; a request
//! is closed when the visitor was reached, cannot be reached, or has cancelled. Name, phone,
//! e-mail and notes are shown to agents only and never stand in events, audit entries or logs.

mod attempts;
mod dto;
mod faults;
mod intake;
mod notices;
pub mod phone;
mod progress;
mod promise;
mod routes;
mod store;
mod token;
pub mod wording;
mod work;

pub use attempts::CallAttemptEvent;
pub use dto::CallbackRequestEvent;
pub use routes::configure;
pub use work::assigned_to;
