//! The gauges that the worker computes from the database.
//!
//! Rules: the number of statements is fixed, and they count only rows that are open or due, by their indexes; a gauge
//! has no label with ids, names or other personal data.

use crate::callbacks::requests::gauges as callbacks;
use crate::collaboration::gauges as collaboration;
use crate::integrations::webhooks::gauges as webhooks;
use crate::kernel::db::Db;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

/// What was counted in the database.
#[derive(Debug)]
pub struct Measured {
    callbacks: callbacks::Measured,
    collaboration: collaboration::Measured,
    webhooks: webhooks::Measured,
}

impl Measured {
    /// Sets the gauges.
    pub fn set(&self) {
        self.callbacks.set();
        self.collaboration.set();
        self.webhooks.set();
    }
}

/// Counts what the gauges show at `now`.
///
/// # Errors
/// When the database cannot be read.
pub async fn read(db: &Db, now: UtcTime) -> Result<Measured, Error> {
    db.read_slowly(move |conn| {
        Ok(Measured {
            callbacks: callbacks::Measured::read(conn, now)?,
            collaboration: collaboration::Measured::read(conn, now)?,
            webhooks: webhooks::Measured::read(conn, now)?,
        })
    })
    .await
}

/// Updates the gauges.
///
/// # Errors
/// When the database cannot be read.
pub async fn update(db: &Db, now: UtcTime) -> Result<(), Error> {
    read(db, now).await?.set();
    Ok(())
}
