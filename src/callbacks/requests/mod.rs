//! Callback requests: "one of our experts will call you".
//!
//! Rules: anybody may ask for a call, without an account; the answer names the real time, and the
//! seat in that window is kept; the same answer is given whatever else is known of the number
//! (`same_number`, `policy`); agents take requests one at a time, never two the same, or have them
//! handed out (`clock`); a request is closed when the visitor was reached, cannot be reached, or has
//! cancelled; whether we called in time is counted (`report`). Name, phone, e-mail and notes are
//! shown to agents only, stand in one table, and never in events, audit entries or logs.

mod agent_calendar;
mod attempts;
pub mod confirmation;
mod dto;
pub mod enums;
mod erasure;
mod export;
mod handling;
mod intake;
pub mod intake_policy;
mod manage;
pub mod phone;
mod progress;
mod promise;
pub mod proof_of_work;
mod routes;
mod same_number;
mod scheduled;
mod store;
mod transitions;
mod violations;

pub use attempts::CallAttemptEvent;
pub use dto::{CallbackRequestBody, CallbackRequestEvent};
pub use enums::{CallbackIntent, CallbackState};
pub use erasure::{HeldRequest, erase, erase_outdated, forget_networks, free_seats, held_for, outdated};
pub use handling::{assigned_to, for_agents, of_ids, take};
pub use proof_of_work::forget_expired;
pub use routes::configure;
pub use scheduled::{flag_closed_days, flag_day, hand_out, is_waiting, miss, take_back, uncalled};
pub use violations::phone as phone_violation;
