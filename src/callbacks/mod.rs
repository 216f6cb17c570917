//! Callback requests: "one of our experts will call you".
//!
//! Rules: anybody may ask for a call, without an account; the answer names the real time, and the
//! seat in that window is kept; the same answer is given whatever else is known of the number
//! (`same_number`, `policy`); agents take requests one at a time, never two the same, or have them
//! handed out (`clock`); a request is closed when the visitor was reached, cannot be reached, or has
//! cancelled; whether we called in time is counted (`report`). Name, phone, e-mail and notes are
//! shown to agents only, stand in one table, and never in events, audit entries or logs.

mod attempts;
mod clock;
mod dto;
mod erasure;
mod export;
mod faults;
mod feed;
mod intake;
mod manage;
mod moves;
pub mod phone;
pub mod policy;
mod progress;
mod promise;
pub mod proof;
mod report;
mod routes;
mod same_number;
mod store;
pub mod wording;
mod words;
mod work;

pub use attempts::CallAttemptEvent;
pub use clock::{flag_closed_days, flag_day, hand_out, is_waiting, miss, take_back, uncalled};
pub use dto::{CallbackRequestBody, CallbackRequestEvent};
pub use erasure::{HeldRequest, erase, erase_outdated, forget_networks, free_seats, held_for, outdated};
pub use faults::phone as phone_violation;
pub use proof::forget_expired;
pub use routes::configure;
pub use words::{CallbackIntent, CallbackState};
pub use work::{assigned_to, for_agents, of_ids, take};
