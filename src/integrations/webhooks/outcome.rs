//! Classification of the result of an attempt. Pure.
//!
//! Only a 2xx response counts as delivered. A redirect is a failure, because redirects are never followed; 410 means
//! that the receiver does not accept events any more. `Retry-After` is used only with 429 and 503, for which RFC 6585
//! and RFC 9110 define it.

use std::time::Duration;

use jiff::Timestamp;

use super::format::WebhookFormat;
use super::schedule;
use super::sender::SendResult;

/// The consequence of an attempt for its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver accepted it.
    Delivered,
    /// It was not delivered and is retried by the schedule.
    Failed {
        /// The pause that the receiver requested, which applies to the whole endpoint.
        retry_after: Option<Duration>,
    },
    /// The receiver does not accept events any more (410): the endpoint is to be disabled.
    Gone,
}

/// Returns whether the response can only mean a failure: HubSpot responds 207 (Multi-Status) to a single record when
/// the record failed. The body, which contains the details, is not evaluated.
fn is_multi_status(status: u16, format: WebhookFormat) -> bool {
    status == 207 && format.projection().is_some()
}

/// Returns the outcome of an attempt that ended at `now`.
pub fn classify(result: &SendResult, format: WebhookFormat, now: Timestamp) -> Outcome {
    let SendResult::Responded { status, retry_after, .. } = result else {
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

/// Returns a short, stable name of the outcome for the API and the metrics: one of a fixed set, without data of the
/// receiver.
pub fn label(result: &SendResult, format: WebhookFormat) -> &'static str {
    match result {
        SendResult::Responded { status, .. } => match *status {
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

    fn responded(status: u16, retry_after: Option<&str>) -> SendResult {
        SendResult::Responded { status, retry_after: retry_after.map(str::to_owned), body: Vec::new() }
    }

    #[test]
    fn statuses_and_failures_have_an_outcome_and_a_label() {
        let cases = [
            (responded(200, None), Outcome::Delivered, "delivered"),
            (responded(204, Some("60")), Outcome::Delivered, "delivered"),
            (responded(299, None), Outcome::Delivered, "delivered"),
            (responded(101, None), FAILED, "unexpected_status"),
            (responded(302, Some("60")), FAILED, "redirect"),
            (responded(400, Some("60")), FAILED, "client_error"),
            (responded(404, None), FAILED, "client_error"),
            (responded(410, None), Outcome::Gone, "gone"),
            (responded(429, None), FAILED, "rate_limited"),
            (responded(429, Some("soon")), FAILED, "rate_limited"),
            (responded(500, Some("60")), FAILED, "server_error"),
            (responded(503, None), FAILED, "unavailable"),
            (responded(600, None), FAILED, "unexpected_status"),
            (SendResult::Refused(EgressFault::Port), FAILED, "egress_refused"),
            (SendResult::Failed { reason: reason::TIMEOUT }, FAILED, "timeout"),
        ];
        for (result, outcome, name) in cases {
            assert_eq!(classify(&result, WebhookFormat::Event, Timestamp::UNIX_EPOCH), outcome);
            assert_eq!(label(&result, WebhookFormat::Event), name);
        }
    }

    #[test]
    fn multi_status_for_a_record_is_a_failure() {
        let multi = responded(207, None);
        assert_eq!(classify(&multi, WebhookFormat::HubspotContact, Timestamp::UNIX_EPOCH), FAILED);
        assert_eq!(label(&multi, WebhookFormat::HubspotContact), "multi_status");
        assert_eq!(classify(&multi, WebhookFormat::Cloudevents, Timestamp::UNIX_EPOCH), Outcome::Delivered);
    }

    #[test]
    fn retry_after_of_a_busy_receiver_is_the_pause() {
        for status in [429, 503] {
            let pause = Some(Duration::from_secs(60));
            let outcome = classify(&responded(status, Some("60")), WebhookFormat::Event, Timestamp::UNIX_EPOCH);
            assert_eq!(outcome, Outcome::Failed { retry_after: pause });
        }
    }

    proptest! {
        #[test]
        fn only_2xx_is_delivered_and_only_410_is_gone(status: u16, header in proptest::option::of(".{0,9}")) {
            let outcome = classify(&responded(status, header.as_deref()), WebhookFormat::Event, Timestamp::UNIX_EPOCH);
            prop_assert_eq!(outcome == Outcome::Delivered, status / 100 == 2);
            prop_assert_eq!(outcome == Outcome::Gone, status == 410);
        }
    }
}
