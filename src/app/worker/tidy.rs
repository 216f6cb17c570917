//! The cleanup of the worker: changes that need no exact time, erasure after retention periods, and the deletion of
//! expired data.
//!
//! Rule: data is deleted because of its age only while the clock can be trusted (`clock`).

use std::time::Duration;

use super::clock::{self, ClockState, Reading};
use super::{Parts, clock_store};
use crate::app::scheduler;
use crate::callbacks::requests;
use crate::integrations::webhooks::deliveries::{BatchContext, DeliveryContext};
use crate::integrations::webhooks::event_retention;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::http::idempotency;
use crate::kernel::stop::{Phase, StopSignal};
use crate::kernel::telemetry;
use crate::privacy;

/// Pause between two rounds.
const INTERVAL: Duration = Duration::from_mins(1);

/// The cleanup of one process.
pub struct Cleanup {
    parts: Parts,
    /// The last round and what it found out about the clock; `None` before the first round.
    last: Option<(Reading, ClockState)>,
    stored: Stored,
}

/// What this process knows about the stored state of the clock.
#[derive(Default, Clone, Copy)]
struct Stored {
    /// What this process stored last.
    own: Option<ClockState>,
    /// What was stored at the last round, and since when, in monotonic time.
    seen: Option<(ClockState, Duration)>,
}

impl Cleanup {
    /// Creates the cleanup of a process that has just started.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self { parts, last: None, stored: Stored::default() }
    }

    /// Does a round every minute until the process stops.
    pub async fn run(mut self, mut stop: StopSignal) {
        while !stop.has_reached(Phase::Stopping) {
            match self.round().await {
                Ok(()) => telemetry::round_completed("tidy", self.parts.delivery.now()),
                Err(error) => telemetry::round_failed(&error, "failed to clean up"),
            }
            stop.pause_until(Phase::Stopping, INTERVAL).await;
        }
    }

    /// Does one round.
    ///
    /// # Errors
    /// The first error. A part that fails does not stop the others.
    pub async fn round(&mut self) -> Result<(), Error> {
        let clock = self.check_clock().await?;
        let updated = update_requests(&self.parts).await;
        self.parts.delivery.db.scrub_if_pending().await;
        if !clock.may_delete() {
            return updated;
        }
        let expired = delete_expired(&self.parts).await;
        let erased = erase_outdated(&self.parts).await;
        let events = delete_old_events(&self.parts).await;
        updated.and(expired).and(erased).and(events)
    }

    /// Compares the clock with the last round, and stores the result.
    async fn check_clock(&mut self) -> Result<ClockState, Error> {
        let DeliveryContext { db, batch: BatchContext { environment, .. }, .. } = &self.parts.delivery;
        let reading = Reading { now: environment.now(), monotonic: environment.monotonic() };
        let (before, state) = match self.last {
            Some((last, before)) => (Some(before), clock::next(before, last, reading)),
            None => {
                let stored = db.read(clock_store::read).await?;
                (stored, clock::first(stored, reading))
            }
        };
        // Before the write, because a jump that cannot be stored must not be lost.
        self.last = Some((reading, state));
        report(before, state);
        let known = self.stored;
        self.stored = db.write(move |conn| store(conn, clock_store::rounded(state), reading.monotonic, known)).await?;
        Ok(state)
    }
}

/// Stores the state, unless another process has stored a longer wait. Returns what is known afterwards.
fn store(conn: &mut DbConn, state: ClockState, now: Duration, known: Stored) -> Result<Stored, Error> {
    let stored = clock_store::read(conn)?;
    let since = known.seen.filter(|(seen, _)| Some(*seen) == stored).map_or(now, |(_, since)| since);
    if clock::may_store(state, stored, stored == known.own, now.saturating_sub(since)) {
        clock_store::write(conn, state)?;
        return Ok(Stored { own: Some(state), seen: Some((state, now)) });
    }
    Ok(Stored { seen: stored.map(|stored| (stored, since)), ..known })
}

/// Logs the start of a wait, and sets the gauge.
fn report(before: Option<ClockState>, state: ClockState) {
    let wait_seconds = state.wait.as_secs();
    let (waited, had_jumped) = before.map_or((Duration::ZERO, false), |before| (before.wait, before.jumped));
    if state.wait > waited || (state.jumped && !had_jumped) {
        if state.jumped {
            tracing::error!(wait_seconds, "the clock jumped, so no data is erased or deleted until the wait has ended");
        } else {
            tracing::warn!(
                wait_seconds,
                "the clock differs from the last known time, so no data is erased or deleted until the wait has ended"
            );
        }
    }
    metrics::gauge!("entente_clock_jumped").set(if state.jumped { 1.0 } else { 0.0 });
}

/// Flags callback requests outside the opening hours, and unassigns those of agents who do not call.
async fn update_requests(parts: &Parts) -> Result<(), Error> {
    let DeliveryContext { db, batch: BatchContext { environment, .. }, committed, .. } = &parts.delivery;
    scheduler::write(db, environment, requests::opening_hours::flag_all).await?;
    if scheduler::write(db, environment, requests::scheduled::unassign_idle).await? > 0 {
        committed.notify_one();
    }
    Ok(())
}

/// Deletes idempotency records, challenges and networks that have expired.
async fn delete_expired(parts: &Parts) -> Result<(), Error> {
    let now = parts.delivery.now();
    let delete = move |conn: &mut DbConn| {
        idempotency::delete_expired(conn, now)?;
        requests::scheduled::delete_expired_challenges(conn, now)?;
        requests::erasure::delete_networks(conn)
    };
    parts.delivery.db.write(delete).await?;
    Ok(())
}

/// Erases the personal data of callback requests after their retention period.
async fn erase_outdated(parts: &Parts) -> Result<(), Error> {
    let DeliveryContext { db, batch: BatchContext { environment, .. }, committed, .. } = &parts.delivery;
    let mut erased = 0;
    loop {
        match scheduler::write(db, environment, privacy::erase_outdated).await? {
            0 => break,
            some => erased += some,
        }
    }
    if erased > 0 {
        committed.notify_one();
        db.scrub_soon().await;
    }
    Ok(())
}

/// Deletes events after their retention period.
///
/// # Errors
/// When the database fails.
pub async fn delete_old_events(parts: &Parts) -> Result<(), Error> {
    let db = &parts.delivery.db;
    let before = parts.delivery.now().minus(parts.events_retention);
    while db.read(move |conn| event_retention::is_waiting(conn, before)).await?
        && db.write(move |conn| event_retention::delete_expired(conn, before)).await? > 0
    {}
    Ok(())
}
