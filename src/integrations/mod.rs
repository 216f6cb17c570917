//! Other systems: webhooks, records for a CRM or an ITSM tool and their previews, and references to their ids.

pub(crate) mod previews;
pub(crate) mod projections;
pub(crate) mod references;
pub mod webhooks;
