//! `ordering` `subject`: events of one subject arrive one after another.
//!
//! Rules: of each subject at most the first unfinished delivery is `pending`, those behind it are `blocked`; whoever
//! finishes one releases the next in the same transaction, and whoever adds one has locked the endpoint, so none is
//! forgotten; an exhausted delivery counts as unfinished where `on_exhausted` is `hold`, and keeps up its subject only. What
//! was in a worker's hands when the rule was changed falls into line when the worker gives it back.

use std::collections::HashSet;

use diesel::dsl::{not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{DeliveryState, ROWS, leased, pending};
use crate::integrations::webhooks::endpoints::store::Endpoint;
use crate::integrations::webhooks::endpoints::{OnExhausted, Ordering};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::webhook_deliveries::{self, dsl};
use crate::kernel::error::Error;
use crate::kernel::ids::{DeliveryId, WebhookEndpointId};
use crate::kernel::time::UtcTime;

// Written out, because bound values would keep the planners from the partial index of unfinished deliveries; with its very
// predicate, because SQLite proves no narrower one.
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

/// Those of the subjects that have something unfinished at an endpoint.
pub fn busy(
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

/// Lets the first unfinished delivery of each of these subjects go, where it is blocked.
pub fn release(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    on_exhausted: OnExhausted,
    subjects: &[&str],
) -> Result<(), Error> {
    diesel::update(
        webhook_deliveries::table
            .filter(dsl::endpoint_id.eq(endpoint))
            .filter(dsl::subject.eq_any(subjects))
            .filter(sql::<Bool>("webhook_deliveries.state = 'blocked'"))
            .filter(sql::<Bool>(is_first(on_exhausted))),
    )
    .set(dsl::state.eq(DeliveryState::Pending))
    .execute(conn)?;
    Ok(())
}

/// Lets what is pending behind an unfinished delivery of its subject wait, except for what a worker has at this moment:
/// that is not called back. Of these subjects, or of all.
pub fn hold_back(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    on_exhausted: OnExhausted,
    subjects: Option<&[&str]>,
    now: UtcTime,
) -> Result<(), Error> {
    let mut behind = webhook_deliveries::table
        .filter(dsl::endpoint_id.eq(endpoint))
        .filter(pending())
        .filter(not(leased(now)))
        .filter(not(sql::<Bool>(is_first(on_exhausted))))
        .into_boxed();
    if let Some(subjects) = subjects {
        behind = behind.filter(dsl::subject.eq_any(subjects.to_vec()));
    }
    let ids: Vec<DeliveryId> = behind.select(dsl::id).load(conn)?;
    for ids in ids.chunks(ROWS) {
        // A lease that has run out may still stand there.
        diesel::update(webhook_deliveries::table.filter(dsl::id.eq_any(ids)))
            .set((dsl::state.eq(DeliveryState::Blocked), dsl::lease_token.eq(None::<i64>)))
            .execute(conn)?;
    }
    Ok(())
}

/// Puts these subjects in order after something of theirs was queued again, perhaps before what is pending already.
pub fn line_up(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    on_exhausted: OnExhausted,
    subjects: &[&str],
    now: UtcTime,
) -> Result<(), Error> {
    release(conn, endpoint, on_exhausted, subjects)?;
    hold_back(conn, endpoint, on_exhausted, Some(subjects), now)
}

/// What follows when the rule of an endpoint was changed.
pub fn reorder(conn: &mut DbConn, before: &Endpoint, after: &Endpoint) -> Result<(), Error> {
    let blocked = webhook_deliveries::table
        .filter(dsl::endpoint_id.eq(after.id))
        .filter(sql::<Bool>("webhook_deliveries.state = 'blocked'"));
    let freed = dsl::state.eq(DeliveryState::Pending);
    match ((before.ordering, before.on_exhausted), (after.ordering, after.on_exhausted)) {
        ((Ordering::Subject, _), (Ordering::None, _)) => {
            diesel::update(blocked).set(freed).execute(conn)?;
        }
        ((Ordering::Subject, OnExhausted::Hold), (Ordering::Subject, OnExhausted::Skip)) => {
            diesel::update(blocked.filter(sql::<Bool>(is_first(after.on_exhausted)))).set(freed).execute(conn)?;
        }
        ((Ordering::None, _), (Ordering::Subject, _))
        | ((Ordering::Subject, OnExhausted::Skip), (Ordering::Subject, OnExhausted::Hold)) => {
            hold_back(conn, after.id, after.on_exhausted, None, after.updated_at)?;
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
