//! The simulated receivers and their records. The behaviour of a receiver changes with time. The process that sends can
//! crash before or after a receiver has accepted an event, or hang for longer than its lease.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use entente::integrations::webhooks::sender::{OutgoingRequest, SendResult, Sender, Sending, reason};
use entente::kernel::environment::{Clock, ManualClock};
use entente::kernel::time::UtcTime;
use serde_json::Value;
use tokio::sync::Notify;

use super::random::Random;

/// The minimum remaining time of a lease when an attempt starts.
const LEASE_LEFT: Duration = Duration::from_secs(18);

/// The current behaviour of a receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Up,
    /// Responds after ten seconds.
    Slow,
    /// Never responds.
    Unresponsive,
    /// Refuses connections.
    Refusing,
    /// Rejects the event with 500.
    Broken,
    /// Responds with 429 or 503, and requests a pause.
    Busy,
    /// Accepts the event, but responds with 500 or not at all.
    Faulty,
}

/// The state of the process that sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessState {
    Runs,
    CrashesBefore,
    CrashesAfter,
    Hangs,
}

/// An event that a receiver has accepted.
#[derive(Debug, Clone)]
struct Receipt {
    bytes: Vec<u8>,
    /// A fault happened after the receiver accepted the event, so a duplicate is expected.
    excused: bool,
}

/// The records of all receivers.
#[derive(Default)]
pub struct Seen {
    behaviours: HashMap<usize, (Behaviour, UtcTime)>,
    receipts: BTreeMap<(usize, String), Receipt>,
    /// Accepted events whose results the process has not recorded yet.
    unrecorded: Vec<(usize, String)>,
    /// The last sequence number of each subject, per receiver.
    last: HashMap<(usize, String), i64>,
    /// Events that receivers reject before an instant.
    pub poison: HashMap<String, UtcTime>,
    /// Requests that hang: receiver and start.
    hanging: Vec<(usize, UtcTime)>,
    /// Whether hanging workers are being resumed.
    pub waking: bool,
    pub faults: Vec<String>,
    pub repeated: usize,
    pub attempts: usize,
    pub crashes: usize,
    pub hangs: usize,
    /// Whether all faults have ended.
    pub recovered: bool,
}

pub struct Receivers {
    pub seen: Mutex<Seen>,
    pub random: Random,
    pub clock: Arc<ManualClock>,
    /// Receivers that require the events of a subject in order.
    pub ordered: HashSet<usize>,
    pub crashed: Notify,
    pub hung: Notify,
    pub release: Notify,
}

impl Receivers {
    /// Returns the behaviour of a receiver, which changes after a random time.
    fn behaviour(&self, seen: &mut Seen, receiver: usize) -> Behaviour {
        let now = self.clock.now();
        if seen.recovered {
            return Behaviour::Up;
        }
        if let Some((behaviour, until)) = seen.behaviours.get(&receiver)
            && now < *until
        {
            return *behaviour;
        }
        let hours = |most: u64| Duration::from_secs(600 + self.random.below(most * 3_600));
        let (behaviour, lasts) = match self.random.below(20) {
            0 | 1 => (Behaviour::Slow, hours(20)),
            2 | 3 => (Behaviour::Unresponsive, hours(30)),
            4 => (Behaviour::Refusing, hours(8)),
            5 | 6 => (Behaviour::Broken, hours(12)),
            7 => (Behaviour::Busy, hours(6)),
            8 => (Behaviour::Faulty, hours(6)),
            // Some receivers are unreachable for longer than five days.
            9 if !self.ordered.contains(&receiver) && self.random.percent(15) => {
                (Behaviour::Unresponsive, hours(24 * 8))
            }
            _ => (Behaviour::Up, hours(48)),
        };
        seen.behaviours.insert(receiver, (behaviour, now.plus(lasts)));
        behaviour
    }

    fn state(&self, seen: &Seen) -> ProcessState {
        match self.random.below(1_000) {
            _ if seen.recovered => ProcessState::Runs,
            0..=5 => ProcessState::CrashesBefore,
            6..=11 => ProcessState::CrashesAfter,
            12..=15 => ProcessState::Hangs,
            _ => ProcessState::Runs,
        }
    }

    /// Records that a receiver accepted an event.
    fn accept(&self, seen: &mut Seen, receiver: usize, request: &OutgoingRequest) {
        let event: Value = serde_json::from_slice(&request.body).unwrap();
        let id = event["id"].as_str().unwrap().to_owned();
        let header = request.headers.iter().find(|(name, _)| name == "webhook-id").map(|(_, value)| value.clone());
        if header.as_deref() != Some(&id) {
            seen.faults.push(format!("{id} was sent with webhook-id {header:?}"));
        }
        let subject = event["subject"].as_str().unwrap().to_owned();
        let number = event["subject_sequence"].as_i64().unwrap();
        match seen.receipts.get_mut(&(receiver, id.clone())) {
            None => {
                let receipt = Receipt { bytes: request.body.clone(), excused: false };
                seen.receipts.insert((receiver, id.clone()), receipt);
                let last = seen.last.entry((receiver, subject.clone())).or_default();
                if self.ordered.contains(&receiver) && number != *last + 1 {
                    seen.faults.push(format!("receiver {receiver} got number {number} of {subject} after {last}"));
                }
                *last = number;
            }
            Some(receipt) => {
                seen.repeated += 1;
                if receipt.bytes != request.body {
                    seen.faults.push(format!("receiver {receiver} got {id} again with other bytes"));
                }
                if !receipt.excused {
                    seen.faults.push(format!("receiver {receiver} got {id} again without a fault"));
                }
                receipt.excused = false;
            }
        }
        seen.unrecorded.push((receiver, id));
    }

    /// Ends a batch: the process has recorded its results, or has crashed before.
    pub fn batch_ended(&self, receiver: usize, recorded: bool) {
        let mut seen = self.seen.lock().unwrap();
        let ended: Vec<_> = seen.unrecorded.extract_if(.., |(of, _)| *of == receiver).collect();
        for receipt in ended {
            if let Some(receipt) = seen.receipts.get_mut(&receipt).filter(|_| !recorded) {
                receipt.excused = true;
            }
        }
    }

    /// Records that a hanging worker has ended.
    pub fn resumed(&self, receiver: usize) {
        self.seen.lock().unwrap().hanging.retain(|(of, _)| *of != receiver);
    }

    /// Allows a duplicate of an event that the receiver accepted without confirming it.
    fn excuse(seen: &mut Seen, receiver: usize, request: &OutgoingRequest) {
        let event: Value = serde_json::from_slice(&request.body).unwrap();
        let id = event["id"].as_str().unwrap().to_owned();
        if let Some(receipt) = seen.receipts.get_mut(&(receiver, id)) {
            receipt.excused = true;
        }
    }

    /// Returns whether a receiver has an event.
    pub fn has(&self, receiver: usize, event: &str) -> bool {
        self.seen.lock().unwrap().receipts.contains_key(&(receiver, event.to_owned()))
    }

    /// Returns the ids of all accepted events.
    pub fn all(&self) -> HashSet<String> {
        self.seen.lock().unwrap().receipts.keys().map(|(_, id)| id.clone()).collect()
    }

    async fn handle(&self, request: OutgoingRequest) -> SendResult {
        let receiver: usize = request.url.path().trim_start_matches('/').parse().unwrap();
        let started = self.clock.now();
        let (behaviour, state) = {
            let mut seen = self.seen.lock().unwrap();
            seen.attempts += 1;
            if !seen.waking
                && seen.hanging.iter().any(|(of, since)| *of == receiver && started < since.plus(LEASE_LEFT))
            {
                seen.faults.push(format!("two workers send to receiver {receiver}"));
            }
            (self.behaviour(&mut seen, receiver), self.state(&seen))
        };
        // Requests of one batch start at the same time.
        tokio::task::yield_now().await;
        match state {
            ProcessState::CrashesBefore | ProcessState::CrashesAfter => {
                {
                    let mut seen = self.seen.lock().unwrap();
                    seen.crashes += 1;
                    if state == ProcessState::CrashesAfter && behaviour == Behaviour::Up {
                        self.accept(&mut seen, receiver, &request);
                    }
                }
                self.crashed.notify_one();
                std::future::pending::<()>().await;
            }
            ProcessState::Hangs => {
                self.seen.lock().unwrap().hanging.push((receiver, started));
                self.seen.lock().unwrap().hangs += 1;
                self.hung.notify_one();
                self.release.notified().await;
                return SendResult::Failed { reason: reason::TIMEOUT };
            }
            ProcessState::Runs => {}
        }
        let (result, seconds) = self.respond(receiver, behaviour, &request);
        let ended = started.plus(Duration::from_secs(seconds));
        self.clock.set(self.clock.now().max(ended));
        result
    }

    fn respond(&self, receiver: usize, behaviour: Behaviour, request: &OutgoingRequest) -> (SendResult, u64) {
        let response = |status, retry_after: Option<String>| SendResult::Responded {
            status,
            retry_after,
            body: b"scripted".to_vec(),
        };
        let mut seen = self.seen.lock().unwrap();
        let event: Value = serde_json::from_slice(&request.body).unwrap();
        let refused = seen.poison.get(event["id"].as_str().unwrap()).is_some_and(|until| self.clock.now() < *until);
        if !seen.recovered && refused && !self.ordered.contains(&receiver) {
            return (response(400, None), 0);
        }
        match behaviour {
            Behaviour::Up | Behaviour::Slow => {
                self.accept(&mut seen, receiver, request);
                (response(204, None), if behaviour == Behaviour::Slow { 10 } else { 0 })
            }
            Behaviour::Unresponsive => (SendResult::Failed { reason: reason::TIMEOUT }, 15),
            Behaviour::Refusing => (SendResult::Failed { reason: reason::CONNECT }, 0),
            Behaviour::Broken => (response(500, None), 1),
            Behaviour::Busy => {
                let seconds = 60 + self.random.below(7_200);
                (response(if seconds.is_multiple_of(2) { 429 } else { 503 }, Some(seconds.to_string())), 0)
            }
            Behaviour::Faulty => {
                self.accept(&mut seen, receiver, request);
                Self::excuse(&mut seen, receiver, request);
                if self.random.percent(50) {
                    (response(500, None), 1)
                } else {
                    (SendResult::Failed { reason: reason::TIMEOUT }, 15)
                }
            }
        }
    }
}

/// Sends the requests of the service to the simulated receivers.
pub struct Network(pub Arc<Receivers>);

impl Sender for Network {
    fn send(&self, request: OutgoingRequest) -> Sending<'_> {
        Box::pin(self.0.handle(request))
    }
}
