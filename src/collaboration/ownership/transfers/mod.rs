//! Transfers of areas from one accountable person to another, without an interval between them.
//!
//! Rules: the owner and the people who can assign the area can offer it; only the incoming person can accept or reject
//! the offer, within 14 days; when that person works for another side, all sides have to approve, and the area moves to
//! that side; an area has at most one open transfer, and none while it is disputed.

mod dto;
mod filter;
mod mapping;
mod offer;
mod routes;
pub(crate) mod service;
mod state;
mod store;

pub(crate) use dto::TransferBody;
pub(crate) use routes::configure;
pub use state::TransferState;
pub(crate) use store::Transfer;
