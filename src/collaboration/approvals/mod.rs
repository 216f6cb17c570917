//! Joint consent: one mechanism for everything that no side decides alone.
//!
//! Rules: signing a charter, resuming, closing, releasing a member early, moving an area to another
//! side, settling a dispute and deciding a question all ask every side for an answer, from its
//! sponsor or a delegate. An answer names the hash of what it is about, so nobody agrees to what
//! they have not read. Answers may change until the last one is in, and all are kept; a new sponsor
//! answers anew what is still open; nobody answers for two sides. What was asked happens in the
//! transaction of the last answer (`responses`).

pub mod ask;
pub mod change;
pub mod delegations;
mod dto;
mod filter;
pub mod lapse;
mod mapping;
pub mod representation;
mod routes;
pub mod rules;
pub mod service;
pub mod sponsor_change;
mod state;
mod store;
mod terms;
mod withdraw;

pub use dto::ConsentBody;
pub use routes::configure;
pub use state::{ConsentAnswer, ConsentKind, ConsentState};
pub use store::{Answer, Asked, Consent};
pub use terms::{CharterTerms, HandoverTerms, QuestionTerms, ReleaseTerms, SuccessorTerms, Terms};
