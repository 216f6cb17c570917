//! Protects the ownership of disputed areas from changes.

use super::store;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::AreaId;

/// Refuses changes of the ownership while an area is disputed.
///
/// # Errors
/// 409 with `dispute_id`.
pub fn refuse_while_disputed(conn: &mut DbConn, area: AreaId) -> Result<(), Error> {
    let Some(dispute) = store::open_about(conn, area)? else { return Ok(()) };
    Err(Problem::new(Code::Conflict).because("detail-area-disputed").with("dispute_id", dispute.as_str()).into())
}
