//! The retention periods of personal data in closed requests, and the job that erases it.
//!
//! Rule: each state has a period, counted from the last change of the request; after it the personal data is erased,
//! and the data that reports count remains.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::erasure_lock::with_erasure_lock;
use super::references;
use super::store::{self, Settings};
use crate::calendar::capacity;
use crate::callbacks::requests::{self, CallbackState};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::http::body::RequestBody;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::merge_patch::apply;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Most requests that are erased in one transaction.
const BATCH: i64 = 50;

/// The subject of events and audit entries about the periods, of which there is only one set.
const SUBJECT: &str = "ret_01kdvdna00e008000000000001";

/// The retention periods of callback requests: for each state, the number of days from the last change of a request
/// until its personal data is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Retention {
    /// Days until a `completed` request is erased.
    #[schema(format = Int32, minimum = 1, maximum = 3650)]
    pub completed_days: i32,
    /// Days until an `unreachable` request is erased.
    #[schema(format = Int32, minimum = 1, maximum = 3650)]
    pub unreachable_days: i32,
    /// Days until a `cancelled` request is erased.
    #[schema(format = Int32, minimum = 1, maximum = 3650)]
    pub cancelled_days: i32,
    /// Days until a `rerouted` request is erased.
    #[schema(format = Int32, minimum = 1, maximum = 3650)]
    pub rerouted_days: i32,
    /// Days until a `quarantined` request that was never released is erased.
    #[schema(format = Int32, minimum = 1, maximum = 3650)]
    pub quarantined_days: i32,
    /// When the periods were last changed.
    pub updated_at: UtcTime,
}

impl From<&Settings> for Retention {
    fn from(row: &Settings) -> Self {
        Self {
            completed_days: row.completed_days,
            unreachable_days: row.unreachable_days,
            cancelled_days: row.cancelled_days,
            rerouted_days: row.rerouted_days,
            quarantined_days: row.quarantined_days,
            updated_at: row.updated_at,
        }
    }
}

/// Changes to the retention periods (JSON Merge Patch): absent fields do not change.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"completed_days": 180}))]
pub struct RetentionPatch {
    /// Days until a `completed` request is erased.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 3650)]
    pub completed_days: Option<i32>,
    /// Days until an `unreachable` request is erased.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 3650)]
    pub unreachable_days: Option<i32>,
    /// Days until a `cancelled` request is erased.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 3650)]
    pub cancelled_days: Option<i32>,
    /// Days until a `rerouted` request is erased.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 3650)]
    pub rerouted_days: Option<i32>,
    /// Days until a `quarantined` request that was never released is erased.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 3650)]
    pub quarantined_days: Option<i32>,
}

impl RequestBody for RetentionPatch {}

/// Returns the periods with their version.
///
/// # Errors
/// 403.
pub fn get(conn: &mut DbConn, actor: &Actor) -> Result<(Retention, i64), Error> {
    authz::require(actor, Action::ManagePrivacy, &Relations::default())?;
    let row = store::settings(conn)?;
    Ok((Retention::from(&row), row.version))
}

/// Updates the periods, which also apply to existing requests.
///
/// # Errors
/// 403, 412, 428.
pub fn update(tx: &mut Tx<'_>, patch: &RetentionPatch) -> Result<(Retention, i64), Error> {
    tx.authorize_and_deduplicate(Action::ManagePrivacy, &Relations::default())?;
    let before = store::lock(tx.conn)?;
    IfMatch::check(tx.meta.if_match.as_ref(), before.version)?;
    let mut after = before.clone();
    let changes = [
        apply(&mut after.completed_days, patch.completed_days),
        apply(&mut after.unreachable_days, patch.unreachable_days),
        apply(&mut after.cancelled_days, patch.cancelled_days),
        apply(&mut after.rerouted_days, patch.rerouted_days),
        apply(&mut after.quarantined_days, patch.quarantined_days),
    ];
    if !changes.contains(&true) {
        return Ok((Retention::from(&before), before.version));
    }
    after.version += 1;
    after.updated_at = tx.now;
    store::update(tx.conn, &after)?;
    let (old, new) = (Retention::from(&before), Retention::from(&after));
    tx.record_change(&Change::updated(types::RETENTION_UPDATED, SUBJECT, &old, &new)?)?;
    Ok((new, after.version))
}

/// Erases a batch of requests whose period has ended; returns how many were erased.
pub fn erase_outdated(tx: &mut Tx<'_>) -> Result<usize, Error> {
    let periods = store::settings(tx.conn)?;
    let before = |days: i32| tx.now.plus_seconds(-i64::from(days) * 86_400);
    let limits = [
        (CallbackState::Completed, before(periods.completed_days)),
        (CallbackState::Unreachable, before(periods.unreachable_days)),
        (CallbackState::Cancelled, before(periods.cancelled_days)),
        (CallbackState::Rerouted, before(periods.rerouted_days)),
        (CallbackState::Quarantined, before(periods.quarantined_days)),
    ];
    let outdated = requests::erasure::outdated(tx.conn, &limits, BATCH)?;
    if outdated.is_empty() {
        return Ok(0);
    }
    with_erasure_lock(tx, |tx| {
        let (mut erased, mut slots) = (0, Vec::new());
        for (id, state, limit) in outdated {
            if requests::erasure::erase_outdated(tx, id, state, limit, &mut slots)? {
                references::erase(tx.conn, id.as_str())?;
                erased += 1;
            }
        }
        capacity::release_all(tx.conn, slots)?;
        Ok(erased)
    })
}
