//! Erases the references of other systems to a callback request.

use crate::integrations::{references, webhooks};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;

/// Deletes the references, and redacts them in events, webhook payloads and the audit trail.
pub fn erase(conn: &mut DbConn, subject: &str) -> Result<(), Error> {
    let events = references::erase(conn, subject)?;
    if events.is_empty() {
        return Ok(());
    }
    webhooks::deliveries::redact(conn, &events, references::redacted)
}
