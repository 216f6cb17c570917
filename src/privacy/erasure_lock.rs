//! Erasures come one after the other, because each takes rows of many slices.
//!
//! Rule: whoever comes through holds no row yet that another erasure may want.

use crate::kernel::audit;
use crate::kernel::error::Error;
use crate::kernel::tx::Tx;

/// Does the work of an erasure, which may take a person out of the audit trail.
///
/// # Errors
/// Those of the work, and those of the database.
pub fn through<T>(tx: &mut Tx<'_>, work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>) -> Result<T, Error> {
    audit::open_gate(tx.conn)?;
    let done = work(tx)?;
    audit::close_gate(tx.conn)?;
    Ok(done)
}
