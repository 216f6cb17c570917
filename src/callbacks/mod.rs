//! Callbacks: visitors request a call, agents call them back at the promised time.

pub(crate) mod agents;
pub(crate) mod consent_wordings;
pub mod form;
pub(crate) mod form_settings;
pub(crate) mod notices;
pub(crate) mod queues;
pub(crate) mod reports;
pub mod requests;
pub(crate) mod slots;
