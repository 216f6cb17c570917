//! Transfers: an area goes from one accountable person to another without a second between them.
//!
//! Rules: the owner, or whoever assigns the area, offers; only the incoming person accepts or
//! rejects, within 14 days; when that person works for another side, all sides have to agree, and
//! the area goes to that side with it; one offer for an area at a time, none while it is disputed.

mod dto;
mod filter;
mod mapping;
mod offer;
mod routes;
pub(crate) mod service;
mod state;
mod store;

pub(crate) use routes::configure;
pub use state::TransferState;
pub(crate) use store::Transfer;
