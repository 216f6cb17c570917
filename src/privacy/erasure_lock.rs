//! The erasure lock: erasures run one after another, because each locks rows of many modules.
//!
//! Rule: an erasure acquires the lock before it locks any row that another erasure may need.

use crate::kernel::audit;
use crate::kernel::error::Error;
use crate::kernel::tx::Tx;

/// Runs an erasure under the lock. Only then can it redact the audit trail.
pub fn with_erasure_lock<T>(tx: &mut Tx<'_>, erase: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>) -> Result<T, Error> {
    audit::begin_redaction(tx.conn)?;
    let erased = erase(tx)?;
    audit::end_redaction(tx.conn)?;
    Ok(erased)
}
