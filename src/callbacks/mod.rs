//! The callback desk: visitors ask to be called, agents call them back in time.

pub(crate) mod agents;
pub mod form;
pub(crate) mod notices;
pub(crate) mod reports;
pub mod requests;
