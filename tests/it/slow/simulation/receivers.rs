//! The receivers of the simulation and what they remember. A receiver is up, slow, dead, refusing, busy, or lying (it takes
//! an event and says that it did not), by the hour of the clock; the process that sends can crash before or after a
//! receiver has an event, or hang for longer than its lease.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use entente::integrations::webhooks::sender::{OutgoingRequest, SendResult, Sender, Sending, reason};
use entente::kernel::environment::{Clock, ManualClock};
use entente::kernel::time::UtcTime;
use serde_json::Value;
use tokio::sync::Notify;

use super::chance::Chance;

/// What is left of a lease when an attempt begins, at least.
const LEASE_LEFT: Duration = Duration::from_secs(18);

/// How a receiver is at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Up,
    /// Answers after ten seconds.
    Slow,
    /// Never answers.
    Dead,
    Refusing,
    /// 500 without having taken the event.
    Broken,
    /// 429 and 503 with a pause.
    Busy,
    /// Takes the event, then answers 500, or nothing in time.
    Lying,
}

/// What the process does while it sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Lives,
    CrashesBefore,
    CrashesAfter,
    Hangs,
}

/// One event that a receiver has taken.
#[derive(Debug, Clone)]
struct Receipt {
    bytes: Vec<u8>,
    /// Something went wrong after the receiver had it, so it may come again.
    excused: bool,
}

/// What all receivers together have seen.
#[derive(Default)]
pub struct Seen {
    moods: HashMap<usize, (Mood, UtcTime)>,
    receipts: BTreeMap<(usize, String), Receipt>,
    /// Taken, and not known to be recorded by the process that sent them.
    unrecorded: Vec<(usize, String)>,
    /// Last number of each subject that was taken by a receiver that wants order.
    last: HashMap<(usize, String), i64>,
    /// Events that receivers will not have before a certain instant.
    pub poison: HashMap<String, UtcTime>,
    /// Requests that are under way: receiver and start.
    hanging: Vec<(usize, UtcTime)>,
    /// The worker that hung goes on.
    pub waking: bool,
    pub faults: Vec<String>,
    pub repeated: usize,
    pub attempts: usize,
    pub crashes: usize,
    pub hangs: usize,
    /// From when on everything is well.
    pub healed: bool,
}

pub struct Receivers {
    pub seen: Mutex<Seen>,
    pub chance: Chance,
    pub clock: Arc<ManualClock>,
    /// Receivers that want events of a subject in order.
    pub ordered: HashSet<usize>,
    pub crashed: Notify,
    pub hung: Notify,
    pub release: Notify,
}

impl Receivers {
    /// The mood of a receiver; it changes by itself after a while.
    fn mood(&self, seen: &mut Seen, receiver: usize) -> Mood {
        let now = self.clock.now();
        if seen.healed {
            return Mood::Up;
        }
        if let Some((mood, until)) = seen.moods.get(&receiver)
            && now < *until
        {
            return *mood;
        }
        let hours = |most: u64| Duration::from_secs(600 + self.chance.below(most * 3_600));
        let (mood, lasts) = match self.chance.below(20) {
            0 | 1 => (Mood::Slow, hours(20)),
            2 | 3 => (Mood::Dead, hours(30)),
            4 => (Mood::Refusing, hours(8)),
            5 | 6 => (Mood::Broken, hours(12)),
            7 => (Mood::Busy, hours(6)),
            8 => (Mood::Lying, hours(6)),
            // Now and then somebody is away for longer than five days.
            9 if !self.ordered.contains(&receiver) && self.chance.percent(15) => (Mood::Dead, hours(24 * 8)),
            _ => (Mood::Up, hours(48)),
        };
        seen.moods.insert(receiver, (mood, now.plus(lasts)));
        mood
    }

    fn fate(&self, seen: &Seen) -> Fate {
        match self.chance.below(1_000) {
            _ if seen.healed => Fate::Lives,
            0..=5 => Fate::CrashesBefore,
            6..=11 => Fate::CrashesAfter,
            12..=15 => Fate::Hangs,
            _ => Fate::Lives,
        }
    }

    /// A receiver takes an event.
    fn take(&self, seen: &mut Seen, receiver: usize, request: &OutgoingRequest) {
        let event: Value = serde_json::from_slice(&request.body).unwrap();
        let id = event["id"].as_str().unwrap().to_owned();
        let header = request.headers.iter().find(|(name, _)| name == "webhook-id").map(|(_, value)| value.clone());
        if header.as_deref() != Some(&id) {
            seen.faults.push(format!("{id} came under the name {header:?}"));
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
                    seen.faults.push(format!("{id} came to receiver {receiver} with other bytes"));
                }
                if !receipt.excused {
                    seen.faults.push(format!("{id} came to receiver {receiver} again without a reason"));
                }
                receipt.excused = false;
            }
        }
        seen.unrecorded.push((receiver, id));
    }

    /// The process recorded the results of a receiver's batch, or died before it could.
    pub fn batch_ended(&self, receiver: usize, recorded: bool) {
        let mut seen = self.seen.lock().unwrap();
        let ended: Vec<_> = seen.unrecorded.extract_if(.., |(of, _)| *of == receiver).collect();
        for receipt in ended {
            if let Some(receipt) = seen.receipts.get_mut(&receipt).filter(|_| !recorded) {
                receipt.excused = true;
            }
        }
    }

    /// The work that hung has ended.
    pub fn awake(&self, receiver: usize) {
        self.seen.lock().unwrap().hanging.retain(|(of, _)| *of != receiver);
    }

    /// Excuses a repetition of an event that the receiver had but did not say so.
    fn excuse(seen: &mut Seen, receiver: usize, request: &OutgoingRequest) {
        let event: Value = serde_json::from_slice(&request.body).unwrap();
        let id = event["id"].as_str().unwrap().to_owned();
        if let Some(receipt) = seen.receipts.get_mut(&(receiver, id)) {
            receipt.excused = true;
        }
    }

    /// Whether a receiver has an event.
    pub fn has(&self, receiver: usize, event: &str) -> bool {
        self.seen.lock().unwrap().receipts.contains_key(&(receiver, event.to_owned()))
    }

    /// Every event that came.
    pub fn all(&self) -> HashSet<String> {
        self.seen.lock().unwrap().receipts.keys().map(|(_, id)| id.clone()).collect()
    }

    async fn handle(&self, request: OutgoingRequest) -> SendResult {
        let receiver: usize = request.url.path().trim_start_matches('/').parse().unwrap();
        let started = self.clock.now();
        let (mood, fate) = {
            let mut seen = self.seen.lock().unwrap();
            seen.attempts += 1;
            if !seen.waking
                && seen.hanging.iter().any(|(of, since)| *of == receiver && started < since.plus(LEASE_LEFT))
            {
                seen.faults.push(format!("two workers send to receiver {receiver}"));
            }
            (self.mood(&mut seen, receiver), self.fate(&seen))
        };
        // Those that are sent together start together.
        tokio::task::yield_now().await;
        match fate {
            Fate::CrashesBefore | Fate::CrashesAfter => {
                {
                    let mut seen = self.seen.lock().unwrap();
                    seen.crashes += 1;
                    if fate == Fate::CrashesAfter && mood == Mood::Up {
                        self.take(&mut seen, receiver, &request);
                    }
                }
                self.crashed.notify_one();
                std::future::pending::<()>().await;
            }
            Fate::Hangs => {
                self.seen.lock().unwrap().hanging.push((receiver, started));
                self.seen.lock().unwrap().hangs += 1;
                self.hung.notify_one();
                self.release.notified().await;
                return SendResult::Failed { reason: reason::TIMEOUT };
            }
            Fate::Lives => {}
        }
        let (result, seconds) = self.answer(receiver, mood, &request);
        let ended = started.plus(Duration::from_secs(seconds));
        self.clock.set(self.clock.now().max(ended));
        result
    }

    fn answer(&self, receiver: usize, mood: Mood, request: &OutgoingRequest) -> (SendResult, u64) {
        let answered = |status, retry_after: Option<String>| SendResult::Answered {
            status,
            retry_after,
            body: b"as told".to_vec(),
        };
        let mut seen = self.seen.lock().unwrap();
        let event: Value = serde_json::from_slice(&request.body).unwrap();
        let refused = seen.poison.get(event["id"].as_str().unwrap()).is_some_and(|until| self.clock.now() < *until);
        if !seen.healed && refused && !self.ordered.contains(&receiver) {
            return (answered(400, None), 0);
        }
        match mood {
            Mood::Up | Mood::Slow => {
                self.take(&mut seen, receiver, request);
                (answered(204, None), if mood == Mood::Slow { 10 } else { 0 })
            }
            Mood::Dead => (SendResult::Failed { reason: reason::TIMEOUT }, 15),
            Mood::Refusing => (SendResult::Failed { reason: reason::CONNECT }, 0),
            Mood::Broken => (answered(500, None), 1),
            Mood::Busy => {
                let seconds = 60 + self.chance.below(7_200);
                (answered(if seconds.is_multiple_of(2) { 429 } else { 503 }, Some(seconds.to_string())), 0)
            }
            Mood::Lying => {
                self.take(&mut seen, receiver, request);
                Self::excuse(&mut seen, receiver, request);
                if self.chance.percent(50) {
                    (answered(500, None), 1)
                } else {
                    (SendResult::Failed { reason: reason::TIMEOUT }, 15)
                }
            }
        }
    }
}

/// The network, as the service sees it.
pub struct Network(pub Arc<Receivers>);

impl Sender for Network {
    fn send(&self, request: OutgoingRequest) -> Sending<'_> {
        Box::pin(self.0.handle(request))
    }
}
