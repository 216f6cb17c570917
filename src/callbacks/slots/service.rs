//! Finds the queue that a caller reaches, and what can be promised in it.

use jiff::Timestamp;

use super::asap::{self, Ahead};
use super::store;
use crate::calendar::booking::{Capacity, Schedule};
use crate::calendar::capacity::Bookable;
use crate::calendar::slots::{self, Promise, RequestedTime, SlotFault};
use crate::callbacks::agents;
use crate::callbacks::queues::{
    self, CallbackIntent, CapacitySource, PresentQueue, Queue, QueueSettings, Which, rules_over_time,
};
use crate::kernel::db::{DbConn, locks};
use crate::kernel::error::Error;
use crate::kernel::ids::QueueId;
use crate::kernel::time::UtcTime;

/// A queue with what can be booked in it.
#[derive(Debug)]
pub struct BookableQueue {
    pub queue: Queue,
    pub bookable: Bookable,
    /// The calls that the queue still has to make, if its capacity comes from the roster.
    ahead: Ahead,
}

/// Why a queue is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Read,
    /// To promise a call. With the capacity source `roster`, promises are made one after the other, so that each takes
    /// the previous ones into account. Every operation takes the lock of the promises before it locks a telephone
    /// number or a request: one that waits for it holds nothing that the one before it needs.
    Promise,
}

/// Which queues a caller reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public queues, for visitors.
    Public,
    /// All queues, for applications and agents.
    All,
}

/// No agent is on duty within the booking horizon, or none has time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAgent;

/// Returns the queue with this key, or the public queue of the intent without a key; `None` if the caller reaches no
/// such queue.
pub fn reached(
    conn: &mut DbConn,
    key: Option<&str>,
    intent: CallbackIntent,
    reach: Reach,
    purpose: Purpose,
    now: UtcTime,
) -> Result<Option<BookableQueue>, Error> {
    let which = key.map_or(Which::Intent(intent), Which::Key);
    let found = queues::present(conn, which, now)?;
    let found = found.filter(|found| reach == Reach::All || found.queue.public);
    found.map(|found| bookable(conn, found, purpose)).transpose()
}

/// Returns a queue by its id.
///
/// # Errors
/// It does not exist.
pub fn of_id(conn: &mut DbConn, id: QueueId, purpose: Purpose, now: UtcTime) -> Result<BookableQueue, Error> {
    let found = queues::present(conn, Which::Id(id), now)?;
    let found = found.ok_or_else(|| Error::internal("the queue of a request does not exist"))?;
    bookable(conn, found, purpose)
}

fn bookable(conn: &mut DbConn, found: PresentQueue, purpose: Purpose) -> Result<BookableQueue, Error> {
    let uses_roster = found.settings.iter().any(|one| one.capacity_source == CapacitySource::Roster);
    if uses_roster && purpose == Purpose::Promise {
        locks::acquire(conn, &format!("callbacks: promise in {}", found.queue.id))?;
    }
    let staff = if uses_roster { agents::staff_of(conn, found.queue.id, found.now)? } else { Vec::new() };
    let ahead = if uses_roster { ahead(conn, found.queue.id, found.now)? } else { Ahead::default() };
    let capacity = |settings: &QueueSettings| match settings.capacity_source {
        CapacitySource::Fixed => Capacity::Fixed(settings.window_capacity),
        CapacitySource::Roster => {
            Capacity::Roster { staff: staff.clone(), handling_minutes: i64::from(settings.handling_minutes) }
        }
    };
    let rules = rules_over_time(&found.settings, capacity);
    let rules = rules.ok_or_else(|| Error::internal("the settings of the queue cannot be read"))?;
    let PresentQueue { now, queue, calendar, .. } = found;
    let mut schedule = Schedule::new(calendar, rules);
    if matches!(schedule.rules.capacity, Capacity::Roster { .. }) {
        schedule.taken = asap::taken_by_waiting(&schedule, now.to_jiff(), &ahead);
    }
    let bookable = Bookable { now, queue_id: queue.id, schedule };
    Ok(BookableQueue { queue, bookable, ahead })
}

/// The promise for a requested time, or why there is none: what is wrong with the time, with the pointer to the field,
/// or that no agent is on duty.
pub type Promised = Result<Result<Promise, (&'static str, SlotFault)>, NoAgent>;

/// Returns the promise for a requested time, whatever the capacity of the slot.
pub fn promise(found: &BookableQueue, requested: &RequestedTime) -> Promised {
    let (schedule, now) = (&found.bookable.schedule, found.bookable.now.to_jiff());
    let is_roster = matches!(schedule.rules.capacity, Capacity::Roster { .. });
    if *requested != RequestedTime::Asap || !is_roster {
        return Ok(slots::promise(schedule, now, requested));
    }
    asap::promise_by(schedule, now, &found.ahead).map(|by| Ok(Promise::Asap { by })).ok_or(NoAgent)
}

fn ahead(conn: &mut DbConn, queue: QueueId, now: UtcTime) -> Result<Ahead, Error> {
    let waiting = store::waiting(conn, queue)?;
    let booked = store::booked(conn, queue, now)?;
    let booked: Vec<(Timestamp, i64)> =
        booked.into_iter().map(|(starts_at, calls)| (starts_at.to_jiff(), i64::from(calls))).collect();
    Ok(Ahead { waiting, booked })
}

/// Whether any slot that can be booked by time has capacity at all: with the capacity source `roster`, whether an agent
/// is on duty within the horizon.
#[must_use]
pub fn can_be_staffed(bookable: &Bookable) -> bool {
    let slots = slots::bookable_slots(&bookable.schedule, bookable.now.to_jiff());
    slots.iter().any(|slot| bookable.schedule.capacity_without_others(slot) > 0)
}

/// Returns the keys of the queues whose capacity comes from the roster, but for which no agent is on duty within the
/// booking horizon.
pub fn warnings(conn: &mut DbConn, now: UtcTime) -> Result<Vec<String>, Error> {
    let mut without_agents = Vec::new();
    for (id, key) in store::from_roster(conn, now)? {
        if !can_be_staffed(&of_id(conn, id, Purpose::Read, now)?.bookable) {
            without_agents.push(key);
        }
    }
    Ok(without_agents)
}
