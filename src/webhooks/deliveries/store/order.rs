//! `ordering` `subject`: events of one subject arrive one after another.
//!
//! Rules: of each subject at most the first unfinished delivery is `pending`, those behind it are `blocked`; whoever
//! finishes one releases the next in the same transaction, and whoever adds one has locked the endpoint, so none is
//! forgotten; an exhausted delivery counts as unfinished where `on_exhausted` is `hold`, and keeps up its subject only.

use std::collections::HashSet;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::DeliveryState;
use crate::db::DbConn;
use crate::db::schema::webhook_deliveries::{self, dsl};
use crate::error::Error;
use crate::ids::WebhookEndpointId;
use crate::webhooks::endpoints::store::Endpoint;
use crate::webhooks::endpoints::{OnExhausted, Ordering};

// Written out, because bound values would keep the planners from the partial index.
const UNFINISHED: &str = "webhook_deliveries.state IN ('pending', 'blocked')";
const UNFINISHED_OR_EXHAUSTED: &str = "webhook_deliveries.state IN ('pending', 'blocked', 'exhausted')";
const IS_FIRST: &str = "NOT EXISTS (SELECT 1 FROM webhook_deliveries AS earlier \
    WHERE earlier.endpoint_id = webhook_deliveries.endpoint_id AND earlier.subject = webhook_deliveries.subject \
    AND earlier.sequence < webhook_deliveries.sequence AND earlier.state IN ('pending', 'blocked'))";
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

/// The same after the rule of an endpoint was changed.
pub fn reorder(conn: &mut DbConn, before: &Endpoint, after: &Endpoint) -> Result<(), Error> {
    let blocked = webhook_deliveries::table
        .filter(dsl::endpoint_id.eq(after.id))
        .filter(sql::<Bool>("webhook_deliveries.state = 'blocked'"));
    let pending = dsl::state.eq(DeliveryState::Pending);
    match (before.ordering, after.ordering) {
        (Ordering::Subject, Ordering::None) => {
            diesel::update(blocked).set(pending).execute(conn)?;
        }
        (Ordering::Subject, Ordering::Subject) if before.on_exhausted != after.on_exhausted => {
            diesel::update(blocked.filter(sql::<Bool>(is_first(after.on_exhausted)))).set(pending).execute(conn)?;
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
