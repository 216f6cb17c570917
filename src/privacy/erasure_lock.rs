//! The erasure lock: erasures run one after another, because each locks rows of many slices.
//!
//! Rule: an erasure takes the lock before it locks any row that another erasure may need.

use crate::kernel::audit;
use crate::kernel::error::Error;
use crate::kernel::tx::Tx;

/// Runs an erasure, which can redact the audit trail while it holds the lock.
pub fn with_erasure_lock<T>(tx: &mut Tx<'_>, erase: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>) -> Result<T, Error> {
    audit::open_gate(tx.conn)?;
    let erased = erase(tx)?;
    audit::close_gate(tx.conn)?;
    Ok(erased)
}
