//! What the result of an attempt means for its delivery. Pure.
//!
//! Only a 2xx response delivers. A redirect is a failure, because it is never followed; 410 means that the receiver wants no
//! more events. `Retry-After` counts only with 429 and 503, for which RFC 6585 and RFC 9110 define it.

use std::time::Duration;

use jiff::Timestamp;

use super::format::WebhookFormat;
use super::schedule;
use super::sender::SendResult;

/// The consequence of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has accepted it.
    Delivered,
    /// Not delivered; it is retried by the schedule.
    Failed {
        /// The pause that the receiver asked for, which applies to the whole endpoint.
        retry_after: Option<Duration>,
    },
    /// The receiver wants no more events (410): the endpoint is to be disabled.
    Gone,
}

/// Returns whether the response reports a failure in its body, which is not read: "207 Multi-Status" for a single record
/// (HubSpot).
fn is_multi_status(status: u16, format: WebhookFormat) -> bool {
    status == 207 && format.projection().is_some()
}

/// Returns the outcome of an attempt that ended at `now`.
pub fn classify(result: &SendResult, format: WebhookFormat, now: Timestamp) -> Outcome {
    let SendResult::Answered { status, retry_after, .. } = result else {
        return Outcome::Failed { retry_after: None };
    };
    match *status {
        status if is_multi_status(status, format) => Outcome::Failed { retry_after: None },
        200..=299 => Outcome::Delivered,
        410 => Outcome::Gone,
        429 | 503 => {
            Outcome::Failed { retry_after: retry_after.as_deref().and_then(|value| schedule::retry_after(value, now)) }
        }
        _ => Outcome::Failed { retry_after: None },
    }
}

/// Returns a short stable name for metrics and logs: one of a fixed set, without data of the receiver.
pub fn label(result: &SendResult, format: WebhookFormat) -> &'static str {
    match result {
        SendResult::Answered { status, .. } => match *status {
            status if is_multi_status(status, format) => "multi_status",
            200..=299 => "delivered",
            300..=399 => "redirect",
            410 => "gone",
            429 => "rate_limited",
            400..=499 => "client_error",
            503 => "unavailable",
            500..=599 => "server_error",
            _ => "unexpected_status",
        },
        SendResult::Refused(_) => "egress_refused",
        SendResult::Failed { reason } => reason,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::integrations::webhooks::{egress::EgressFault, sender::reason};

    const FAILED: Outcome = Outcome::Failed { retry_after: None };

    fn answered(status: u16, retry_after: Option<&str>) -> SendResult {
        SendResult::Answered { status, retry_after: retry_after.map(str::to_owned), body: Vec::new() }
    }

    #[test]
    fn statuses_and_faults_have_their_outcome_and_label() {
        let cases = [
            (answered(200, None), Outcome::Delivered, "delivered"),
            (answered(204, Some("60")), Outcome::Delivered, "delivered"),
            (answered(299, None), Outcome::Delivered, "delivered"),
            (answered(101, None), FAILED, "unexpected_status"),
            (answered(302, Some("60")), FAILED, "redirect"),
            (answered(400, Some("60")), FAILED, "client_error"),
            (answered(404, None), FAILED, "client_error"),
            (answered(410, None), Outcome::Gone, "gone"),
            (answered(429, None), FAILED, "rate_limited"),
            (answered(429, Some("soon")), FAILED, "rate_limited"),
            (answered(500, Some("60")), FAILED, "server_error"),
            (answered(503, None), FAILED, "unavailable"),
            (answered(600, None), FAILED, "unexpected_status"),
            (SendResult::Refused(EgressFault::Port), FAILED, "egress_refused"),
            (SendResult::Failed { reason: reason::TIMEOUT }, FAILED, "timeout"),
        ];
        for (result, outcome, word) in cases {
            assert_eq!(classify(&result, WebhookFormat::Event, Timestamp::UNIX_EPOCH), outcome);
            assert_eq!(label(&result, WebhookFormat::Event), word);
        }
    }

    #[test]
    fn a_record_that_is_multi_status_is_not_delivered() {
        let multi = answered(207, None);
        assert_eq!(classify(&multi, WebhookFormat::HubspotContact, Timestamp::UNIX_EPOCH), FAILED);
        assert_eq!(label(&multi, WebhookFormat::HubspotContact), "multi_status");
        assert_eq!(classify(&multi, WebhookFormat::Cloudevents, Timestamp::UNIX_EPOCH), Outcome::Delivered);
    }

    #[test]
    fn a_busy_receiver_sets_the_pause() {
        for status in [429, 503] {
            let pause = Some(Duration::from_secs(60));
            let outcome = classify(&answered(status, Some("60")), WebhookFormat::Event, Timestamp::UNIX_EPOCH);
            assert_eq!(outcome, Outcome::Failed { retry_after: pause });
        }
    }

    proptest! {
        #[test]
        fn delivered_means_2xx_and_nothing_else(status: u16, header in proptest::option::of(".{0,9}")) {
            let outcome = classify(&answered(status, header.as_deref()), WebhookFormat::Event, Timestamp::UNIX_EPOCH);
            prop_assert_eq!(outcome == Outcome::Delivered, status / 100 == 2);
            prop_assert_eq!(outcome == Outcome::Gone, status == 410);
        }
    }
}
