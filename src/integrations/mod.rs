//! Other systems: webhooks, records for a CRM or an ITSM tool, and references to their ids.

pub mod projections;
pub mod references;
pub mod webhooks;
