//! The callback desk: visitors ask to be called, agents call them back in time.

pub mod agents;
pub mod form;
pub mod notices;
pub mod reports;
pub mod requests;
