//! Joint consent: one mechanism for everything that no side decides alone.
//!
//! Rules: signing a charter, resuming, closing, releasing a member early, moving an area to another
//! side, settling a dispute and deciding a question all ask every side for an answer, from its
//! sponsor or a delegate. An answer names the hash of what it is about, so nobody agrees to what
//! they have not read. Answers may change until the last one is in, and all are kept; a new sponsor
//! answers anew what is still open; nobody answers for two sides. What was asked happens in the
//! transaction of the last answer.

mod delegations;
mod dto;
mod effects;
mod filter;
mod mapping;
mod queries;
mod routes;
pub mod rules;
pub mod service;
mod state;
mod store;
mod terms;

pub use delegations::{DelegationBody, service as delegation};
pub use dto::{ConsentAnswerBody, ConsentBody};
pub use routes::configure;
pub use state::{ConsentAnswer, ConsentKind, ConsentState};
pub use terms::{HandoverTerms, Particulars, ReleaseTerms, SuccessorTerms};
