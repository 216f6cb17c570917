//! Integrations with other systems: webhooks, records for CRM and ITSM tools with their previews, and external
//! references.

pub(crate) mod previews;
pub(crate) mod projections;
pub(crate) mod references;
pub mod webhooks;
