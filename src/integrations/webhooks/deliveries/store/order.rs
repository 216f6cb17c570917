//! The ordering `subject`: the events about a subject are delivered one after another.
//!
//! Rules: only the first unfinished delivery of a subject is `pending`, later ones are `blocked`; finishing a delivery
//! unblocks the next one in the same transaction, and adding one locks the endpoint first, so that none stays blocked;
//! if `on_exhausted` is `hold`, an exhausted delivery counts as unfinished and blocks only its own subject. A delivery
//! that was leased when the ordering changed is ordered when the worker records or releases it.

use std::collections::HashSet;

use diesel::dsl::{not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::leases::leased;
use super::{ROWS, blocked, pending};
use crate::integrations::webhooks::deliveries::state::DeliveryState;
use crate::integrations::webhooks::registry::{Endpoint, OnExhausted, Ordering};
use crate::kernel::db::schema::webhook_deliveries::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{DeliveryId, WebhookEndpointId};
use crate::kernel::time::UtcTime;

// The states are literals, because with bound values the query planners do not use the partial index of unfinished
// deliveries. Each condition repeats the predicate of the index, because SQLite does not infer it from a narrower one.
const UNFINISHED: &str = "webhook_deliveries.state IN ('pending', 'blocked', 'exhausted') \
    AND webhook_deliveries.state <> 'exhausted'";
const UNFINISHED_OR_EXHAUSTED: &str = "webhook_deliveries.state IN ('pending', 'blocked', 'exhausted')";
const IS_FIRST: &str = "NOT EXISTS (SELECT 1 FROM webhook_deliveries AS earlier \
    WHERE earlier.endpoint_id = webhook_deliveries.endpoint_id AND earlier.subject = webhook_deliveries.subject \
    AND earlier.sequence < webhook_deliveries.sequence \
    AND earlier.state IN ('pending', 'blocked', 'exhausted') AND earlier.state <> 'exhausted')";
const IS_FIRST_OR_EXHAUSTED: &str = "NOT EXISTS (SELECT 1 FROM webhook_deliveries AS earlier \
    WHERE earlier.endpoint_id = webhook_deliveries.endpoint_id AND earlier.subject = webhook_deliveries.subject \
    AND earlier.sequence < webhook_deliveries.sequence AND earlier.state IN ('pending', 'blocked', 'exhausted'))";

/// Returns those of the subjects that have an unfinished delivery to an endpoint.
pub fn unfinished_subjects(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    on_exhausted: OnExhausted,
    subjects: &[&str],
) -> Result<HashSet<String>, Error> {
    let unfinished = match on_exhausted {
        OnExhausted::Skip => UNFINISHED,
        OnExhausted::Hold => UNFINISHED_OR_EXHAUSTED,
    };
    let found: Vec<String> = dsl::webhook_deliveries
        .filter(dsl::endpoint_id.eq(endpoint))
        .filter(dsl::subject.eq_any(subjects))
        .filter(sql::<Bool>(unfinished))
        .select(dsl::subject)
        .distinct()
        .load(conn)?;
    Ok(found.into_iter().collect())
}

/// Makes the first unfinished delivery of each of these subjects pending, if it is blocked.
pub fn unblock_first(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    on_exhausted: OnExhausted,
    subjects: &[&str],
) -> Result<(), Error> {
    diesel::update(
        webhook_deliveries::table
            .filter(dsl::endpoint_id.eq(endpoint))
            .filter(dsl::subject.eq_any(subjects))
            .filter(blocked())
            .filter(sql::<Bool>(is_first(on_exhausted))),
    )
    .set(dsl::state.eq(DeliveryState::Pending))
    .execute(conn)?;
    Ok(())
}

/// Blocks pending deliveries behind an earlier unfinished delivery of their subject, except for leased ones. Applies to
/// these subjects, or to all if `None`.
pub fn block_behind_earlier(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    on_exhausted: OnExhausted,
    subjects: Option<&[&str]>,
    now: UtcTime,
) -> Result<(), Error> {
    let mut out_of_order = webhook_deliveries::table
        .filter(dsl::endpoint_id.eq(endpoint))
        .filter(pending())
        .filter(not(leased(now)))
        .filter(not(sql::<Bool>(is_first(on_exhausted))))
        .into_boxed();
    if let Some(subjects) = subjects {
        out_of_order = out_of_order.filter(dsl::subject.eq_any(subjects.to_vec()));
    }
    let ids: Vec<DeliveryId> = out_of_order.select(dsl::id).load(conn)?;
    for ids in ids.chunks(ROWS) {
        // The token of an expired lease may still be set.
        diesel::update(webhook_deliveries::table.filter(dsl::id.eq_any(ids)))
            .set((dsl::state.eq(DeliveryState::Blocked), dsl::lease_token.eq(None::<i64>)))
            .execute(conn)?;
    }
    Ok(())
}

/// Restores the order of these subjects after deliveries were queued that may precede pending ones.
pub fn restore_order(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    on_exhausted: OnExhausted,
    subjects: &[&str],
    now: UtcTime,
) -> Result<(), Error> {
    unblock_first(conn, endpoint, on_exhausted, subjects)?;
    block_behind_earlier(conn, endpoint, on_exhausted, Some(subjects), now)
}

/// Applies a changed ordering of an endpoint to its deliveries.
pub fn apply_ordering(conn: &mut DbConn, before: &Endpoint, after: &Endpoint) -> Result<(), Error> {
    let blocked = webhook_deliveries::table.filter(dsl::endpoint_id.eq(after.id)).filter(blocked());
    let unblocked = dsl::state.eq(DeliveryState::Pending);
    match ((before.ordering, before.on_exhausted), (after.ordering, after.on_exhausted)) {
        ((Ordering::Subject, _), (Ordering::None, _)) => {
            diesel::update(blocked).set(unblocked).cached().execute(conn)?;
        }
        ((Ordering::Subject, OnExhausted::Hold), (Ordering::Subject, OnExhausted::Skip)) => {
            diesel::update(blocked.filter(sql::<Bool>(is_first(after.on_exhausted))))
                .set(unblocked)
                .cached()
                .execute(conn)?;
        }
        ((Ordering::None, _), (Ordering::Subject, _))
        | ((Ordering::Subject, OnExhausted::Skip), (Ordering::Subject, OnExhausted::Hold)) => {
            block_behind_earlier(conn, after.id, after.on_exhausted, None, after.updated_at)?;
        }
        _ => {}
    }
    Ok(())
}

fn is_first(on_exhausted: OnExhausted) -> &'static str {
    match on_exhausted {
        OnExhausted::Skip => IS_FIRST,
        OnExhausted::Hold => IS_FIRST_OR_EXHAUSTED,
    }
}
