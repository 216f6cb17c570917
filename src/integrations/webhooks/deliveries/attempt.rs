//! An attempt: sends a delivery once and classifies the result.

use std::sync::Arc;
use std::time::Duration;

use super::context::DeliveryContext;
use super::exchange::{self, Exchange, RecordChange};
use super::payload::{Content, OutgoingDelivery};
use super::rows::AttemptRow;
use crate::integrations::webhooks::auth::AuthKind;
use crate::integrations::webhooks::format::WebhookFormat;
use crate::integrations::webhooks::message::{self, Message, Target};
use crate::integrations::webhooks::outcome::{self, Outcome};
use crate::integrations::webhooks::schedule;
use crate::integrations::webhooks::sender::{SendResult, excerpt, reason};
use crate::kernel::ids::DeliveryId;
use crate::kernel::time::UtcTime;

/// The consequence of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Delivered,
    /// To be retried at `next`, if the schedule has another try. The whole endpoint pauses until `pause`.
    Failed {
        next: Option<UtcTime>,
        pause: Option<UtcTime>,
    },
    /// The receiver does not accept events any more (410).
    Gone,
}

/// An attempt that has ended.
#[derive(Clone)]
pub struct Attempt {
    pub delivery: DeliveryId,
    pub subject: String,
    pub verdict: Verdict,
    pub ended_at: UtcTime,
    /// Determines the jitter of the next pause.
    pub random: u64,
    pub row: AttemptRow,
    /// What the response says about the record in the other system.
    pub record: Option<RecordChange>,
}

impl Attempt {
    /// Returns whether no other delivery of the batch should be sent.
    pub fn ends_batch(&self) -> bool {
        matches!(self.verdict, Verdict::Gone | Verdict::Failed { pause: Some(_), .. })
    }
}

/// A delivery that is being attempted.
pub struct PendingAttempt {
    pub target: Arc<Target>,
    /// The retry schedule of the endpoint.
    pub delays: Arc<[Duration]>,
    pub outgoing: OutgoingDelivery,
}

impl PendingAttempt {
    /// Sends the delivery once.
    pub async fn send(self, context: DeliveryContext, auth_header: Option<(String, String)>) -> Attempt {
        let started_at = context.now();
        let exchange = self.exchange(&context, auth_header, started_at).await;
        let unauthorized = matches!(exchange.result, SendResult::Responded { status: 401, .. });
        if unauthorized && self.target.auth.kind == AuthKind::Oauth2ClientCredentials {
            context.tokens.invalidate(self.target.endpoint);
        }
        self.ended(&context, started_at, &exchange)
    }

    async fn exchange(
        &self,
        context: &DeliveryContext,
        auth_header: Option<(String, String)>,
        started_at: UtcTime,
    ) -> Exchange {
        let id = self.outgoing.delivery.event_id;
        match &self.outgoing.content {
            Content::Event(body) => {
                let request = message::request(&self.target, &Message { id, body }, auth_header, started_at);
                Exchange::single(context.sender.send(request).await)
            }
            Content::Record(plan) => {
                let exchange = exchange::run(context, &self.target, id, plan, auth_header, started_at).await;
                exchange.unwrap_or_else(|error| {
                    tracing::error!(%error, endpoint_id = %self.target.endpoint, "record not serialised");
                    Exchange::single(SendResult::Failed { reason: reason::INVALID_REQUEST })
                })
            }
        }
    }

    /// Classifies the result of the attempt, which ends now.
    pub fn ended(&self, context: &DeliveryContext, started_at: UtcTime, exchange: &Exchange) -> Attempt {
        let (environment, format) = (&context.batch.environment, self.target.format);
        let result = &exchange.result;
        let label = match exchange.settled() {
            Some(label) => label,
            None if exchange.is_unreadable() => "unexpected_response",
            None => outcome::label(result, format),
        };
        metrics::counter!("entente_webhook_attempts_total", "outcome" => label).increment(1);
        let (ended_at, random) = (environment.now(), u64::from_le_bytes(environment.bytes()));
        let delivery = &self.outgoing.delivery;
        if let SendResult::Refused(fault) = result {
            let delivery_id = delivery.id.as_str();
            tracing::warn!(
                endpoint_id = %self.target.endpoint,
                delivery_id,
                %fault,
                "webhook destination refused, see ENTENTE_WEBHOOKS_ALLOW_HTTP, ENTENTE_WEBHOOKS_ALLOWED_HOSTS, \
                 ENTENTE_WEBHOOKS_ALLOWED_NETWORKS and ENTENTE_WEBHOOKS_ALLOWED_PORTS"
            );
        }
        let (status, excerpt) = response(result, format);
        let row = AttemptRow {
            id: environment.new_id(),
            delivery_id: delivery.id,
            number: delivery.attempts.saturating_add(1),
            started_at,
            duration_ms: ((ended_at.unix_micros() - started_at.unix_micros()) / 1_000).max(0),
            outcome: label.to_owned(),
            status,
            excerpt,
        };
        let verdict = self.verdict(exchange, ended_at, random);
        let record = match &self.outgoing.content {
            Content::Record(plan) => exchange.record_change(plan.format, plan.operation),
            Content::Event(_) => None,
        };
        Attempt { delivery: delivery.id, subject: delivery.subject.clone(), verdict, ended_at, random, row, record }
    }

    fn verdict(&self, exchange: &Exchange, ended_at: UtcTime, random: u64) -> Verdict {
        let outcome = if exchange.settled().is_some() {
            Outcome::Delivered
        } else if exchange.is_unreadable() {
            Outcome::Failed { retry_after: None }
        } else {
            outcome::classify(&exchange.result, self.target.format, ended_at.to_jiff())
        };
        match outcome {
            Outcome::Delivered => Verdict::Delivered,
            Outcome::Gone => Verdict::Gone,
            Outcome::Failed { retry_after } => {
                let tries = u32::try_from(self.outgoing.delivery.tries).unwrap_or(u32::MAX).saturating_add(1);
                let delay = schedule::next_delay(&self.delays, tries, random);
                let requested = retry_after.unwrap_or_default().max(exchange.delay);
                Verdict::Failed {
                    next: delay.map(|delay| ended_at.plus(delay.max(requested))),
                    pause: retry_after.map(|requested| ended_at.plus(requested)),
                }
            }
        }
    }
}

/// Returns the status and the start of the response.
fn response(result: &SendResult, format: WebhookFormat) -> (Option<i32>, Option<String>) {
    match result {
        // The response to a record can repeat personal data, which would then have to be erased, too.
        SendResult::Responded { status, .. } if format.projection().is_some() => (Some(i32::from(*status)), None),
        SendResult::Responded { status, body, .. } => (Some(i32::from(*status)), Some(excerpt(body))),
        SendResult::Refused(_) | SendResult::Failed { .. } => (None, None),
    }
}
