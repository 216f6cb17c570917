//! Approvals: one mechanism for everything that no side decides alone.
//!
//! Rules: signing a charter, resuming, closing, releasing a member early, moving an area to another
//! side, settling a dispute and deciding a question all ask every side for a response, from its
//! sponsor or a delegate. A response names the hash of what it is about, so nobody agrees to what
//! they have not read. Responses may change until the last one is in, and all are kept; a new sponsor
//! responds again to what is still open; nobody responds for two sides. What was asked happens in the
//! transaction of the last response, which is in `responses`.

pub(crate) mod ask;
pub(crate) mod change;
pub(crate) mod delegations;
mod dto;
mod filter;
pub(crate) mod lapse;
mod mapping;
mod routes;
pub(crate) mod rules;
pub(crate) mod service;
mod state;
mod store;
mod terms;
mod withdraw;

pub(crate) use dto::ConsentBody;
pub(crate) use routes::configure;
pub(crate) use state::{ConsentAnswer, ConsentKind, ConsentState};
pub(crate) use store::{Answer, Asked, Consent};
pub(crate) use terms::{CharterTerms, HandoverTerms, QuestionTerms, ReleaseTerms, SuccessorTerms, Terms};
