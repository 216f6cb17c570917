//! Callbacks: visitors request a call, agents call them back at the promised time.

pub(crate) mod agents;
pub mod form;
pub(crate) mod notices;
pub(crate) mod queues;
pub(crate) mod reports;
pub mod requests;
pub(crate) mod slots;
