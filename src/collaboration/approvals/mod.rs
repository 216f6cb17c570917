//! Approvals: one mechanism for every action that no side can take alone.
//!
//! Rules: signing a charter, resuming, extending a hold, closing, cancelling, releasing a member early, moving an area
//! to another side, settling a dispute, deciding a question and naming an arbiter all need a response from every side,
//! given by its sponsor or a delegate. A response repeats the hash of the terms, so it is always about one exact text.
//! A side can change its response until the last side has responded, and every version is kept. Until then, responses
//! are sealed unless the charter says otherwise: only the side itself sees what it responded, and no event, audit
//! entry, figure or check may depend on it. Responses to an approval that is withdrawn or lapses stay sealed. A new
//! sponsor responds again to open approvals, and one person never responds for two sides. The approved action is
//! carried out in the transaction of the last response, in `responses`. An approval is due after the time that the
//! sides have to respond; after twice that time, an arbiter of the panel can respond for the sides that have not.

mod asked;
pub(crate) mod change;
pub(crate) mod delegations;
pub(crate) mod digest;
mod dto;
mod ended;
mod filter;
pub(crate) mod lapse;
mod mapping;
mod pending;
pub(crate) mod request;
mod routes;
pub(crate) mod rules;
pub(crate) mod service;
pub(crate) mod silence;
mod state;
mod store;
mod terms;
mod withdraw;

pub(crate) use dto::{ApprovalBody, ApprovalResponseBody, ApprovalResponseNotice};
pub(crate) use routes::configure;
pub(crate) use state::{ApprovalChoice, ApprovalKind, ApprovalState};
pub(crate) use store::{Approval, ApprovalResponse, ApprovalRow, HistoryRow, OpenApprovals};
pub(crate) use terms::{
    ArbiterTerms, CharterTerms, ExtendHoldTerms, HandoverTerms, QuestionTerms, ReleaseTerms, SuccessorTerms, Terms,
};
