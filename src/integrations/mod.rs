//! Other systems: webhooks, records for a CRM or an ITSM tool and their previews, and references to their ids.

pub mod previews;
pub mod projections;
pub mod references;
pub mod webhooks;
