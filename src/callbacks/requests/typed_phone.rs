//! Phone numbers that agents, the owners of numbers and data subjects type. They do not name a queue.

use super::phone::{self, Phone};
use super::violations;
use crate::callbacks::queues;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;

/// Parses a number. Without a country code it is one of the region that all queues have.
///
/// # Errors
/// 422 for a number that cannot be called, and for one without a country code if the queues have different regions.
pub fn parse(conn: &mut DbConn, typed: &str) -> Result<Phone, Error> {
    let region = queues::common_region(conn)?;
    phone::parse_in_any(region, typed).map_err(|fault| Error::violation(violations::phone(fault)))
}
