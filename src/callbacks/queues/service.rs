//! Operations on queues, with their permissions.

use jiff::tz::TimeZone;

use super::dto::{NewQueue, QueueBody, QueuePatch};
use super::enums::{CallbackIntent, CapacitySource};
use super::phone_region::PhoneRegion;
use super::present::{PresentQueue, rules_over_time};
use super::rows::{Queue, QueueSettings};
use super::store::{self, Taken, Which};
use crate::calendar::booking::Capacity;
use crate::calendar::rules::Calendar;
use crate::calendar::{service as calendar, slots};
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

/// Returns the queues with this calendar.
pub fn of_calendar(conn: &mut DbConn, calendar: CalendarId) -> Result<Vec<QueueId>, Error> {
    store::of_calendar(conn, calendar)
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
    refuse_if_any([faults(&settings, &calendar), region_faults(&queue)].concat())?;
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
    let before = versions.iter().rfind(|settings| settings.valid_from <= valid_from).unwrap_or(current);
    // The caller has read the settings of today or those of the day.
    let condition = tx.meta.if_match.as_ref();
    IfMatch::check_tag(condition, etag(queue.version, before), true)
        .or_else(|_| IfMatch::check_tag(condition, etag(queue.version, current), true))?;
    if valid_from < today {
        let text = Text::new("violation-past-day");
        return Err(Error::violation(Violation::at("/valid_from", "dates_out_of_range", text)));
    }
    let mut after = before.clone();
    let has_new_settings = merge_settings(&mut after, patch);
    if !has_new_data && !has_new_settings {
        return Ok((QueueBody::new(&queue, before), etag(queue.version, before)));
    }
    refuse_if_any([faults(&after, &calendar), region_faults(&changed)].concat())?;
    (changed.version, changed.updated_at) = (queue.version + 1, tx.now);
    if has_new_settings {
        (after.version, after.recorded_at, after.valid_from) = (changed.version, tx.now, valid_from);
        after.starts_at =
            if valid_from > today { first_instant(valid_from, &calendar.zone)?.max(tx.now) } else { tx.now };
        write(tx, before, &mut after)?;
    }
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

/// Returns the start of a day in a time zone.
fn first_instant(day: Day, zone: &TimeZone) -> Result<UtcTime, Error> {
    let midnight = day.to_jiff().to_zoned(zone.clone()).map_err(Error::internal)?;
    Ok(UtcTime::from_jiff(midnight.timestamp()))
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

/// Returns the violation of a window that fits no opening period.
fn faults(settings: &QueueSettings, calendar: &Calendar) -> Vec<Violation> {
    let rules = rules_over_time(std::slice::from_ref(settings), |one| Capacity::Fixed(one.window_capacity));
    let fits = rules.is_some_and(|rules| !slots::windows(calendar, &rules).is_empty());
    if fits {
        return Vec::new();
    }
    vec![Violation::at("/window_minutes", "window_too_long", Text::new("violation-window-too-long"))]
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
