//! An attempt that has been made, and what follows from it.

use std::time::Duration;

use super::store::{Attempt, Claimed};
use crate::integrations::webhooks::outcome::{self, Outcome};
use crate::integrations::webhooks::schedule;
use crate::integrations::webhooks::sender::{SendResult, excerpt};
use crate::integrations::webhooks::wire::WebhookFormat;
use crate::kernel::environment::World;
use crate::kernel::ids::DeliveryId;
use crate::kernel::time::UtcTime;

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Delivered,
    /// To be repeated at `next`, if the schedule has another try; the whole endpoint pauses until `pause`.
    Failed {
        next: Option<UtcTime>,
        pause: Option<UtcTime>,
    },
    /// The receiver wants nothing more.
    Gone,
}

/// An attempt that has been made.
#[derive(Clone)]
pub struct Attempted {
    pub delivery: DeliveryId,
    pub subject: String,
    pub verdict: Verdict,
    pub ended_at: UtcTime,
    /// Decides the jitter of what follows.
    pub random: u64,
    pub row: Attempt,
}

impl Attempted {
    /// Judges the result of the attempt that ended at `ended_at`; `delays` is the schedule of the endpoint.
    pub fn new(
        world: &World,
        claimed: &Claimed,
        (started_at, ended_at): (UtcTime, UtcTime),
        (format, delays): (WebhookFormat, &[Duration]),
        result: &SendResult,
    ) -> Self {
        let random = u64::from_le_bytes(world.bytes());
        if let SendResult::Refused(fault) = result {
            let delivery = claimed.id.as_str();
            tracing::warn!(delivery, %fault, "not sent: see ENTENTE_WEBHOOKS_ALLOW_HTTP, _ALLOWED_NETWORKS and _ALLOWED_PORTS");
        }
        let verdict = match outcome::classify(result, format, ended_at.to_jiff()) {
            Outcome::Delivered => Verdict::Delivered,
            Outcome::Gone => Verdict::Gone,
            Outcome::Failed { retry_after } => {
                let tries = u32::try_from(claimed.tries).unwrap_or(u32::MAX).saturating_add(1);
                let delay = schedule::next_delay_of(delays, tries, random);
                let asked = retry_after.unwrap_or_default();
                Verdict::Failed {
                    next: delay.map(|delay| ended_at.plus(delay.max(asked))),
                    pause: retry_after.map(|asked| ended_at.plus(asked)),
                }
            }
        };
        let (status, excerpt) = match result {
            // What answers to a record may repeat it, and with it a person who is erased later.
            SendResult::Answered { status, .. } if format.projection().is_some() => (Some(i32::from(*status)), None),
            SendResult::Answered { status, body, .. } => (Some(i32::from(*status)), Some(excerpt(body))),
            SendResult::Refused(_) | SendResult::Failed { .. } => (None, None),
        };
        let row = Attempt {
            id: world.new_id(),
            delivery_id: claimed.id,
            number: claimed.attempts.saturating_add(1),
            started_at,
            duration_ms: ((ended_at.unix_micros() - started_at.unix_micros()) / 1_000).max(0),
            outcome: outcome::label(result, format).to_owned(),
            status,
            excerpt,
        };
        Self { delivery: claimed.id, subject: claimed.subject.clone(), verdict, ended_at, random, row }
    }

    /// Whether nothing more should be sent to the endpoint for now.
    pub fn ends_batch(&self) -> bool {
        matches!(self.verdict, Verdict::Gone | Verdict::Failed { pause: Some(_), .. })
    }
}
