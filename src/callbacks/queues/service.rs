//! Operations on queues, with their permissions.

use std::slice;

use jiff::tz::TimeZone;

use super::dto::{NewQueue, QueueBody, QueuePatch};
use super::enums::{CallbackIntent, CapacitySource};
use super::phone_region::PhoneRegion;
use super::present::{PresentQueue, has_windows, with_change};
use super::rows::{Queue, QueueSettings};
use super::store::{self, Taken, Which};
use crate::calendar::planned::{self, Previous};
use crate::calendar::rules::Calendar;
use crate::calendar::service as calendar;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::http::etag::{ETag, IfMatch};
use crate::kernel::http::merge_patch::apply;
use crate::kernel::ids::{CalendarId, QueueId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// Returns a queue at `now`; `None` if there is none. One statement.
pub fn present(conn: &mut DbConn, which: Which<'_>, now: UtcTime) -> Result<Option<PresentQueue>, Error> {
    store::present(conn, which, now)
}

/// Returns the queues with this calendar at `now`. One statement.
pub fn present_with(conn: &mut DbConn, calendar: CalendarId, now: UtcTime) -> Result<Vec<PresentQueue>, Error> {
    store::present_with(conn, calendar, now)
}

/// Returns a violation at `pointer` for each queue whose windows do not fit into the opening hours of its calendar.
#[must_use]
pub fn window_faults(queues: &[PresentQueue], pointer: &str) -> Vec<Violation> {
    let without = queues.iter().filter(|one| !has_windows(&one.settings, &one.calendar));
    let fault = |one: &PresentQueue| {
        let text = Text::new("violation-queue-without-windows").with("queue", one.queue.key.as_str());
        Violation::at(pointer, "window_too_long", text)
    };
    without.map(fault).collect()
}

/// Returns each queue with the time zone of its calendar at `now`.
pub fn zones(conn: &mut DbConn, now: UtcTime) -> Result<Vec<(QueueId, TimeZone)>, Error> {
    store::zones(conn, now)
}

/// Returns the calendars that queues use.
pub fn calendars(conn: &mut DbConn) -> Result<Vec<CalendarId>, Error> {
    store::calendars(conn)
}

/// Returns for each queue after how many minutes a request without a recorded call returns to it.
pub fn return_times(conn: &mut DbConn, now: UtcTime) -> Result<Vec<(QueueId, i32)>, Error> {
    store::return_times(conn, now)
}

/// A topic for which visitors can request a call, because it has a public queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    pub intent: CallbackIntent,
    /// The region of phone numbers without a country code.
    pub region: PhoneRegion,
}

/// Returns the topics for which visitors can request a call.
pub fn topics(conn: &mut DbConn) -> Result<Vec<Topic>, Error> {
    let public = store::public(conn)?;
    let topic = |intent: &CallbackIntent| {
        let queue = public.iter().find(|queue| queue.accepts(*intent))?;
        Some(Topic { intent: *intent, region: queue.region() })
    };
    Ok(CallbackIntent::ALL.iter().filter_map(topic).collect())
}

/// Returns the region of phone numbers without a country code if all queues have the same one.
pub fn common_region(conn: &mut DbConn) -> Result<Option<PhoneRegion>, Error> {
    let mut regions = store::regions(conn)?;
    regions.sort_unstable();
    regions.dedup();
    Ok(match regions.as_slice() {
        [one] => Some(one.parse().unwrap_or_default()),
        _ => None,
    })
}

/// Returns for each of these queues whether it exists.
pub fn exist(conn: &mut DbConn, ids: &[QueueId]) -> Result<Vec<bool>, Error> {
    let known = store::existing(conn, ids)?;
    Ok(ids.iter().map(|id| known.contains(id)).collect())
}

/// Returns a page of queues with the settings in force at `now`.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, page: &Page, now: UtcTime) -> Result<Vec<QueueBody>, Error> {
    authz::require(actor, Action::ReadQueues, &Relations::default())?;
    let rows = store::page(conn, page, now)?;
    Ok(rows.iter().map(|(settings, queue)| QueueBody::new(queue, settings)).collect())
}

/// Returns the settings of a queue on a day, by default those at `now`, with their tag.
///
/// # Errors
/// 403, 404.
pub fn get(
    conn: &mut DbConn,
    actor: &Actor,
    id: QueueId,
    as_of: Option<Day>,
    now: UtcTime,
) -> Result<(QueueBody, ETag), Error> {
    authz::require(actor, Action::ReadQueues, &Relations::default())?;
    let (settings, queue) = store::settings(conn, id, as_of, now)?.ok_or_else(Error::not_found)?;
    Ok((QueueBody::new(&queue, &settings), etag(queue.version, &settings)))
}

/// Returns the tag of settings. They can come into force without a new version of the queue.
fn etag(version: i64, settings: &QueueSettings) -> ETag {
    ETag::of_state(version, &settings.version.to_string())
}

/// Creates a queue, whose settings apply to all days.
///
/// # Errors
/// 403; 409 if the key is taken, or an intent has another public queue; 422.
pub fn create(tx: &mut Tx<'_>, new: &NewQueue) -> Result<(QueueBody, ETag), Error> {
    tx.authorize_and_deduplicate(Action::ManageQueues, &Relations::default())?;
    let queue = Queue {
        id: tx.new_id(),
        key: new.key.clone(),
        name: new.name.clone(),
        calendar_id: new.calendar_id,
        default_region: new.default_region.clone().unwrap_or_else(|| "CZ".to_owned()),
        sales: new.intents.contains(&CallbackIntent::Sales),
        technical_support: new.intents.contains(&CallbackIntent::TechnicalSupport),
        public: new.public.unwrap_or(false),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let first = UtcTime::from_unix_micros(0);
    let settings = QueueSettings {
        queue_id: queue.id,
        starts_at: first,
        ends_at: None,
        version: 1,
        valid_from: first.day(),
        capacity_source: new.capacity_source.unwrap_or(CapacitySource::Fixed),
        window_minutes: new.window_minutes.unwrap_or(60),
        window_capacity: new.window_capacity.unwrap_or(3),
        minimum_notice_minutes: new.minimum_notice_minutes.unwrap_or(15),
        horizon_business_days: new.horizon_business_days.unwrap_or(10),
        asap_target_minutes: new.asap_target_minutes.unwrap_or(30),
        handling_minutes: new.handling_minutes.unwrap_or(15),
        max_attempts: new.max_attempts.unwrap_or(3),
        attempt_pause_minutes: new.attempt_pause_minutes.unwrap_or(60),
        unrecorded_return_minutes: new.unrecorded_return_minutes.unwrap_or(480),
        recorded_at: tx.now,
    };
    let calendar = existing_calendar(tx, queue.calendar_id)?;
    let settings_faults = faults(slice::from_ref(&settings), &calendar);
    refuse_if_any([intent_faults(&new.intents), settings_faults, region_faults(&queue)].concat())?;
    store::insert_queue(tx.conn, &queue)?.map_err(taken)?;
    store::insert(tx.conn, &settings)?;
    let body = QueueBody::new(&queue, &settings);
    tx.record_change(&Change::created(types::QUEUE_CREATED, queue.id.as_str(), &body)?)?;
    Ok((body, etag(1, &settings)))
}

/// Changes a queue: its settings from now on or from a later day on, everything else at once. Settings that are planned
/// for days after that stay as they are.
///
/// # Errors
/// 403, 404, 412, 428; 409 if an intent has another public queue; 422.
pub fn update(tx: &mut Tx<'_>, id: QueueId, patch: &QueuePatch) -> Result<(QueueBody, ETag), Error> {
    tx.authorize_and_deduplicate(Action::ManageQueues, &Relations::default())?;
    let queue = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let versions = store::settings_from(tx.conn, id, tx.now)?;
    let current = versions.first().ok_or_else(|| Error::internal("the queue has no settings"))?;
    let mut changed = queue.clone();
    let has_new_data = merge_queue(&mut changed, patch);
    let calendar = existing_calendar(tx, changed.calendar_id)?;
    let today = Day::from_jiff(calendar.date_at(tx.now.to_jiff()));
    let valid_from = patch.valid_from.unwrap_or(today);
    let of_day = versions.iter().rfind(|settings| valid_from > today && settings.valid_from <= valid_from);
    let before = of_day.unwrap_or(current);
    // The caller has read the settings of today or those of the day.
    let condition = tx.meta.if_match.as_ref();
    IfMatch::check_tag(condition, etag(queue.version, before), true)
        .or_else(|_| IfMatch::check_tag(condition, etag(queue.version, current), true))?;
    planned::check_day(valid_from, today).map_err(Error::violation)?;
    refuse_if_any(patch.intents.as_deref().map(intent_faults).unwrap_or_default())?;
    let mut after = before.clone();
    let has_new_settings = merge_settings(&mut after, patch);
    if !has_new_data && !has_new_settings {
        return Ok((QueueBody::new(&queue, before), etag(queue.version, before)));
    }
    (changed.version, changed.updated_at) = (queue.version + 1, tx.now);
    if has_new_settings {
        let previous = Previous { valid_from: before.valid_from, starts_at: before.starts_at, ends_at: before.ends_at };
        let starts_at = planned::start(valid_from, today, &calendar.zone, tx.now, &previous);
        (after.version, after.recorded_at, after.valid_from) = (changed.version, tx.now, valid_from);
        after.starts_at = starts_at.map_err(Error::violation)?;
        write(tx, before, &mut after)?;
    }
    let settings_faults = match (has_new_settings, changed.calendar_id != queue.calendar_id) {
        (true, _) => faults(&with_change(&versions, &after, tx.now), &calendar),
        (false, true) => faults(&versions, &calendar),
        // A queue that has lost its windows can still be renamed.
        (false, false) => Vec::new(),
    };
    refuse_if_any([settings_faults, region_faults(&changed)].concat())?;
    store::update_queue(tx.conn, &changed)?.map_err(taken)?;
    let (old, new) = (QueueBody::new(&queue, before), QueueBody::new(&changed, &after));
    tx.record_change(&Change::updated(types::QUEUE_UPDATED, id.as_str(), &old, &new)?)?;
    Ok((new, etag(changed.version, &after)))
}

/// Writes settings that follow `before`, or replace them if they have not been in force for any time.
fn write(tx: &mut Tx<'_>, before: &QueueSettings, after: &mut QueueSettings) -> Result<(), Error> {
    if before.starts_at >= after.starts_at {
        after.starts_at = before.starts_at;
        return store::update(tx.conn, after);
    }
    after.ends_at = before.ends_at;
    store::update(tx.conn, &QueueSettings { ends_at: Some(after.starts_at), ..before.clone() })?;
    store::insert(tx.conn, after)
}

/// Returns a calendar that a body refers to.
///
/// # Errors
/// 422 if it does not exist.
fn existing_calendar(tx: &mut Tx<'_>, id: CalendarId) -> Result<Calendar, Error> {
    calendar::find(tx.conn, id, tx.now)?
        .ok_or_else(|| Error::violation(Violation::unknown_reference("/calendar_id", "violation-unknown-calendar")))
}

fn merge_queue(queue: &mut Queue, patch: &QueuePatch) -> bool {
    let accepts = |intent| patch.intents.as_ref().map(|intents| intents.contains(&intent));
    [
        apply(&mut queue.name, patch.name.clone()),
        apply(&mut queue.sales, accepts(CallbackIntent::Sales)),
        apply(&mut queue.technical_support, accepts(CallbackIntent::TechnicalSupport)),
        apply(&mut queue.public, patch.public),
        apply(&mut queue.calendar_id, patch.calendar_id),
        apply(&mut queue.default_region, patch.default_region.clone()),
    ]
    .contains(&true)
}

fn merge_settings(settings: &mut QueueSettings, patch: &QueuePatch) -> bool {
    [
        apply(&mut settings.capacity_source, patch.capacity_source),
        apply(&mut settings.window_minutes, patch.window_minutes),
        apply(&mut settings.window_capacity, patch.window_capacity),
        apply(&mut settings.minimum_notice_minutes, patch.minimum_notice_minutes),
        apply(&mut settings.horizon_business_days, patch.horizon_business_days),
        apply(&mut settings.asap_target_minutes, patch.asap_target_minutes),
        apply(&mut settings.handling_minutes, patch.handling_minutes),
        apply(&mut settings.max_attempts, patch.max_attempts),
        apply(&mut settings.attempt_pause_minutes, patch.attempt_pause_minutes),
        apply(&mut settings.unrecorded_return_minutes, patch.unrecorded_return_minutes),
    ]
    .contains(&true)
}

/// Returns the violation of a window that fits no opening period, now or by later settings.
fn faults(settings: &[QueueSettings], calendar: &Calendar) -> Vec<Violation> {
    if has_windows(settings, calendar) {
        return Vec::new();
    }
    vec![Violation::at("/window_minutes", "window_too_long", Text::new("violation-window-too-long"))]
}

/// Returns the violation of an intent that is in the list twice.
fn intent_faults(intents: &[CallbackIntent]) -> Vec<Violation> {
    let is_repeated = |index: &usize| intents.iter().take(*index).any(|one| intents.get(*index) == Some(one));
    let repeated = (0..intents.len()).filter(is_repeated);
    let text = || Text::new("violation-intent-twice");
    repeated.map(|index| Violation::at(format!("/intents/{index}"), "duplicate_intent", text())).collect()
}

/// Returns the violation of a country without a numbering plan.
fn region_faults(queue: &Queue) -> Vec<Violation> {
    if queue.default_region.parse::<PhoneRegion>().is_ok() {
        return Vec::new();
    }
    vec![Violation::at("/default_region", "unknown_region", Text::new("violation-unknown-country"))]
}

fn taken(taken: Taken) -> Error {
    let (detail, field) = match taken {
        Taken::Key => ("detail-queue-key-taken", "/key"),
        Taken::Intent => ("detail-public-queue-exists", "/intents"),
    };
    Problem::new(Code::AlreadyExists).because(detail).with("conflicting_field", field).into()
}
